"""The charts of the Model report. Their colours come from Streamlit's theme, light or dark."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from artextract.ui.colours import ACCENT, GREY
from artextract.ui.report.scores import shares

MEASURES = {
    "recall": ("Recall (by row)", "Share of each true class, by predicted class.", "Share of the row"),
    "precision": ("Precision (by column)", "Share of each predicted class, by true class.", "Share of the column"),
    "counts": ("Counts", "Number of paintings.", "Paintings"),
}
"""What can colour the confusion matrix → its label, its help, the title of the colour bar."""


def confusion_figure(matrix: pd.DataFrame, measure: str, attribute: str, chosen: tuple[str, str] | None) -> go.Figure:
    """The matrix of `confusion_of`, with the `chosen` cell (true, predicted class) framed.

    A heatmap can't be clicked in Streamlit, so invisible points on its cells (trace 1, `customdata`: true, predicted
    class) take hovers and clicks. A key of `MEASURES` gives the colours; the numbers are always counts.
    """
    figure = go.Figure([_heatmap(matrix.to_numpy(), measure), _points(matrix)])
    count, classes = len(matrix), matrix.index.tolist()
    if chosen is not None:
        row, column = map(classes.index, chosen)
        corners = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
        figure.add_shape(type="rect", line={"color": ACCENT, "width": 3}, **corners)
    axis: dict[str, Any] = {"tickvals": list(range(count)), "ticktext": classes, "automargin": True, "ticks": ""}
    axis |= {"showgrid": False, "zeroline": False}
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


def _heatmap(counts: np.ndarray, measure: str) -> go.Heatmap:
    is_share = measure != "counts"
    colours = 100 * shares(counts, 1 if measure == "recall" else 0) if is_share else counts
    bar: dict[str, Any] = {"orientation": "h", "thickness": 10, "len": 0.6, "lenmode": "fraction", "ypad": 8}
    bar |= {"x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom", "ticksuffix": " %" if is_share else ""}
    return go.Heatmap(
        z=colours,
        zmin=0,
        zmax=100 if is_share else None,
        text=[[f"{n:,}" if n else "" for n in row] for row in counts.tolist()],
        texttemplate="%{text}",
        hoverinfo="skip",
        xgap=1,
        ygap=1,
        colorbar=bar | {"title": {"text": MEASURES[measure][2], "side": "top"}},
    )


def _points(matrix: pd.DataFrame) -> go.Scatter:
    counts = matrix.to_numpy()
    recall, precision, cells = shares(counts, 1), shares(counts, 0), list(np.ndindex(counts.shape))
    classes = [(matrix.index[row], matrix.index[column]) for row, column in cells]
    invisible = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=[column for _, column in cells],
        y=[row for row, _ in cells],
        mode="markers",
        showlegend=False,
        hoverinfo="text",
        hovertext=[
            f"<b>{true} predicted as {predicted}: {counts[cell]:,}</b><br>"
            f"{recall[cell]:.1%} of the {true} paintings<br>{precision[cell]:.1%} of those predicted as {predicted}"
            for cell, (true, predicted) in zip(cells, classes, strict=True)
        ],
        customdata=classes,
        marker={"symbol": "square", "size": 14, "opacity": 0},
        selected=invisible,
        unselected=invisible,
    )


def reliability_figure(bars: pd.DataFrame, ece: float) -> go.Figure:
    """The diagram of `reliability`: accuracy per bin, and below it the number of predictions. `ece` is 0…1."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.7, 0.3], vertical_spacing=0.06)
    shared = {
        "x": 50 * (bars["low"] + bars["high"]),
        "width": 94 * (bars["high"] - bars["low"]),
        "hoverinfo": "text",
        "hovertext": [
            f"<b>Probability {bar['low']:.0%} to {bar['high']:.0%}</b><br>{bar['count']:,.0f} predictions<br>"
            f"accuracy {bar['accuracy']:.1%}<br>mean probability {bar['confidence']:.1%}"
            for _, bar in bars.iterrows()
        ],
    }
    figure.add_bar(y=100 * bars["accuracy"], name="Accuracy", **shared)
    line = {"color": ACCENT, "dash": "dash", "width": 2}
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", name="Perfect calibration", hoverinfo="skip", line=line)
    figure.add_bar(y=bars["count"], marker_color=GREY, showlegend=False, row=2, col=1, **shared)
    figure.update_xaxes(range=[0, 100], ticksuffix=" %")
    figure.update_xaxes(title="Predicted probability", row=2, col=1)
    figure.update_yaxes(title="Accuracy", ticksuffix=" %", range=[0, 100], row=1, col=1)
    figure.update_yaxes(title="Predictions", nticks=4, row=2, col=1)
    figure.update_layout(
        title={
            "text": "Calibration: predicted probability and accuracy",
            "subtitle": {"text": f"ECE {ece:.1%}: mean distance of the bars from the line"},
        },
        height=490,
        margin={"l": 0, "r": 24, "t": 110, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
    )
    return figure
