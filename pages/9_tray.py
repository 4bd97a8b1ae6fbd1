"""Tray: works that a visitor collected on any screen, with notes, to share and export."""

import streamlit as st

from artextract.collection import Survey
from artextract.errors import ArtExtractError
from artextract.trays.store import TrayStore
from artextract.ui import address, gallery_picker, layout, navigation, work_text
from artextract.ui.search.examples import LIST, show_examples
from artextract.ui.server.visitors import COOKIE_DAYS, NO_COOKIE, visitor_of
from artextract.ui.tray.panels import SHARED, choose_tray, show_exports, show_link, show_works
from artextract.ui.work_text import said


def show_shared(token: str) -> None:
    """A tray for a person who has its link."""
    tray = TrayStore().shared(token)
    count = len(tray.items)
    st.title(work_text.escaped(tray.name, ""))
    st.caption(f"{count} work{'' if count == 1 else 's'}. You can read this tray, but not change it.")
    left, right = st.columns([3, 1], gap="large")
    with left:
        show_works(tray, editable=False)
    with right:
        show_exports(tray)


def show_own(visitor: str, survey: Survey) -> None:
    """The visitor's open tray."""
    tray = TrayStore().current(visitor)
    st.title("Tray")
    st.caption(
        f"A cookie in this browser identifies your trays. It is kept for {COOKIE_DAYS} days after your last visit."
    )
    if tray is not None:
        choose_tray(visitor, tray)
    if tray is None or not tray.items:
        sentence = (
            "Your tray is empty. Click the tray icon on any picture to add it: you get a list with notes to share."
        )
        if survey.collections and (gallery := gallery_picker.pick_gallery(survey)) is not None:
            show_examples(gallery, sentence, LIST, navigation.open_in_explore, look=True)
        else:
            st.info(sentence, icon=":material/inbox:")
        return
    left, right = st.columns([3, 1], gap="large")
    with left:
        show_works(tray, editable=True)
    with right:
        show_link(tray)
        show_exports(tray)


def show_problem(sentence: str, icon: str) -> None:
    st.title("Tray")
    st.error(sentence, icon=f":material/{icon}:")


survey = layout.page(navigation.TRAY)
visitor = visitor_of().token
try:
    if not TrayStore().is_writable:
        show_problem(
            "Trays are not available: this server cannot write to their folder. "
            "Set ARTEXTRACT_TRAYS to a folder that the server can write to.",
            "inbox",
        )
    elif address.get(SHARED):
        show_shared(address.get(SHARED))
    elif visitor:
        show_own(visitor, survey)
    else:
        show_problem(NO_COOKIE, "cookie_off")
except ArtExtractError as error:
    show_problem(said(error), "error")
address.put(work=None)
