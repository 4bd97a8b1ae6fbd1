"""What people do on the map arrives here: a click, a lasso, a press on the legend, a name.

The browser sends an event as a trigger value of the component (`map.js`, `map.send`); Streamlit
calls the handlers before the rerun that the event causes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from artextract.ui.components.map.lasso import Outline


@dataclass(frozen=True)
class MapEvents:
    """Who is told of what."""

    on_click: Callable[[int], None]
    """The row of a clicked work."""
    on_select: Callable[[Outline], None] | None = None
    """The outline of a lasso or box on the map (`lasso.rows_within` gives its works); () when the
    selection is cleared. Without it there are no selection tools."""
    on_legend: Callable[[int], None] | None = None
    """The code of a clicked category. Without it the legend is no control."""
    on_region: Callable[[int], None] | None = None
    """The number of a clicked region, as the map's `regions_url` counts them."""
    on_close: Callable[[], None] | None = None
    """Esc was pressed on the map, or in the panel over it."""

    def handlers(self, key: str) -> dict[str, Callable[[], None]]:
        """The callbacks of the component called `key`, by the names that Streamlit gives them."""

        def event(name: str) -> Any:
            return getattr(st.session_state[key], name)

        def clicked() -> None:
            if (row := event("click")) is not None:
                self.on_click(int(row))

        def selected() -> None:
            if self.on_select and (outline := event("select")) is not None:
                self.on_select([(float(x), float(y)) for x, y in outline])

        def legend_clicked() -> None:
            if self.on_legend and (code := event("legend")) is not None:
                self.on_legend(int(code))

        def region_clicked() -> None:
            if self.on_region and (number := event("region")) is not None:
                self.on_region(int(number))

        def closed() -> None:
            if self.on_close and event("close"):
                self.on_close()

        return {
            "on_click_change": clicked,
            "on_select_change": selected,
            "on_legend_change": legend_clicked,
            "on_region_change": region_clicked,
            "on_close_change": closed,
        }
