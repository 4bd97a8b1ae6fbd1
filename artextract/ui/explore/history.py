"""The chosen work, and the way back to those chosen before.

The chosen work stands in the address; the way back belongs to the session. The map is a fragment
of its own: what else on the screen must follow asks for all of it to be drawn.
"""

import streamlit as st

from artextract.ui import address
from artextract.ui.explore import path_state as paths


def open_work(work: str) -> None:
    """Choose a work; the one chosen before is where Back leads."""
    before = address.get("work")
    if work == before:
        return
    if before:
        _visited().append(before)
    _choose(work)
    if paths.waits(work):
        paths.lead_to(work)


def go_back() -> None:
    """Choose the work before this one."""
    if _visited():
        _choose(_visited().pop())


def can_go_back() -> bool:
    """Whether there is a work before this one."""
    return bool(_visited())


def close_work() -> None:
    """Choose no work."""
    _visited().clear()
    _choose(None)


def recentre() -> None:
    """Have the map come to the chosen work."""
    st.session_state["_recentre"] = recentre_count() + 1


def recentre_count() -> int:
    """How often `recentre` was called in this session."""
    return int(st.session_state.get("_recentre", 0))


def draw_whole_screen() -> None:
    """Have all of the screen drawn, not the fragment alone, by `perform_redraw` in the rerun."""
    st.session_state["_whole_screen"] = True


def perform_redraw() -> None:
    """Draw all of the screen if that was asked for."""
    if st.session_state.pop("_whole_screen", False):
        st.rerun()


def redraw_at_each_work(needed: bool) -> None:
    """Whether all of the screen is drawn whenever another work is chosen, or none."""
    st.session_state["_redraw_at_each_work"] = needed


def _choose(work: str | None) -> None:
    address.put(work=work)
    if st.session_state.get("_redraw_at_each_work"):
        draw_whole_screen()


def _visited() -> list[str]:
    return st.session_state.setdefault("_visited", [])
