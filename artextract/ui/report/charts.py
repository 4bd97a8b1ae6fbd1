"""The charts of calibration and dates. Colours come from Streamlit's theme, light or dark."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from artextract.attributes.evaluation.metrics import ReliabilityBin
from artextract.ui.colours import ACCENT, GREY

_LEGEND = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}


def reliability_figure(bars: Sequence[ReliabilityBin], ece: float) -> go.Figure:
    """The reliability diagram: accuracy per non-empty bin, and below it the number of predictions. `ece` is 0…1."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.7, 0.3], vertical_spacing=0.06)
    shared = {
        "x": [50 * (bar.low + bar.high) for bar in bars],
        "width": [94 * (bar.high - bar.low) for bar in bars],
        "hoverinfo": "text",
        "hovertext": [
            f"<b>Probability {bar.low:.0%} to {bar.high:.0%}</b><br>{bar.count:,} predictions<br>"
            f"accuracy {bar.accuracy:.1%}<br>mean probability {bar.confidence:.1%}"
            for bar in bars
        ],
    }
    figure.add_bar(y=[100 * bar.accuracy for bar in bars], name="Accuracy", **shared)
    figure.add_trace(_diagonal(0, 100, "Perfect calibration"))
    figure.add_bar(
        y=[bar.count for bar in bars],
        text=[f"{bar.count:,}" for bar in bars],
        textposition="outside",
        textangle=-90,
        textfont={"size": 10},
        cliponaxis=False,
        marker={"color": GREY},
        showlegend=False,
        row=2,
        col=1,
        **shared,
    )
    figure.update_xaxes(range=[0, 100], fixedrange=True, ticksuffix=" %")
    figure.update_xaxes(title="Predicted probability", row=2, col=1)
    figure.update_yaxes(fixedrange=True)
    figure.update_yaxes(title="Accuracy", ticksuffix=" %", range=[0, 100], row=1, col=1)
    most = max((bar.count for bar in bars), default=1)
    figure.update_yaxes(title="Predictions", range=[0, 1.6 * most], nticks=4, row=2, col=1)
    figure.update_layout(
        title={
            "text": "Calibration: predicted probability and accuracy",
            "subtitle": {"text": f"ECE {ece:.1%}: mean distance of the bars from the line"},
        },
        height=490,
        margin={"l": 0, "r": 24, "t": 110, "b": 0},
        legend=_LEGEND,
    )
    return figure


def date_figure(paintings: pd.DataFrame) -> go.Figure:
    """The predicted year against the year in the title.

    `paintings` are one or more rows of `Bundle.validation`, all with a year in the title.
    """
    years, medians = paintings["year"].astype(int), paintings["date_median"]
    low, high = int(min(years.min(), medians.min())) - 5, int(max(years.max(), medians.max())) + 5
    titles = paintings["title"].fillna("Untitled")
    rows = zip(titles, years, medians, paintings["date_low"], paintings["date_high"], strict=True)
    points = go.Scatter(
        x=years,
        y=medians,
        mode="markers",
        name="Painting",
        hovertext=[
            f"<b>{title}</b><br>{year} in the title<br>predicted {median:.0f}, 80% between {first:.0f} and {last:.0f}"
            for title, year, median, first, last in rows
        ],
        hoverinfo="text",
        marker={"size": 5, "opacity": 0.45},
    )
    figure = go.Figure([points, _diagonal(low, high, "Correct year")])
    figure.update_xaxes(title="Year in the title", range=[low, high], fixedrange=True)
    figure.update_yaxes(title="Predicted year (median)", range=[low, high], fixedrange=True)
    figure.update_layout(
        title="Predicted year and year in the title",
        height=470,
        margin={"l": 0, "r": 4, "t": 80, "b": 0},
        legend=_LEGEND,
    )
    return figure


def _diagonal(low: float, high: float, name: str) -> go.Scatter:
    line = {"color": ACCENT, "dash": "dash", "width": 2}
    return go.Scatter(x=[low, high], y=[low, high], mode="lines", name=name, hoverinfo="skip", line=line)
