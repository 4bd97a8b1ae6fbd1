"""A visitor's own trays: which is open, what it is called, a new one, one less."""

from collections.abc import Callable

import streamlit as st

from artextract.errors import ArtExtractError
from artextract.trays.store import TrayStore
from artextract.trays.tray import LONGEST_NAME, Line, Tray
from artextract.ui import address
from artextract.ui.tray.links import EDITED, SHARED


def adopt(who: str) -> None:
    """Make the tray of an editing link in the address the visitor's, and take it out of there: the
    address bar is copied too easily.

    Raises:
        TrayError: there is no such tray.
    """
    token = address.get(EDITED)
    address.put(**{EDITED: None})
    TrayStore().adopt(who, token)


def copy_shared(who: str, token: str) -> None:
    """Copy the tray of a reading link, and open the copy."""
    TrayStore().copy(who, token)
    address.put(**{SHARED: None})


def choose_tray(who: str, tray: Tray) -> None:
    """The tray's name, the choice among several, a new one."""
    trays = {line.id: line for line in TrayStore().trays_of(who)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"_tray_name_{tray.id}"
        address.mirror(key, tray.name)
        st.text_input(
            "Name of the tray",
            key=key,
            max_chars=LONGEST_NAME,
            width=480,
            on_change=lambda: _try(lambda: TrayStore().rename(who, tray.id, st.session_state[key])),
        )
        if len(trays) > 1:
            address.mirror("_open_tray", tray.id)
            st.selectbox(
                "Open",
                list(trays),
                key="_open_tray",
                width=240,
                format_func=lambda one: _words(trays[one]),
                on_change=lambda: _try(lambda: TrayStore().open(who, st.session_state["_open_tray"])),
                help="Works are laid into the tray that is open.",
            )
        st.button(
            "New tray",
            icon=":material/add:",
            on_click=lambda: _try(lambda: TrayStore().begin(who, f"Tray {len(trays) + 1}")),
        )
        with st.popover("Delete", icon=":material/delete:"):
            st.markdown("The tray, its notes and its links go for all who have it.")
            st.button(
                "Delete it for good",
                type="primary",
                on_click=lambda: _try(lambda: TrayStore().delete(who, tray.id)),
            )
    if sentence := st.session_state.pop("_tray_error", ""):
        st.error(sentence, icon=":material/error:")


def _words(line: Line) -> str:
    return f"{line.name} · {line.count}"


def _try(change: Callable[[], object]) -> None:
    """A callback can draw nothing: what goes wrong is said when the screen is drawn."""
    try:
        change()
    except ArtExtractError as error:
        st.session_state["_tray_error"] = str(error)
