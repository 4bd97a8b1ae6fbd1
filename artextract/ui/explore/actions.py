"""Callbacks for clicks on the map, the cards and the legend, the history of opened works, and the path.

A callback changes the address or the session; then Streamlit redraws the fragment that was clicked.
`st.rerun()` redraws the whole screen where more depends on the change.

The address has the first and the last work of a path, `from_work` and `to_work`. Until the last is chosen, the next
opened work becomes the last.
"""

import streamlit as st

from artextract.similarity.filters import CATEGORIES
from artextract.ui import address, navigation, work_columns
from artextract.ui.components.grid import cards
from artextract.ui.components.map.colouring import Categorical, Colouring


def open_work(work: str) -> None:
    """Open a work. If a path has no last work yet, the work becomes its last."""
    start, end = path_ends()
    if start and not end and work != start:
        address.put(to_work=work, path=None)
    before = address.get("work")
    if work != before:
        if before:
            visited().append(before)
        address.put(work=work)


def go_back() -> None:
    """Open the work that was open before."""
    if visited():
        address.put(work=visited().pop())


def close_work() -> None:
    """Close the open work."""
    visited().clear()
    address.put(work=None)


def centre_map() -> None:
    """Move the map to the open work."""
    st.session_state["_centred"] = times_centred() + 1


def times_centred() -> int:
    """How many times `centre_map` was called in this session."""
    return int(st.session_state.get("_centred", 0))


def run_card_action(work: str, clicked: str, action: str) -> None:
    """Run an action of the card of the work `clicked`, while `work` is open."""
    if action == cards.COMPARE.name:
        navigation.switch_to(navigation.COMPARE, work=work, other=clicked)
    centre_map()
    open_work(clicked)


def open_from_below(work: str) -> None:
    """Open the work of a card below the map, which is outside the map's fragment."""
    open_work(work)
    st.rerun()


def run_action_from_below(clicked: str, action: str) -> None:
    """Run an action of a card below the map."""
    run_card_action("", clicked, action)
    st.rerun()


def filter_by_legend(colouring: Colouring, column: str, code: int) -> None:
    """Switch the filter for a value of the legend; "Other" and columns without a filter do nothing."""
    if column in CATEGORIES and isinstance(colouring, Categorical):
        label = colouring.labels[code]
        if label != work_columns.OTHER:
            toggle_filter(column, label)


def toggle_filter(column: str, value: str) -> None:
    """Add a value to the filter of a column, or remove it."""
    chosen = address.get_all(column)
    rest = [kept for kept in chosen if kept != value]
    address.put(**{column: rest if value in chosen else [*rest, value]})
    st.rerun()  # the filters are in the sidebar


def visited() -> list[str]:
    """The works that were open before, the last one last."""
    return st.session_state.setdefault("_visited", [])


def path_ends() -> tuple[str, str]:
    """The first and the last work of the path; "" if not chosen."""
    return address.get("from_work"), address.get("to_work")


def begin_path(work: str) -> None:
    """Start a path at a work."""
    address.put(from_work=work, to_work=None, path=None)


def close_path() -> None:
    """Close the path."""
    address.put(from_work=None, to_work=None, path=None)
