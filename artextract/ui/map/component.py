"""The map of a gallery in the browser: Plotly on WebGL, kept in place from rerun to rerun.

`st.plotly_chart` mounts a figure anew whenever anything in it changes, which loses the zoom and the
selection. This component updates the one figure instead, so that a click or a filter only changes
what it has to.
"""

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from artextract.ui.map.events import MapEvents
from artextract.ui.map.view import MapView
from artextract.ui.server.urls import base_url


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
            "plotly_url": f"{base_url()}/artextract/plotly.min.js",
            "height": height,
            "recentre": recentre,
            "selectable": events.on_select is not None,
            "legend_clicks": events.on_legend is not None,
        },
        **events.handlers(key),
    )


_SCRIPTS = ("map.js", "data.js", "layers.js")


@cache
def _component() -> Any:
    here = Path(__file__).parent
    return st.components.v2.component(
        "gallery_map",
        html='<div class="ax-map" data-testid="gallery-map"></div>',
        css=(here / "map.css").read_text(encoding="utf-8"),
        js="".join((here / name).read_text(encoding="utf-8") for name in _SCRIPTS),
        isolate_styles=False,  # Plotly puts its style sheet into the document's head
    )
