"""How a tray is sent to others, and what it is taken away as."""

from urllib.parse import quote

import streamlit as st

from artextract.trays.licences import HOW_JUDGED
from artextract.trays.store import TrayStore
from artextract.trays.tray import Tray
from artextract.ui import navigation
from artextract.ui.server.urls import server_url, tray_url
from artextract.ui.tray.link import show_link

SHARED, EDITED = "shared", "edit"
"""Parameters of the address: the token of a reading link, of an editing link."""


def show_sending(tray: Tray, who: str) -> None:
    """The reading link, and one for editing on request."""
    st.markdown("## Send it")
    st.caption("Whoever has this link can read the tray and copy it, and change nothing.")
    show_link(_link(SHARED, tray.reading), "Link", key="_reading_link")
    with st.expander("Work on it together, or elsewhere"):
        st.caption(
            "With an editing link this very tray is changed, also by others. A new one makes the "
            "one before void; it is shown once."
        )
        if st.button("Make an editing link", icon=":material/edit:", key="_make_editing"):
            token = TrayStore().editing_link(who, tray.id)
            show_link(_link(EDITED, token), "Editing link", key="_editing_link")


def show_taking_away(tray: Tray) -> None:
    """The files, each a link."""
    st.markdown("## Take it away")
    token = tray.reading
    st.link_button(
        "Page for print",
        tray_url(token, "page.html"),
        icon=":material/print:",
        width="stretch",
        help="Pictures, captions, credits, licences and notes in one file: print it, or save it.",
    )
    st.link_button("Table (CSV)", tray_url(token, "works.csv"), icon=":material/table:", width="stretch")
    st.link_button(
        "IIIF manifest",
        tray_url(token, "manifest.json"),
        icon=":material/collections:",
        width="stretch",
        help="For any IIIF viewer (Mirador, Universal Viewer …), with the notes.",
    )
    st.link_button(
        "Pictures (ZIP)",
        tray_url(token, "pictures.zip"),
        icon=":material/folder_zip:",
        width="stretch",
        help=HOW_JUDGED,
    )


def _link(name: str, token: str) -> str:
    return f"{server_url()}/{navigation.TRAY.url_path}?{name}={quote(token)}"
