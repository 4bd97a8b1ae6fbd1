"""The charts of the Model report. Colours come from Streamlit's theme, light or dark."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from artextract.attributes.evaluation.metrics import ReliabilityBin
from artextract.ui.model_report import Confusion


@dataclass(frozen=True)
class Measure:
    """What the confusion matrix may be coloured by."""

    label: str
    sentence: str
    bar_title: str


MEASURES = {
    "recall": Measure(
        "By row: recall", "Of those that are X, how many were called Y.", "Share of the row"
    ),
    "precision": Measure(
        "By column: precision", "Of those called Y, how many are X.", "Share of the column"
    ),
    "counts": Measure("Counts", "How many paintings that are X were called Y.", "Paintings"),
}
_LINE = "#8d8a84"  # seen on both themes
_ACCENT = "#c8553d"


def confusion_figure(
    found: Confusion, measure: str, attribute: str, chosen: tuple[int, int] | None
) -> go.Figure:
    """The confusion matrix, the right class downwards and the answer across.

    A heatmap can't be clicked in Streamlit, so invisible points lie on its cells (trace 1,
    `customdata` [row, column] of `found.counts`): they are what is pointed at and selected.

    Args:
        found: the counts.
        measure: a key of `MEASURES`, what the colours say; the numbers are always counts.
        attribute: "style", "genre" or "artist".
        chosen: row and column of the cell to frame.
    """
    shares = {"recall": found.recall, "precision": found.precision, "counts": found.counts}
    places = [(row, column) for row, column in np.ndindex(found.counts.shape)]
    shown = 1.0 if measure == "counts" else 100.0
    figure = go.Figure(
        [
            go.Heatmap(
                z=shown * shares[measure], zmin=0, zmax=None if measure == "counts" else 100,
                text=[[f"{n:,}" if n else "" for n in row] for row in found.counts.tolist()],
                texttemplate="%{text}", hoverinfo="skip", xgap=1, ygap=1,
                colorbar={
                    "title": {"text": MEASURES[measure].bar_title, "side": "top"},
                    "ticksuffix": "" if measure == "counts" else " %",
                    "orientation": "h", "thickness": 10, "x": 0, "xanchor": "left",
                    "len": 0.6, "lenmode": "fraction", "y": 1.0, "yanchor": "bottom", "ypad": 8,
                },
            ),
            go.Scatter(
                x=[column for _, column in places], y=[row for row, _ in places],
                mode="markers", showlegend=False, hoverinfo="text",
                hovertext=[_cell_text(found, row, column) for row, column in places],
                customdata=places,
                marker={"symbol": "square", "size": 14, "opacity": 0},
                selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
            ),
        ]
    )  # fmt: skip
    if chosen is not None:
        row, column = chosen
        figure.add_shape(
            type="rect", x0=column - 0.5, x1=column + 0.5, y0=row - 0.5, y1=row + 0.5,
            line={"color": _ACCENT, "width": 3},
        )  # fmt: skip
    count = len(found.classes)
    labels = {
        "tickvals": list(range(count)), "ticktext": found.classes,
        "range": [-0.5, count - 0.5], "fixedrange": True, "showgrid": False, "zeroline": False,
        "automargin": True, "ticks": "",
    }  # fmt: skip
    figure.update_xaxes(**labels, tickangle=-60, title=f"Was called ({attribute})")
    figure.update_yaxes(
        **labels | {"range": [count - 0.5, -0.5]}, title=f"Is, by its label ({attribute})"
    )
    figure.update_layout(
        title=f"Which {attribute} is taken for which", height=330 + 24 * count,
        hovermode="closest", hoverdistance=-1, margin={"l": 0, "r": 4, "t": 110, "b": 0},
    )  # fmt: skip
    return figure


def _cell_text(found: Confusion, row: int, column: int) -> str:
    right, said = found.classes[row], found.classes[column]
    return (
        f"<b>Is {right}, called {said}: {found.counts[row, column]:,}</b><br>"
        f"{found.recall[row, column]:.1%} of those that are {right}<br>"
        f"{found.precision[row, column]:.1%} of those called {said}"
    )


def reliability_figure(bars: Sequence[ReliabilityBin], ece: float) -> go.Figure:
    """How many answers of each probability are right, and below how many answers there are.

    Args:
        bars: the bins that hold answers.
        ece: the expected calibration error, 0…1.
    """
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.7, 0.3], vertical_spacing=0.06
    )
    middles = [50 * (bar.low + bar.high) for bar in bars]
    widths = [100 * (bar.high - bar.low) * 0.94 for bar in bars]
    hover = [
        f"<b>Probability {bar.low:.0%} to {bar.high:.0%}</b><br>{bar.count:,} answers<br>"
        f"{bar.accuracy:.1%} of them right<br>mean probability {bar.confidence:.1%}"
        for bar in bars
    ]
    bar_looks = {"x": middles, "width": widths, "hovertext": hover, "hoverinfo": "text"}
    figure.add_bar(y=[100 * bar.accuracy for bar in bars], name="Right answers", **bar_looks)
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", name="As sure as right", hoverinfo="skip",
        line={"color": _ACCENT, "dash": "dash", "width": 2},
    )  # fmt: skip
    figure.add_bar(
        y=[bar.count for bar in bars], text=[f"{bar.count:,}" for bar in bars],
        textposition="outside", textangle=-90, textfont={"size": 10}, cliponaxis=False,
        marker={"color": _LINE}, showlegend=False,
        row=2, col=1, **bar_looks,
    )  # fmt: skip
    figure.update_xaxes(range=[0, 100], fixedrange=True, ticksuffix=" %")
    figure.update_xaxes(title="Probability of the answer", row=2, col=1)
    figure.update_yaxes(fixedrange=True)
    figure.update_yaxes(title="Right answers", ticksuffix=" %", range=[0, 100], row=1, col=1)
    most = max((bar.count for bar in bars), default=1)
    figure.update_yaxes(title="Answers", range=[0, 1.6 * most], nticks=4, row=2, col=1)
    figure.update_layout(
        title={
            "text": "Is it as sure as it is right?",
            "subtitle": {"text": f"ECE {ece:.1%}: how far the bars are from the line, on average"},
        },
        height=490, margin={"l": 0, "r": 24, "t": 110, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
    )  # fmt: skip
    return figure


def date_figure(paintings: pd.DataFrame) -> go.Figure:
    """The predicted year against the right one.

    Args:
        paintings: rows of `Bundle.validation` that have a year, at least one.
    """
    years = paintings["year"].astype(int)
    low, high = (
        int(min(years.min(), paintings["date_median"].min())) - 5,
        int(max(years.max(), paintings["date_median"].max())) + 5,
    )
    hover = [
        f"<b>{title}</b><br>{year} in its title<br>predicted {median:.0f}, "
        f"80 % between {first:.0f} and {last:.0f}"
        for title, year, median, first, last in zip(
            paintings["title"].fillna("Untitled"), years, paintings["date_median"],
            paintings["date_low"], paintings["date_high"], strict=True,
        )
    ]  # fmt: skip
    figure = go.Figure(
        [
            go.Scatter(
                x=years, y=paintings["date_median"], mode="markers", name="A painting",
                hovertext=hover, hoverinfo="text", marker={"size": 5, "opacity": 0.45},
            ),
            go.Scatter(
                x=[low, high], y=[low, high], mode="lines", name="Right to the year",
                hoverinfo="skip", line={"color": _ACCENT, "dash": "dash", "width": 2},
            ),
        ]
    )  # fmt: skip
    figure.update_xaxes(title="Year in the title", range=[low, high], fixedrange=True)
    figure.update_yaxes(title="Predicted year (median)", range=[low, high], fixedrange=True)
    figure.update_layout(
        title="Predicted year against the right one", height=470,
        margin={"l": 0, "r": 4, "t": 80, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
    )  # fmt: skip
    return figure
