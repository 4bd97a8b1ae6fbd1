"""What a press on the map, on a card or on the legend does, and the way back to works opened before.

Every function here is a callback: it changes the address or the session before the screen is drawn
again. Streamlit then draws the fragment in which the press was. Where more of the screen depends on
the change, the callback ends with `st.rerun()`, which draws the whole screen.
"""

import streamlit as st

from artextract.similarity.filters import CATEGORIES
from artextract.ui import address, navigation, work_columns
from artextract.ui.components.grid import cards
from artextract.ui.components.map.colouring import Categorical, Colouring
from artextract.ui.explore import path_state

ORDER = "order"
"""The parameter that names the order of the matches."""
SIMILARITY = "similarity"
"""The order by similarity to the open work: the matches change with it."""


def open_work(work: str) -> None:
    """Open a work; a path that waits for its end leads there."""
    if path_state.waits(work):
        path_state.lead_to(work)
    before = address.get("work")
    if work != before:
        if before:
            _visited().append(before)
        _choose(work)


def go_back() -> None:
    """Open the work that was open before."""
    if _visited():
        _choose(_visited().pop())


def can_go_back() -> bool:
    """Whether another work was open before."""
    return bool(_visited())


def close_work() -> None:
    """Close the open work."""
    _visited().clear()
    _choose(None)


def centre_map() -> None:
    """Move the map to the open work."""
    st.session_state["_centred"] = times_centred() + 1


def times_centred() -> int:
    """How often `centre_map` was called in this session."""
    return int(st.session_state.get("_centred", 0))


def press_card(work: str, pressed: str, action: str) -> None:
    """A small button on the card of the work `pressed`, beside the open `work`."""
    if action == cards.COMPARE.name:
        navigation.switch_to(navigation.COMPARE, work=work, other=pressed)
    centre_map()
    open_work(pressed)


def open_from_below(work: str) -> None:
    """A card below the map, in another fragment than the map's."""
    open_work(work)
    st.rerun()


def press_from_below(pressed: str, action: str) -> None:
    """A small button on a card below the map."""
    press_card("", pressed, action)
    st.rerun()


def filter_by_legend(colouring: Colouring, column: str, code: int) -> None:
    """A line of the legend: filter by that value, or no longer.

    The line "Other" and columns without a filter do nothing.
    """
    if column in CATEGORIES and isinstance(colouring, Categorical):
        label = colouring.labels[code]
        if label != work_columns.OTHER:
            toggle_filter(column, label)


def toggle_filter(column: str, value: str) -> None:
    """Filter a column by one more value, or no longer by this one."""
    chosen = address.get_all(column)
    rest = [each for each in chosen if each != value]
    address.put(**{column: rest if value in chosen else [*rest, value]})
    st.rerun()  # the filters are in the sidebar


def _choose(work: str | None) -> None:
    address.put(work=work)
    if address.get(ORDER) == SIMILARITY:
        st.rerun()


def _visited() -> list[str]:
    return st.session_state.setdefault("_visited", [])
