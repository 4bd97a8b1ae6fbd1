"""The charts of the Model report. Colours come from Streamlit's theme, light or dark."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from artextract.attributes.evaluation.metrics import ReliabilityBin
from artextract.ui.colours import ACCENT, GREY


def reliability_figure(bars: Sequence[ReliabilityBin], ece: float) -> go.Figure:
    """How many answers of each probability are right, and below how many answers there are.

    Args:
        bars: the bins that hold answers.
        ece: the expected calibration error, 0…1.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.7, 0.3], vertical_spacing=0.06)
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
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        name="As sure as right",
        hoverinfo="skip",
        line={"color": ACCENT, "dash": "dash", "width": 2},
    )
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
        **bar_looks,
    )
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
        height=490,
        margin={"l": 0, "r": 24, "t": 110, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
    )
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
        f"<b>{title}</b><br>{year} in its title<br>predicted {median:.0f}, 80 % between {first:.0f} and {last:.0f}"
        for title, year, median, first, last in zip(
            paintings["title"].fillna("Untitled"),
            years,
            paintings["date_median"],
            paintings["date_low"],
            paintings["date_high"],
            strict=True,
        )
    ]
    figure = go.Figure([
        go.Scatter(
            x=years,
            y=paintings["date_median"],
            mode="markers",
            name="A painting",
            hovertext=hover,
            hoverinfo="text",
            marker={"size": 5, "opacity": 0.45},
        ),
        go.Scatter(
            x=[low, high],
            y=[low, high],
            mode="lines",
            name="Right to the year",
            hoverinfo="skip",
            line={"color": ACCENT, "dash": "dash", "width": 2},
        ),
    ])
    figure.update_xaxes(title="Year in the title", range=[low, high], fixedrange=True)
    figure.update_yaxes(title="Predicted year (median)", range=[low, high], fixedrange=True)
    figure.update_layout(
        title="Predicted year against the right one",
        height=470,
        margin={"l": 0, "r": 4, "t": 80, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
    )
    return figure
