"""The chosen work, and the way back to those chosen before.

The chosen work stands in the address; the way back belongs to the session.
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
    address.put(work=work)
    if paths.waits(work):
        paths.lead_to(work)


def go_back() -> None:
    """Choose the work before this one."""
    if _visited():
        address.put(work=_visited().pop())


def can_go_back() -> bool:
    """Whether there is a work before this one."""
    return bool(_visited())


def close_work() -> None:
    """Choose no work."""
    _visited().clear()
    address.put(work=None)


def recentre() -> None:
    """Have the map come to the chosen work."""
    st.session_state["_recentre"] = recentre_count() + 1


def recentre_count() -> int:
    """How often `recentre` was called in this session."""
    return int(st.session_state.get("_recentre", 0))


def _visited() -> list[str]:
    visited: list[str] = st.session_state.setdefault("_visited", [])
    return visited
