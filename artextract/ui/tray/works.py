"""The works of a tray in the browser, with their order and notes."""

from pathlib import Path

import streamlit as st

from artextract.trays.store import MAX_NOTE
from artextract.trays.tray import Tray
from artextract.ui import navigation
from artextract.ui.components.grid import tray as tray_control
from artextract.ui.components.registration import ELEMENT, component
from artextract.ui.server.trays import tray_view

_HTML = '<div class="ax-tray ax-tray-colours" data-testid="tray"><p role="status"></p><ol></ol></div>'
_FILES = (ELEMENT, Path(__file__).parent / "works.js", Path(__file__).parent / "works.css")


def show_works(tray: Tray, *, editable: bool) -> None:
    """The works, to order and annotate if the tray is editable.

    The browser sends changes to the server by itself (`ui/server/trays.py`), without a rerun: nobody
    waits between two notes, and nothing is lost while the server is away.
    """
    key = f"_tray_works_{tray.id}"

    def opened() -> None:
        if (work := st.session_state[key].open) is not None:
            navigation.switch_to(navigation.EXPLORE, collection=str(work["collection"]), work=str(work["work"]))

    component("tray_works", _HTML, *tray_control.FILES, *_FILES)(
        key=key,
        data={
            **tray_control.addresses(),
            "tray": tray.id if editable else None,
            "items": tray_view(tray),
            "max_note": MAX_NOTE,
        },
        on_open_change=opened,
    )
