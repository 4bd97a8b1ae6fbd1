"""Tray: works laid together from anywhere, with notes, to be sent and taken away.

A screen of its own, for a tray holds works of several collections, and a colleague who gets its
link shall see it and nothing else.
"""

import streamlit as st

from artextract.errors import ArtExtractError
from artextract.trays.store import TrayStore
from artextract.trays.tray import Tray
from artextract.ui import address, layout, navigation, work_text
from artextract.ui.server.visitors import NO_COOKIE, visitor
from artextract.ui.tray.links import EDITED, SHARED, show_sending, show_taking_away
from artextract.ui.tray.own import adopt, choose_tray, copy_shared
from artextract.ui.tray.works import show_works


def show_shared(token: str, who: str) -> None:
    """A tray as whoever has its reading link sees it."""
    tray = TrayStore().shared(token)
    st.title(work_text.plain(tray.name, ""))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{_count(tray)}, to be read.", width="stretch")
        if who and st.button("Copy to my trays", icon=":material/content_copy:"):
            copy_shared(who, token)
            st.rerun()
    left, right = st.columns([3, 1], gap="large")
    with left:
        show_works(tray, may_edit=False)
    with right:
        show_taking_away(tray)


def show_own(tray: Tray, who: str) -> None:
    """A visitor's own tray."""
    st.title("Tray")
    choose_tray(who, tray)
    if not tray.items:
        show_how()
        return
    left, right = st.columns([3, 1], gap="large")
    with left:
        show_works(tray, may_edit=True)
    with right:
        show_sending(tray, who)
        show_taking_away(tray)


def show_how() -> None:
    st.info(
        "Nothing lies in it yet. Wherever works are shown, each has a small tray in its corner: press it.",
        icon=":material/inbox:",
    )


def _count(tray: Tray) -> str:
    return "1 work" if len(tray.items) == 1 else f"{len(tray.items)} works"


def show_tray(who: str) -> None:
    if address.get(EDITED):
        adopt(who)
    tray = TrayStore().current(who)
    if tray is None:
        st.title("Tray")
        show_how()
    else:
        show_own(tray, who)


layout.page(navigation.TRAY)
who = visitor()
try:
    if address.get(SHARED):
        show_shared(address.get(SHARED), who)
    elif who:
        show_tray(who)
    else:
        st.title("Tray")
        st.warning(NO_COOKIE, icon=":material/cookie_off:")
except ArtExtractError as error:
    st.title("Tray")
    st.error(str(error), icon=":material/error:")
address.put(work=None)
