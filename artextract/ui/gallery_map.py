"""The map of a gallery in the browser: Plotly on WebGL, kept in place from rerun to rerun.

`st.plotly_chart` mounts a figure anew whenever anything in it changes, which loses the zoom and the
selection. This component updates the one figure instead, so that a click or a filter only changes
what it has to.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

PALETTE = (
    "#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1", "#d4a72c", "#3aa6a0", "#ff9da7",
    "#9c755f", "#7b6fd0", "#86bc48", "#c44e8b", "#8fc7ea", "#c9b18b",
)  # fmt: skip
"""Colours of categories (after Tableau 10): told apart on a light and on a dark ground."""


@dataclass(frozen=True)
class Categorical:
    """Points coloured by category."""

    labels: Sequence[str]
    """Colour code → name."""
    colours: Sequence[str]
    """Colour code → "#rrggbb"."""
    counts: Sequence[int]
    """Colour code → works that pass the filter."""
    missing: int
    """Works that pass the filter and have no category: code -1."""


@dataclass(frozen=True)
class Continuous:
    """Points coloured by a number; NaN where there is none."""

    title: str
    low: float
    high: float


Colouring = Categorical | Continuous


@dataclass(frozen=True)
class MapView:
    """All that a map shows."""

    points: pd.DataFrame
    """One row a work: `x`, `y` float32; `on` uint8, 0 for works that are greyed; `colour` float32,
    a category code (-1: none) or a number (NaN: none)."""
    colouring: Colouring
    texts_url: str
    """Where the browser gets `{"label": […], "thumb": […]}` of all works."""
    pictures_url: str
    """What a `thumb` is appended to."""
    revision: str
    """Names the positions; only another revision resets zoom and pan."""
    title: str
    """What the map shows, for those who can't see it."""
    status: str
    """How many works there are and match, in words."""
    chosen: int | None = None
    """Row of the chosen work."""
    neighbours: Sequence[int] = ()
    """Rows of the works linked with it, or with the placed picture."""
    placed: tuple[float, float] | None = None
    """Where a picture that isn't in the collection falls."""
    selection: Sequence[int] = ()
    """Rows of the selected works."""


def gallery_map(
    view: MapView,
    *,
    key: str,
    height: int,
    base_url: str,
    on_click: Callable[[int], None],
    on_select: Callable[[list[int]], None] | None = None,
    on_legend: Callable[[int], None] | None = None,
    recentre: int = 0,
) -> None:
    """Draw the map. The callbacks are called before the rerun that an event causes.

    Args:
        view: what it shows.
        key: the component's key in the session state.
        height: of the plot, pixels.
        base_url: the path under which the app is served.
        on_click: called with the row of a clicked work.
        on_select: called with the rows that a lasso or box holds, greyed ones left out; [] when
            the selection is cleared. Without it there are no selection tools.
        on_legend: called with the code of a clicked category. Without it the legend is no control.
        recentre: when this number grows, the view moves to the chosen work.
    """

    def event(name: str) -> Any:
        return getattr(st.session_state[key], name)

    def clicked() -> None:
        if (row := event("click")) is not None:
            on_click(int(row))

    def selected() -> None:
        if on_select and (rows := event("select")) is not None:
            on_select([int(row) for row in rows])

    def legend_clicked() -> None:
        if on_legend and (code := event("legend")) is not None:
            on_legend(int(code))

    _component()(
        key=key,
        data={
            **{field.name: getattr(view, field.name) for field in fields(view)},
            "colouring": asdict(view.colouring),
            "plotly_url": f"{base_url}/artextract/plotly.min.js",
            "height": height,
            "recentre": recentre,
            "selectable": on_select is not None,
            "legend_clicks": on_legend is not None,
        },
        on_click_change=clicked,
        on_select_change=selected,
        on_legend_change=legend_clicked,
    )


_SCRIPTS = ("gallery_map.js", "gallery_map_layers.js")


@cache
def _component() -> Any:
    here = Path(__file__).parent
    return st.components.v2.component(
        "gallery_map",
        html='<div class="ax-map" data-testid="gallery-map"></div>',
        css=(here / "gallery_map.css").read_text(encoding="utf-8"),
        js="".join((here / name).read_text(encoding="utf-8") for name in _SCRIPTS),
        isolate_styles=False,  # Plotly puts its style sheet into the document's head
    )
