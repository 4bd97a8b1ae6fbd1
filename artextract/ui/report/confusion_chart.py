"""The confusion matrix as a chart whose cells can be clicked."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from artextract.ui.colours import ACCENT
from artextract.ui.report.confusion import Confusion


@dataclass(frozen=True)
class Measure:
    """What the confusion matrix may be coloured by."""

    label: str
    sentence: str
    bar_title: str


MEASURES = {
    "recall": Measure("By row: recall", "Of those that are X, how many were called Y.", "Share of the row"),
    "precision": Measure("By column: precision", "Of those called Y, how many are X.", "Share of the column"),
    "counts": Measure("Counts", "How many paintings that are X were called Y.", "Paintings"),
}


def confusion_figure(confusion: Confusion, measure: str, attribute: str, chosen: tuple[int, int] | None) -> go.Figure:
    """The confusion matrix, the right class downwards and the answer across.

    A heatmap can't be clicked in Streamlit, so invisible points lie on its cells (trace 1,
    `customdata` [row, column] of `confusion.counts`): they are what is pointed at and selected.

    Args:
        confusion: the counts.
        measure: a key of `MEASURES`, what the colours say; the numbers are always counts.
        attribute: "style", "genre" or "artist".
        chosen: row and column of the cell to frame.
    """
    shares = {
        "recall": confusion.recall,
        "precision": confusion.precision,
        "counts": confusion.counts,
    }
    places = [(row, column) for row, column in np.ndindex(confusion.counts.shape)]
    shown = 1.0 if measure == "counts" else 100.0
    figure = go.Figure([
        go.Heatmap(
            z=shown * shares[measure],
            zmin=0,
            zmax=None if measure == "counts" else 100,
            text=[[f"{n:,}" if n else "" for n in row] for row in confusion.counts.tolist()],
            texttemplate="%{text}",
            hoverinfo="skip",
            xgap=1,
            ygap=1,
            colorbar={
                "title": {"text": MEASURES[measure].bar_title, "side": "top"},
                "ticksuffix": "" if measure == "counts" else " %",
                "orientation": "h",
                "thickness": 10,
                "x": 0,
                "xanchor": "left",
                "len": 0.6,
                "lenmode": "fraction",
                "y": 1.0,
                "yanchor": "bottom",
                "ypad": 8,
            },
        ),
        go.Scatter(
            x=[column for _, column in places],
            y=[row for row, _ in places],
            mode="markers",
            showlegend=False,
            hoverinfo="text",
            hovertext=[_cell_text(confusion, row, column) for row, column in places],
            customdata=places,
            marker={"symbol": "square", "size": 14, "opacity": 0},
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
        ),
    ])
    if chosen is not None:
        row, column = chosen
        figure.add_shape(
            type="rect",
            x0=column - 0.5,
            x1=column + 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": ACCENT, "width": 3},
        )
    count = len(confusion.classes)
    labels = {
        "tickvals": list(range(count)),
        "ticktext": confusion.classes,
        "range": [-0.5, count - 0.5],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
        "ticks": "",
    }
    figure.update_xaxes(**labels, tickangle=-60, title=f"Was called ({attribute})")
    figure.update_yaxes(**labels | {"range": [count - 0.5, -0.5]}, title=f"Is, by its label ({attribute})")
    figure.update_layout(
        title=f"Which {attribute} is taken for which",
        height=330 + 24 * count,
        hovermode="closest",
        hoverdistance=-1,
        margin={"l": 0, "r": 4, "t": 110, "b": 0},
    )
    return figure


def _cell_text(confusion: Confusion, row: int, column: int) -> str:
    right, said = confusion.classes[row], confusion.classes[column]
    return (
        f"<b>Is {right}, called {said}: {confusion.counts[row, column]:,}</b><br>"
        f"{confusion.recall[row, column]:.1%} of those that are {right}<br>"
        f"{confusion.precision[row, column]:.1%} of those called {said}"
    )
