"""The events of a map: a click on a work, on the legend or on a name of a region, and a lasso.

The browser sends an event as a trigger value of the component (`map.send` in `map.js`). Streamlit
calls the handlers before the rerun that the event causes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from artextract.ui.components.map.lasso import Outline


@dataclass(frozen=True)
class MapEvents:
    """The callbacks of a map; without a callback, the map lacks the control."""

    on_click: Callable[[int], None]  # Takes the row of the clicked work
    on_select: Callable[[Outline], None] | None = None
    """Takes the outline of a lasso or box (`lasso.rows_within` finds its works); () to clear the selection."""
    on_legend: Callable[[int], None] | None = None  # Takes the code of the clicked category
    on_region: Callable[[int], None] | None = None  # Takes the number of the clicked region, from 0
    on_close: Callable[[], None] | None = None  # Esc was pressed on the map or in the panel over it

    def handlers(self, key: str) -> dict[str, Callable[[], None]]:
        """The callbacks of the component with this key, by Streamlit's names for them."""

        def handler(name: str, call: Callable[[Any], object]) -> Callable[[], None]:
            def arrived() -> None:
                if (value := getattr(st.session_state[key], name)) is not None:
                    call(value)

            return arrived

        select, legend, region, close = self.on_select, self.on_legend, self.on_region, self.on_close
        calls: dict[str, Callable[[Any], object] | None] = {
            "click": lambda row: self.on_click(int(row)),
            "select": select and (lambda outline: select([(float(x), float(y)) for x, y in outline])),
            "legend": legend and (lambda code: legend(int(code))),
            "region": region and (lambda number: region(int(number))),
            "close": close and (lambda _: close()),
        }
        return {f"on_{name}_change": handler(name, call or (lambda _: None)) for name, call in calls.items()}
