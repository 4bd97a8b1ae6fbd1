"""The selected works, kept for the session: as pictures, as a table, as downloads."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from artextract import settings
from artextract.manifest import has_manifest, make_manifest
from artextract.trays.store import MAX_WORKS
from artextract.ui import address, work_columns
from artextract.ui.components.grid.cards import ON_MAP
from artextract.ui.components.grid.component import work_grid
from artextract.ui.components.grid.tray import tray_control
from artextract.ui.explore import actions
from artextract.ui.galleries import Gallery
from artextract.ui.layout import csv_button
from artextract.ui.server.urls import server_url
from artextract.ui.work_text import escaped

TABLE_ROWS = 1_000  # Most rows of the table, which the browser loads at once
TABLE_COLUMNS = (
    *("id", "title", "artist", "date_text", "year_begin", "year_end", "medium", "classification", "style"),
    *("school", "theme", "genre", "read_style", "read_genre", "read_artist", "read_year"),
    *("licence", "credit", "source_url"),
)


@dataclass
class Selection:
    """Selected works of a collection."""

    collection: str
    ids: Iterable[str]
    area: str = ""  # Where they are on a map, as the address keeps it (`map_area`)
    name: str = ""  # Name of the area; "" for an outline
    revision: str = ""  # Revision of the gallery that `rows` belong to
    rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def keep_selection(gallery: Gallery, rows: np.ndarray, area: str = "", name: str = "") -> None:
    """Keep works as the selection: rows of the gallery, int64. For `area` and `name` see `Selection`."""
    ids = gallery.works["id"].iloc[rows]
    st.session_state["_selection"] = Selection(gallery.collection.name, ids, area, name, gallery.revision, rows)


def selection_of(gallery: Gallery) -> Selection:
    """The selection in this collection; an empty one if there is none."""
    selection: Selection | None = st.session_state.get("_selection")
    if selection is None or selection.collection != gallery.collection.name:
        return Selection(gallery.collection.name, ())
    if selection.revision != gallery.revision:  # only then: looking up a large selection is slow
        rows = [row for work in selection.ids if (row := gallery.find(work)) is not None]
        selection.rows, selection.revision = np.asarray(rows, dtype=np.int64), gallery.revision
    return selection


def _clear() -> None:
    address.put(area=None)
    st.session_state.pop("_selection", None)
    st.rerun()


@st.fragment
def show_selection(gallery: Gallery) -> None:
    """The selection; nothing if it is empty. A click on the map does not redraw this fragment."""
    selection = selection_of(gallery)
    rows, name = selection.rows, selection.name
    if not len(rows):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        title = f"{escaped(name, '')}: {len(rows):,} works selected" if name else f"{len(rows):,} works selected"
        st.markdown(f"#### {title}", width="stretch")
        ids = gallery.works["id"].iloc[rows[: MAX_WORKS + 1]].tolist()
        tray_control(gallery.collection.name, ids, "the selection", key="_tray_of_selection")
        if len(rows) > MAX_WORKS:
            st.caption(f"A tray holds up to {MAX_WORKS} works.")
        _downloads(gallery, rows)
        st.button("Clear", icon=":material/close:", on_click=_clear)
    pictures, table = st.tabs(["Pictures", "Table"])
    with pictures:
        work_grid(
            gallery,
            rows,
            key="selection",
            on_open=actions.open_from_below,
            actions=(ON_MAP,),
            on_action=actions.run_action_from_below,
        )
    with table:
        show_table(gallery, rows)


def show_table(gallery: Gallery, rows: np.ndarray) -> None:
    """Works as a table."""
    if len(rows) > TABLE_ROWS:
        st.caption(f"Showing the first {TABLE_ROWS:,} works.")
    table = selection_table(gallery.works, rows[:TABLE_ROWS])
    labels: dict[str, Any] = {str(name): work_columns.name_of(str(name)) for name in table}
    missing = {name: "" for name in table if not pd.api.types.is_numeric_dtype(table[name])}  # instead of "None"
    st.dataframe(table.fillna(missing), hide_index=True, height=420, column_config=labels)


def selection_table(works: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """Works as a table for the screen and the download, with all columns of their source, without empty columns."""
    columns = [*TABLE_COLUMNS, *work_columns.source_columns(works), *work_columns.custom_label_columns(works)]
    return works[columns].iloc[rows].dropna(axis=1, how="all").reset_index(drop=True)


def _downloads(gallery: Gallery, rows: np.ndarray) -> None:
    name = gallery.collection.name
    csv_button(f"{name}-selection-{len(rows)}.csv", lambda: selection_table(gallery.works, rows))
    if has_manifest(gallery.works.filter(["iiif"]).iloc[rows]):
        app = server_url()  # asked now: a download runs outside of the session
        st.download_button(
            "IIIF manifest",
            lambda: _manifest(gallery, rows, app),
            mime="application/json",
            file_name=f"{name}-{len(rows)}.json",
            icon=":material/collections:",
            on_click="ignore",
            help="Opens in any IIIF viewer (Mirador, Universal Viewer…) with full-size pictures.",
        )


def _manifest(gallery: Gallery, rows: np.ndarray, app: str) -> str:
    works = gallery.works.iloc[rows]
    manifest = make_manifest(gallery.collection, works, app, keep=not settings.public())
    return json.dumps(manifest, ensure_ascii=False, indent=1)
