"""The Tray screen: the works with their order and notes, the visitor's trays, the link, the exports."""

from collections.abc import Callable

import streamlit as st

from artextract.errors import ArtExtractError
from artextract.metadata.rights import LICENCE_RULE
from artextract.trays.store import MAX_NAME, MAX_NOTE, Tray, TrayStore
from artextract.ui import address, navigation
from artextract.ui.components.grid import tray as tray_control
from artextract.ui.components.registration import component, triggers
from artextract.ui.server.tray_routes import tray_view
from artextract.ui.server.urls import server_url, tray_url
from artextract.ui.work_text import said

_HTML = '<div class="ax-tray ax-tray-colours" data-testid="tray"><p role="status"></p><ol></ol></div>'


def show_works(tray: Tray, *, editable: bool) -> None:
    """The works, with their order and notes to change if the tray is editable.

    The browser sends changes to the server without a rerun (`ui/server/tray_routes.py`), and repeats them while
    the server does not answer.
    """
    key = f"_tray_works_{tray.id}"
    component("tray_works", _HTML)(
        key=key,
        data={
            **tray_control.addresses(),
            "tray": tray.id if editable else None,
            "items": tray_view(tray),
            "max_note": MAX_NOTE,
        },
        **triggers(
            key, open=lambda work: navigation.open_in_explore(str(work["work"]), collection=str(work["collection"]))
        ),
    )


SHARED = "shared"  # Parameter of the address: the token of a tray's link
_EXPORTS = (
    ("Page for print", "page.html", "print", "Pictures, captions, credits, licences and notes in one file."),
    ("Table (Excel)", "works.xlsx", "table_view", None),
    ("Table (CSV)", "works.csv", "table", "In UTF-8, with commas."),
    ("IIIF manifest", "manifest.json", "collections", "For IIIF viewers such as Mirador, with your notes."),
    ("Pictures (ZIP)", "pictures.zip", "folder_zip", LICENCE_RULE),
)


def choose_tray(visitor: str, tray: Tray) -> None:
    """The name of the open tray, the choice of another one, and buttons to create and delete."""
    store = TrayStore()
    names = {own.id: f"{own.name} · {len(own.items)}" for own in store.trays_of(visitor)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"_tray_name_{tray.id}"
        address.set_widget(key, tray.name)
        st.text_input(
            "Name",
            key=key,
            max_chars=MAX_NAME,
            width=480,
            on_change=lambda: _try(lambda: store.rename(visitor, tray.id, st.session_state[key])),
        )
        if len(names) > 1:
            address.set_widget("_open_tray", tray.id)
            st.selectbox(
                "Open tray",
                list(names),
                key="_open_tray",
                width=240,
                format_func=names.__getitem__,
                on_change=lambda: _try(lambda: store.open(visitor, st.session_state["_open_tray"])),
                help="Works are added to the open tray.",
            )
        st.button(
            "New tray",
            icon=":material/add:",
            on_click=lambda: _try(lambda: store.create(visitor, f"Tray {len(names) + 1}")),
        )
        with st.popover("Delete", icon=":material/delete:"):
            st.markdown("This deletes the tray and its notes. Its link stops working.")
            st.button("Delete tray", type="primary", on_click=lambda: _try(lambda: store.delete(visitor, tray.id)))
    if sentence := st.session_state.pop("_tray_error", ""):
        st.error(sentence, icon=":material/error:")


def show_link(tray: Tray) -> None:
    """The link for reading, with a button that copies it."""
    st.markdown("## Share")
    st.caption("Anyone with this link can read the tray. Only you can change it.")
    st.code(f"{server_url()}/{navigation.TRAY.url_path}?{SHARED}={tray.link_token}", language=None, wrap_lines=True)


def show_exports(tray: Tray) -> None:
    """A button for each file that is made from the tray."""
    st.markdown("## Export")
    for label, file, icon, text in _EXPORTS:
        st.link_button(label, tray_url(tray.link_token, file), icon=f":material/{icon}:", width="stretch", help=text)


def _try(change: Callable[[], object]) -> None:
    """Make a change in a callback. A callback cannot draw an error, so the screen shows it afterwards."""
    try:
        change()
    except ArtExtractError as error:
        st.session_state["_tray_error"] = said(error)
