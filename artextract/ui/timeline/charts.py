"""The charts of the Timeline screen.

Their colour key is HTML below the chart: Plotly's own legend would cover the chart on a phone.
"""

import html
from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from artextract.metadata.dates import span_text, year_text
from artextract.ui.colours import GREY, PALETTE
from artextract.ui.work_columns import OTHER

MAX_GROUPS = 8  # Values with a colour of their own
_MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}


def bin_width(years: np.ndarray) -> int:
    """The years per bar, chosen so that the chart has at most about eighty bars."""
    known = years[np.isfinite(years)]
    span = float(np.ptp(known)) if len(known) else 0.0
    return next((width for width in (1, 2, 5, 10, 20) if span / width <= 80), 50)


def _colours(groups: Sequence[str]) -> dict[str, str]:
    """A colour for each of the most common values, the same in every chart."""
    return dict(zip(groups, PALETTE, strict=False)) | {OTHER: GREY}


def colour_key(names: Sequence[str], groups: Sequence[str]) -> str:
    """The key of a chart's colours as HTML, on as many lines as the screen needs."""
    colours = _colours(groups)
    entries = [
        '<span style="display:inline-flex;align-items:center;gap:6px">'
        f'<span style="width:11px;height:11px;border-radius:3px;background:{colours[name]}"></span>'
        f"{html.escape(name)}</span>"
        for name in names
    ]
    return f'<div style="display:flex;flex-wrap:wrap;gap:2px 14px;font-size:0.875rem">{"".join(entries)}</div>'


def years_figure(
    years: np.ndarray, values: pd.Series, groups: Sequence[str], chosen: tuple[int, int] | None
) -> go.Figure:
    """The number of works over the years (NaN: unknown), stacked by the values of a column; `groups` get colours.

    The span from the first to the last of the `chosen` years is marked.
    """
    width, colours = bin_width(years), _colours(groups)
    known = np.isfinite(years)
    start = np.floor(years[known] / width) * width
    named = values[known].where(values[known].isin(list(groups)), OTHER)
    counts = pd.crosstab(start, named.to_numpy())
    figure = go.Figure()
    for name in [*groups, OTHER]:
        if name not in counts:
            continue
        column = counts[name][counts[name] > 0]
        figure.add_bar(
            x=column.index + width / 2,
            y=column,
            width=width * 0.92,
            name=name,
            marker_color=colours[name],
            customdata=[span_text(int(begin), int(begin) + width - 1) for begin in column.index],
            hovertemplate="%{customdata}: %{y} works<extra>" + name + "</extra>",
        )
    if chosen is not None:
        figure.add_vrect(chosen[0], chosen[1] + 1, fillcolor="#b4552d", opacity=0.16, line_width=0, layer="below")
    title = f"works per {width} years" if width > 1 else "works per year"
    figure.update_layout(
        barmode="stack",
        height=320,
        dragmode="select",
        selectdirection="h",
        bargap=0,
        margin=_MARGIN,
        xaxis={"title": "year", "tickformat": "d", **_ticks(years[known])},
        yaxis={"title": title, "automargin": True},
        showlegend=False,
    )
    return figure


def _ticks(years: np.ndarray) -> dict[str, list[int] | list[str]]:
    """Axis ticks that write years BC; {} keeps Plotly's own ticks if there are no such years."""
    if not len(years) or (first := int(years.min())) >= 0:
        return {}
    step = next((step for step in (10, 50, 100, 250) if np.ptp(years) / step <= 10), 500)
    ticks = list(range(-(-first // step) * step, int(years.max()) + 1, step))
    return {"tickvals": ticks, "ticktext": [year_text(tick) for tick in ticks]}
