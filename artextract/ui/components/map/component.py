"""The map of a gallery in the browser.

The points stay in the browser from rerun to rerun, from a dozen works to a million. A click or a
filter sends only what changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from artextract.ui.components.map.view import MapView
from artextract.ui.components.registration import component, triggers

Outline = Sequence[tuple[float, float]]  # Corners of a polygon in map coordinates; the last joins the first
_HTML = '<div class="ax-map" data-testid="gallery-map"></div>'


def gallery_map(
    view: MapView,
    *,
    key: str,
    height: int,
    on_click: Callable[[int], None],
    on_select: Callable[[Outline], None] | None = None,
    on_legend: Callable[[int], None] | None = None,
    on_region: Callable[[int], None] | None = None,
    on_close: Callable[[], None] | None = None,
    centre_count: int = 0,
) -> None:
    """Draw the map, with a plot of `height` pixels unless `map_area.css` sets another height.

    When `centre_count` grows, the view moves to the chosen work. The callbacks are called before the rerun that the
    event causes; without a callback, the map lacks the control. `on_click` takes the row of the clicked work,
    `on_select` the outline of a lasso or box (() to clear the selection), `on_legend` the code of the clicked category,
    `on_region` the number of the clicked region, from 0. `on_close` is called for Esc on the map or its panel.
    """
    component("gallery_map", _HTML)(
        key=key,
        data={
            **asdict(view),
            "height": height,
            "centre_count": centre_count,
            "selectable": on_select is not None,
            "legend_clicks": on_legend is not None,
        },
        **triggers(
            key,
            click=on_click,
            select=on_select,
            legend=on_legend,
            region=on_region,
            close=on_close and (lambda _: on_close()),
        ),
    )
