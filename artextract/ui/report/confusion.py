"""The confusion matrix: its counts and shares, and its chart, whose cells can be clicked."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from artextract.attributes.evaluation.confusion import confusion
from artextract.ui.colours import ACCENT


def labelled(table: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """The rows of `Bundle.validation` that have a true class of `attribute`."""
    return table[table[attribute].notna()]


@dataclass(frozen=True)
class Confusion:
    """The confusion matrix: how often each true class was predicted as each class."""

    classes: list[str]  # The true and predicted classes that occur; those often confused are neighbours
    counts: np.ndarray  # int64 [true, predicted]

    @property
    def recall(self) -> np.ndarray:
        """Share of a true class that was predicted as each: float [true, predicted], rows sum to 1."""
        return _share(self.counts, self.counts.sum(axis=1, keepdims=True))

    @property
    def precision(self) -> np.ndarray:
        """Share of each true class in a predicted class: float [true, predicted], columns sum to 1."""
        return _share(self.counts, self.counts.sum(axis=0, keepdims=True))

    @property
    def f1(self) -> np.ndarray:
        """The harmonic mean of each class's precision and recall: float [classes]."""
        return _share(2 * self.counts.diagonal(), self.counts.sum(axis=0) + self.counts.sum(axis=1))


def confusion_of(table: pd.DataFrame, attribute: str) -> Confusion:
    """The confusion matrix of the labelled paintings of `attribute`."""
    known = labelled(table, attribute)
    classes = sorted({*known[attribute], *known[f"{attribute}_predicted"]})
    counts = confusion(known, attribute, classes)
    order = order_of(counts)
    return Confusion([classes[i] for i in order], counts[np.ix_(order, order)])


def order_of(counts: np.ndarray) -> np.ndarray:
    """An order of the classes of counts, int [true, predicted], with those often confused side by side: int [classes].

    Hierarchical clustering (average linkage, optimal leaf order: Bar-Joseph et al. 2001).
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(counts) < 3:
        return np.arange(len(counts))
    shares = _share(counts, counts.sum(axis=1, keepdims=True))
    together = (shares + shares.T) / 2
    np.fill_diagonal(together, 0.0)
    distance = together.max() - together
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), "average", optimal_ordering=True)
    return leaves_list(tree)


def _share(counts: np.ndarray, of: np.ndarray) -> np.ndarray:
    return counts / np.maximum(of, 1)


MEASURES = {
    "recall": ("Recall (by row)", "Share of each true class, by predicted class.", "Share of the row"),
    "precision": ("Precision (by column)", "Share of each predicted class, by true class.", "Share of the column"),
    "counts": ("Counts", "Number of paintings.", "Paintings"),
}
"""What can colour the matrix → its label, its help, the title of the colour bar."""


def confusion_figure(matrix: Confusion, measure: str, attribute: str, chosen: tuple[int, int] | None) -> go.Figure:
    """The matrix, with the true classes as rows and the predicted classes as columns.

    A heatmap can't be clicked in Streamlit, so invisible points on its cells (trace 1, `customdata` [row, column] of
    `counts`) take hovers and clicks. A key of `MEASURES` gives the colours; the numbers are always counts. The `chosen`
    cell (row, column) is framed.
    """
    figure = go.Figure([_heatmap(matrix, measure), _points(matrix)])
    if chosen is not None:
        row, column = chosen
        corners = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
        figure.add_shape(type="rect", line={"color": ACCENT, "width": 3}, **corners)
    count = len(matrix.classes)
    axis = {
        "tickvals": list(range(count)),
        "ticktext": matrix.classes,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
        "ticks": "",
    }
    figure.update_xaxes(**axis, range=[-0.5, count - 0.5], tickangle=-60, title=f"Predicted {attribute}")
    figure.update_yaxes(**axis, range=[count - 0.5, -0.5], title=f"True {attribute}")
    figure.update_layout(
        title=f"Confusion matrix: {attribute}",
        height=330 + 24 * count,
        hovermode="closest",
        hoverdistance=-1,
        margin={"l": 0, "r": 4, "t": 110, "b": 0},
    )
    return figure


def _heatmap(matrix: Confusion, measure: str) -> go.Heatmap:
    shares = {"recall": 100 * matrix.recall, "precision": 100 * matrix.precision, "counts": matrix.counts}
    bar = {"orientation": "h", "thickness": 10, "x": 0, "xanchor": "left", "len": 0.6, "lenmode": "fraction"}
    return go.Heatmap(
        z=shares[measure],
        zmin=0,
        zmax=None if measure == "counts" else 100,
        text=[[f"{n:,}" if n else "" for n in row] for row in matrix.counts.tolist()],
        texttemplate="%{text}",
        hoverinfo="skip",
        xgap=1,
        ygap=1,
        colorbar=bar
        | {"y": 1.0, "yanchor": "bottom", "ypad": 8, "ticksuffix": "" if measure == "counts" else " %"}
        | {"title": {"text": MEASURES[measure][2], "side": "top"}},
    )


def _points(matrix: Confusion) -> go.Scatter:
    cells, recall, precision = list(np.ndindex(matrix.counts.shape)), matrix.recall, matrix.precision
    invisible = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=[column for _, column in cells],
        y=[row for row, _ in cells],
        mode="markers",
        showlegend=False,
        hoverinfo="text",
        hovertext=[
            f"<b>{true} predicted as {predicted}: {matrix.counts[cell]:,}</b><br>"
            f"{recall[cell]:.1%} of the {true} paintings<br>{precision[cell]:.1%} of those predicted as {predicted}"
            for cell in cells
            for true, predicted in [(matrix.classes[cell[0]], matrix.classes[cell[1]])]
        ],
        customdata=cells,
        marker={"symbol": "square", "size": 14, "opacity": 0},
        selected=invisible,
        unselected=invisible,
    )
