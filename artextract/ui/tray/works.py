"""The works of a tray in the browser: their order, their notes."""

from pathlib import Path

import streamlit as st

from artextract.trays.tray import LONGEST_NOTE, Tray
from artextract.ui import navigation
from artextract.ui.components.grid import tray as tray_control
from artextract.ui.components.registration import component
from artextract.ui.server.trays import tray_view

_HTML = '<div class="ax-tray ax-tray-colours" data-testid="tray"><p role="status"></p><ol></ol></div>'
_FILES = (Path(__file__).parent / "works.js", Path(__file__).parent / "works.css")


def show_works(tray: Tray, *, may_edit: bool) -> None:
    """The works, to be ordered and noted on, or to be read alone.

    What is changed goes to the server by itself (`ui/server/trays.py`), without a rerun, so that
    nobody waits between two notes and nothing is lost while the server is away.
    """
    key = f"_tray_works_{tray.id}"  # not its token: Streamlit takes none with two underscores

    def opened() -> None:
        if (work := st.session_state[key].open) is not None:
            navigation.switch_to(navigation.EXPLORE, collection=str(work["collection"]), work=str(work["work"]))

    component("tray_works", _HTML, *tray_control.FILES, *_FILES)(
        key=key,
        data={
            **tray_control.addresses(),
            "tray": tray.id if may_edit else None,
            "items": tray_view(tray),
            "longest_note": LONGEST_NOTE,
        },
        on_open_change=opened,
    )
