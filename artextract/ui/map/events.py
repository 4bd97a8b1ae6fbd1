"""What people do on the map arrives here: a click, a lasso, a press on the legend.

The browser sends an event as a trigger value of the component (`map.js`, `map.send`); Streamlit
calls the handlers before the rerun that the event causes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st


@dataclass(frozen=True)
class MapEvents:
    """Who is told of what."""

    on_click: Callable[[int], None]
    """The row of a clicked work."""
    on_select: Callable[[list[int]], None] | None = None
    """The rows that a lasso or box holds, greyed ones left out; [] when the selection is cleared.
    Without it there are no selection tools."""
    on_legend: Callable[[int], None] | None = None
    """The code of a clicked category. Without it the legend is no control."""

    def handlers(self, key: str) -> dict[str, Callable[[], None]]:
        """The callbacks of the component called `key`, by the names that Streamlit gives them."""

        def event(name: str) -> Any:
            return getattr(st.session_state[key], name)

        def clicked() -> None:
            if (row := event("click")) is not None:
                self.on_click(int(row))

        def selected() -> None:
            if self.on_select and (rows := event("select")) is not None:
                self.on_select([int(row) for row in rows])

        def legend_clicked() -> None:
            if self.on_legend and (code := event("legend")) is not None:
                self.on_legend(int(code))

        return {
            "on_click_change": clicked,
            "on_select_change": selected,
            "on_legend_change": legend_clicked,
        }
