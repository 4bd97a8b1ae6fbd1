"""How many works are shown beside a work, a picture or words: it stands in the address."""

import streamlit as st

from artextract.ui import address

COUNTS = (6, 10, 20, 50)
USUAL = 10


def choose_count() -> int:
    """The choice, in the sidebar."""
    with st.sidebar:
        return address.choice(st.select_slider, "Similar works", COUNTS, name="count", default=USUAL)


def offer_more(count: int) -> None:
    """A button, below as many works, that shows more of them; none where there is no more."""
    more = next((larger for larger in COUNTS if larger > count), None)
    if more is not None:
        wanted = None if more == USUAL else more
        st.button(
            f"Show {more}", icon=":material/expand_more:", key="_more", on_click=lambda: address.put(count=wanted)
        )
