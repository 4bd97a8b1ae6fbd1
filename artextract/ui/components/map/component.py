"""The map of a gallery in the browser: points kept in place from rerun to rerun.

One layer of points serves every size, from a dozen works to a million: a click or a filter only
changes what it has to.
"""

from dataclasses import asdict
from pathlib import Path

from artextract.ui.components.map.events import MapEvents
from artextract.ui.components.map.view import MapView
from artextract.ui.components.registration import component

_HTML = '<div class="ax-map" data-testid="gallery-map"></div>'
_FILES = [
    Path(__file__).parent / name
    for name in (
        "map.js",
        "data.js",
        "points.js",
        "webgl.js",
        "raster.js",
        "gestures.js",
        "layers.js",
        "region_labels.js",
        "keys.js",
        "map_area.js",
        "map.css",
        "region_labels.css",
        "map_area.css",
    )
]


def gallery_map(view: MapView, events: MapEvents, *, key: str, height: int, centre_count: int = 0) -> None:
    """Draw the map.

    Args:
        view: what it shows.
        events: who is told of what is done on it.
        key: the component's key in the session state.
        height: of the plot, pixels, where the page gives it no other (`map_area.css`).
        centre_count: when this number grows, the view moves to the chosen work.
    """
    component("gallery_map", _HTML, *_FILES)(
        key=key,
        data={
            **asdict(view),
            "height": height,
            "centre_count": centre_count,
            "selectable": events.on_select is not None,
            "legend_clicks": events.on_legend is not None,
        },
        **events.handlers(key),
    )
