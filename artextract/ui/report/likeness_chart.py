"""The chart of the likeness report."""

import plotly.graph_objects as go

from artextract.similarity.evaluation.results import Results
from artextract.similarity.evaluation.trial import QUESTIONS
from artextract.ui.colours import ACCENT, GREY
from artextract.ui.report.likeness import KINDS, interval

_COLOURS = {
    "embedding": ACCENT,
    "correction": "#d9a441",
    "fusion": "#4f7f8f",
    "floor": GREY,
}


def precision_figure(results: Results, question: str) -> go.Figure:
    """Precision at ten of each way to rank, a bar each, with its 95 % interval.

    Args:
        results: the measurements.
        question: a key of `QUESTIONS` that was asked.
    """
    figure = go.Figure()
    for kind, name in KINDS.items():
        rows = [row for row in results.rows if row.kind == kind]
        if not rows:
            continue
        tens = [row.figures[question]["p10"] for row in rows]
        figure.add_bar(
            y=[row.label for row in rows],
            x=[100 * ten.value for ten in tens],
            orientation="h",
            name=name,
            marker={"color": _COLOURS[kind]},
            error_x={
                "type": "data",
                "symmetric": False,
                "thickness": 1.4,
                "width": 3,
                "array": [100 * (ten.high - ten.value) for ten in tens],
                "arrayminus": [100 * (ten.value - ten.low) for ten in tens],
            },
            hovertext=[
                f"<b>{row.label}</b><br>{ten.value:.1%} of the ten nearest are right<br>95 % interval {interval(ten)} %"
                for row, ten in zip(rows, tens, strict=True)
            ],
            hoverinfo="text",
        )
    figure.update_xaxes(title="Right among the ten nearest, %", range=[0, 100], fixedrange=True)
    figure.update_yaxes(
        fixedrange=True,
        automargin=True,
        categoryorder="array",
        categoryarray=[row.label for row in results.rows][::-1],
    )
    figure.update_layout(
        title={
            "text": f"How often neighbours are right: {QUESTIONS[question].label.lower()}",
            "subtitle": {"text": f"{results.asked[question]:,} queries; lines are 95 % intervals"},
        },
        height=230 + 24 * len(results.rows),
        margin={"l": 0, "r": 8, "t": 80, "b": 110},
        # Below: above, it would stand on the title where the screen is narrow.
        legend={"orientation": "h", "x": 0, "xref": "container", "y": 0, "yref": "container"},
        bargap=0.3,
    )
    return figure
