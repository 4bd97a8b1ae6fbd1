"""The selected works on the screen: as pictures, as a table, to download."""

import json

import numpy as np
import streamlit as st

from artextract import settings
from artextract.manifest import has_manifest, make_manifest
from artextract.trays.store import MAX_WORKS
from artextract.ui.components.grid.cards import ON_MAP, work_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.components.grid.pages import choose_page
from artextract.ui.components.grid.tray import tray_control
from artextract.ui.explore import actions
from artextract.ui.explore.selection import csv_name, select, selected, selection_table
from artextract.ui.galleries import Gallery
from artextract.ui.server.urls import server_url

TABLE_ROWS = 5_000
"""Works of a selection that its table shows: the whole table goes to the browser."""


@st.fragment
def show_selection(gallery: Gallery) -> None:
    """The selection. A fragment of its own: a click on the map doesn't send it again."""
    rows = selected(gallery)
    if not len(rows):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {len(rows):,} works selected", width="stretch")
        ids = gallery.works["id"].iloc[rows[: MAX_WORKS + 1]].tolist()
        tray_control(gallery.collection.name, ids, "the selection", key="_tray_of_selection")
        _downloads(gallery, rows)
        st.button("Clear", icon=":material/close:", on_click=select, args=(gallery, rows[:0]))
    pictures, table = st.tabs(["Pictures", "Table"])
    with pictures:
        _show_pictures(gallery, rows)
    with table:
        if len(rows) > TABLE_ROWS:
            st.caption(f"The first {TABLE_ROWS:,}; the CSV file has them all.")
        shown = selection_table(gallery.works, rows[:TABLE_ROWS])
        st.dataframe(shown, hide_index=True, height=420)


def _downloads(gallery: Gallery, rows: np.ndarray) -> None:
    st.download_button(
        "Download CSV",
        lambda: _csv(gallery, rows),
        mime="text/csv",
        file_name=csv_name(gallery.collection, len(rows)),
        icon=":material/download:",
        on_click="ignore",
    )
    if has_manifest(gallery.works.filter(["iiif"]).iloc[rows]):
        app = server_url()  # asked now: the download is made where no visitor is known
        st.download_button(
            "IIIF manifest",
            lambda: _manifest(gallery, rows, app),
            mime="application/json",
            file_name=f"{gallery.collection.name}-{len(rows)}.json",
            icon=":material/collections:",
            on_click="ignore",
            help="For any IIIF viewer (Mirador, Universal Viewer …): the pictures in full.",
        )


def _csv(gallery: Gallery, rows: np.ndarray) -> bytes:
    return selection_table(gallery.works, rows).to_csv(index=False).encode("utf-8-sig")


def _manifest(gallery: Gallery, rows: np.ndarray, app: str) -> str:
    works = gallery.works.iloc[rows]
    made = make_manifest(gallery.collection, works, app, keep=not settings.public())
    return json.dumps(made, ensure_ascii=False, indent=1)


def _show_pictures(gallery: Gallery, rows: np.ndarray) -> None:
    picture_grid(
        key="selection",
        cards=work_cards(gallery, choose_page(rows, "selection_page")),
        on_open=actions.open_from_below,
        actions=(ON_MAP,),
        on_action=actions.press_from_below,
        column_width=120,
    )
