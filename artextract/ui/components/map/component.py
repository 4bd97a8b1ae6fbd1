"""The map of a gallery in the browser.

The points stay in the browser from rerun to rerun, from a dozen works to a million. A click or a
filter sends only what changes.
"""

from dataclasses import asdict

from artextract.ui.components.map.events import MapEvents
from artextract.ui.components.map.view import MapView
from artextract.ui.components.registration import component

_HTML = '<div class="ax-map" data-testid="gallery-map"></div>'


def gallery_map(view: MapView, events: MapEvents, *, key: str, height: int, centre_count: int = 0) -> None:
    """Draw the map, with a plot of `height` pixels unless `map_area.css` sets another height.

    When `centre_count` grows, the view moves to the chosen work.
    """
    component("gallery_map", _HTML)(
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
