"""The charts of a reading: labels, date, reliability."""

from textwrap import wrap

import numpy as np
import plotly.graph_objects as go

from artextract.attributes import date_bins
from artextract.attributes.evaluation.confusion import LabelConfusion
from artextract.attributes.reading import Answer, DateAnswer

ACCENT, PALE, BAND = "#b4552d", "#c9bfb2", "rgba(180, 85, 45, 0.25)"
_GREYS = ("#8c8577", "#5f7f8c", "#b09a5b", "#7a6a8a", "#a9b3a0")


def percent(probability: float) -> str:
    """ "0.4%", "37%", "> 99%"; only a probability of 1 is "100%"."""
    if 0.995 <= probability < 1:
        return "> 99%"
    return f"{100 * probability:.1f}%" if probability < 0.1 else f"{100 * probability:.0f}%"


def label_bars(answer: Answer) -> go.Figure:
    """The most probable labels as bars of their probability; the first stands out."""
    labels = answer.labels[::-1]
    names = ["<br>".join(wrap(label.name, 18)) for label in labels]  # the column is narrow
    figure = go.Figure(
        go.Bar(
            x=[100 * label.probability for label in labels],
            y=names,
            orientation="h",
            marker_color=[PALE] * (len(labels) - 1) + [ACCENT],
            text=[percent(label.probability) for label in labels],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1f}%<extra></extra>",
        )
    )
    figure.update_layout(
        height=190 + 14 * sum("<br>" in name for name in names),
        margin={"l": 4, "r": 40, "t": 4, "b": 34},
        xaxis={"range": [0, 100], "title": "probability, %"},
        yaxis={"automargin": True},
        bargap=0.25,
        showlegend=False,
    )
    return figure


def date_chart(date: DateAnswer, probabilities: np.ndarray) -> go.Figure:
    """The distribution over years, float [BINS] (see `date_bins`), its median, and its 80% interval."""
    centres = (date_bins.EDGES[:-1] + date_bins.EDGES[1:]) / 2
    density = 100 * probabilities / date_bins.WIDTH
    inside = (centres >= date.low) & (centres <= date.high)
    figure = go.Figure()
    figure.add_scatter(
        x=centres,
        y=density,
        mode="lines",
        line={"color": ACCENT, "width": 1.5},
        hovertemplate="%{x:.0f}: %{y:.2f}% per year<extra></extra>",
    )
    figure.add_scatter(
        x=centres[inside], y=density[inside], mode="none", fill="tozeroy", fillcolor=BAND, hoverinfo="skip"
    )
    figure.add_vline(date.median, line={"color": ACCENT, "dash": "dot"})
    figure.update_layout(
        height=210,
        margin={"l": 4, "r": 12, "t": 6, "b": 34},
        xaxis={"title": "year", "range": [date_bins.FIRST, date_bins.LAST]},
        yaxis={"title": "probability per year, %", "automargin": True, "rangemode": "tozero"},
        showlegend=False,
    )
    return figure


def confusion_bars(confusion: LabelConfusion) -> go.Figure:
    """A label's column and row of the confusion matrix as two stacked bars."""
    label = confusion.label
    bars = {
        f"Predicted as {label}:<br>true classes": confusion.true_classes,
        f"Labelled {label}:<br>predicted classes": confusion.predicted_classes,
    }
    names = dict.fromkeys([label, *(name for bar in bars.values() for name in bar.index[:3])])
    shares = [bar / max(bar.sum(), 1) for bar in bars.values()]
    figure = go.Figure()
    for name, colour in zip(names, (ACCENT, *_GREYS), strict=False):
        figure.add_bar(
            x=[100 * of.get(name, 0) for of in shares],
            y=list(bars),
            name=name,
            orientation="h",
            marker_color=colour,
            hovertemplate=name + ": %{x:.0f}%<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        height=170 + 20 * len(names),
        margin={"l": 4, "r": 12, "t": 4, "b": 4},
        xaxis={"range": [0, 100], "title": "validation paintings, %"},
        yaxis={"automargin": True, "autorange": "reversed"},
        # Below the chart, one name per line: the column is narrow.
        legend={"x": 0, "y": -0.75, "yanchor": "top", "traceorder": "normal"},
        showlegend=True,
    )
    return figure
