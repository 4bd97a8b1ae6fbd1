"""How many works are shown beside a work, a picture or words: it stands in the address."""

import streamlit as st

from artextract.ui import address

COUNTS = (6, 10, 20, 50)
USUAL = 10


def choose_count() -> int:
    """The choice, in the sidebar."""
    asked = address.get("count")
    count = int(asked) if asked in map(str, COUNTS) else USUAL
    address.mirror("_k", count)
    with st.sidebar:
        st.select_slider("Similar works", COUNTS, key="_k", on_change=lambda: _keep(st.session_state["_k"]))
    return count


def offer_more(count: int) -> None:
    """A button, below as many works, that shows more of them; none where there is no more."""
    more = next((one for one in COUNTS if one > count), None)
    if more is not None:
        st.button(f"Show {more}", icon=":material/expand_more:", key="_more", on_click=lambda: _keep(more))


def _keep(count: int) -> None:
    address.put(count=None if count == USUAL else count)
