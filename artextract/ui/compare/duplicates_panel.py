"""The duplicates of a collection: a table of pairs, and the job that finds them."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from artextract.similarity.duplicates.find import duplicates_store, list_duplicates
from artextract.ui import address
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_duplicates
from artextract.ui.layout import csv_button
from artextract.ui.server.urls import thumbnails_url

KINDS = {
    "same file": "identical file",
    "same picture": "the same picture",
    "detail": "a detail of the other",
    "overlap": "parts that overlap",
}
COLUMNS: dict[str, Any] = {
    "picture": st.column_config.ImageColumn("Work", width=90),
    "title": "Title",
    "artist": "Artist",
    "kind": st.column_config.TextColumn("Relation"),
    "mirrored": st.column_config.CheckboxColumn("Mirrored"),
    "agreement": st.column_config.NumberColumn(
        "Agreement ↑", format="%.2f", help="Correlation of fine detail in the overlapping area (1 = identical)."
    ),
    "other_picture": st.column_config.ImageColumn("Other work", width=90),
    "other_title": "Other title",
    "other_artist": "Other artist",
}
"""Columns of the table, in order."""


def show_duplicates(gallery: Gallery) -> None:
    """The pairs as a table. A click on a row compares the two works."""
    st.caption(
        "Duplicates, details and mirrored prints. Candidates are aligned and compared. Below an agreement of about "
        "0.7, check by eye."
    )
    version = duplicates_store(gallery.collection).version()
    job_button(
        "Update duplicates" if version else "Find duplicates",
        lambda: start_duplicates(gallery.collection),
        icon=":material/difference:",
        help="Compares only pairs that have not been compared yet.",
    )
    show_jobs()
    if not version:
        st.info("Nothing has been compared yet.", icon=":material/difference:")
        return
    table = _table(gallery, version)
    if table.empty:
        st.info("No duplicates found among the works compared so far.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        text = f"**{len(table):,} pairs of works**, highest agreement first. Click a row to compare the two works."
        st.markdown(text, width="stretch")
        csv_button(f"{gallery.collection.name}-duplicates.csv", lambda: table)

    def compare() -> None:
        if pair := opened_pair(table, st.session_state["_duplicates"].selection.rows):
            address.put(view=None, **pair)

    hidden = () if table["artist"].notna().any() else ("artist", "other_artist")
    st.dataframe(
        table.assign(
            picture=_pictures(gallery, table["work"]),
            other_picture=_pictures(gallery, table["other_work"]),
            kind=table["kind"].map(KINDS),
        ),
        hide_index=True,
        height=620,
        row_height=84,
        key="_duplicates",
        selection_mode="single-row",
        on_select=compare,
        column_order=[column for column in COLUMNS if column not in hidden],
        column_config=COLUMNS,
    )


def opened_pair(table: pd.DataFrame, rows: Sequence[int]) -> dict[str, str]:
    """The two works of the clicked row, as parameters of the address; {} without one."""
    return {"work": str(table["work"][rows[0]]), "other": str(table["other_work"][rows[0]])} if rows else {}


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=BY_GALLERY)
def _table(gallery: Gallery, version: tuple[str, ...]) -> pd.DataFrame:
    """`version` is in the key because more pairs may have been compared."""
    return list_duplicates(gallery.collection)


def _pictures(gallery: Gallery, works: pd.Series) -> pd.Series:
    """The addresses of the works' thumbnails; None for a work that the gallery does not have."""
    prefix = thumbnails_url(gallery.collection.name)
    rows = works.map(gallery.find)
    return rows.map(lambda row: prefix + gallery.thumbnails[int(row)], na_action="ignore")
