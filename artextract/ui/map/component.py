"""The map of a gallery in the browser: points kept in place from rerun to rerun.

One layer of points serves every size, from a dozen works to a million: a click or a filter only
changes what it has to.
"""

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from artextract.ui.map.events import MapEvents
from artextract.ui.map.view import MapView


def gallery_map(
    view: MapView, events: MapEvents, *, key: str, height: int, recentre: int = 0
) -> None:
    """Draw the map.

    Args:
        view: what it shows.
        events: who is told of what is done on it.
        key: the component's key in the session state.
        height: of the plot, pixels.
        recentre: when this number grows, the view moves to the chosen work.
    """
    _component()(
        key=key,
        data={
            **asdict(view),
            "height": height,
            "recentre": recentre,
            "selectable": events.on_select is not None,
            "legend_clicks": events.on_legend is not None,
        },
        **events.handlers(key),
    )


_SCRIPTS = (
    "map.js", "data.js", "points.js", "webgl.js", "raster.js", "gestures.js", "layers.js",
    "regions.js", "keys.js",
)  # fmt: skip


@cache
def _component() -> Any:
    here = Path(__file__).parent
    return st.components.v2.component(
        "gallery_map",
        html='<div class="ax-map" data-testid="gallery-map"></div>',
        css=(here / "map.css").read_text(encoding="utf-8"),
        js="".join((here / name).read_text(encoding="utf-8") for name in _SCRIPTS),
        isolate_styles=False,  # the tooltip hangs on the document's body
    )
