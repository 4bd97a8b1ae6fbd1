"""The map of a gallery in the browser.

The points stay in the browser from rerun to rerun, from a dozen works to a million. A click or a
filter sends only what changes.
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
        view: what the map shows.
        events: the callbacks.
        key: the component's key in the session state.
        height: of the plot, pixels, unless `map_area.css` sets another.
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
