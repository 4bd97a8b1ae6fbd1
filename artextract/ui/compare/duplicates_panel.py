"""The duplicates of a collection: pairs of works that show the same picture, or parts of it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from artextract.similarity.duplicates.find import duplicates_store, list_duplicates
from artextract.ui import address
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_duplicates
from artextract.ui.server.urls import thumbnails_url

VIEWS = {
    "two": "Two works",
    "duplicates": "Duplicates",
    "differences": "Differences",
}
KINDS = {
    "same file": "the same file",
    "same picture": "the same picture",
    "detail": "a detail of the other work",
    "overlap": "an overlapping part",
}


def choose_view() -> str:
    """A choice of the `VIEWS`."""
    return address.choice(
        st.segmented_control,
        "View",
        list(VIEWS),
        name="view",
        default="two",
        format_func=VIEWS.__getitem__,
        label_visibility="collapsed",
    )


def show_duplicates(gallery: Gallery) -> None:
    """The pairs as a table. A click on a row opens the two works side by side."""
    st.caption(
        "Duplicates, details and mirrored prints. Candidates are aligned and compared. Below an agreement of about "
        "0.7, check by eye: it may be another painting of the same view."
    )
    version = duplicates_store(gallery.collection).version()
    if job_button(
        "Find duplicates" if not version else "Update the duplicates",
        icon=":material/difference:",
        help="Compares only pairs that have not been compared yet.",
    ):
        start_duplicates(gallery.collection)
        st.rerun()
    show_jobs()
    if not version:
        st.info("No works have been compared yet.", icon=":material/difference:")
        return
    table = _table(gallery, version)
    if table.empty:
        st.info("No duplicates among the pairs that were compared.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{len(table):,} pairs of works**, highest agreement first. Click a row to compare the two.",
            width="stretch",
        )
        st.download_button(
            "Download CSV",
            lambda: table.to_csv(index=False).encode("utf-8-sig"),
            mime="text/csv",
            file_name=f"{gallery.collection.name}-duplicates.csv",
            icon=":material/download:",
            on_click="ignore",
        )
    _show_table(gallery, table)


def _show_table(gallery: Gallery, table: pd.DataFrame) -> None:
    artists = ["artist"] if table["artist"].notna().any() else []
    st.dataframe(
        _with_pictures(gallery, table),
        hide_index=True,
        height=620,
        row_height=84,
        key="_duplicates",
        selection_mode="single-row",
        on_select=lambda: _open(table),
        column_order=[
            "picture",
            "title",
            *artists,
            "kind",
            "mirrored",
            "agreement",
            "other_picture",
            "other_title",
            *(f"other_{name}" for name in artists),
        ],
        column_config={
            "picture": st.column_config.ImageColumn("Work", width=90),
            "other_picture": st.column_config.ImageColumn("Other work", width=90),
            "title": "Title",
            "artist": "Artist",
            "other_title": "Other title",
            "other_artist": "Other artist",
            "kind": st.column_config.TextColumn("The work is"),
            "mirrored": st.column_config.CheckboxColumn("Mirrored"),
            "agreement": st.column_config.NumberColumn(
                "Agreement ↑",
                format="%.2f",
                help="Correlation of fine light and dark where the aligned pictures overlap. 1 means the same picture.",
            ),
        },
    )


def opened_pair(table: pd.DataFrame, rows: Sequence[int]) -> tuple[str, str] | None:
    """The two works of the clicked row; None without one."""
    if not rows:
        return None
    pair = table.iloc[rows[0]]
    return str(pair["work"]), str(pair["other_work"])


def _open(table: pd.DataFrame) -> None:
    pair = opened_pair(table, st.session_state["_duplicates"].selection.rows)
    if pair is not None:
        address.put(view=None, work=pair[0], other=pair[1])


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=BY_GALLERY)
def _table(gallery: Gallery, version: tuple[str, ...]) -> pd.DataFrame:
    """`version` is in the key because more pairs may have been compared."""
    return list_duplicates(gallery.collection)


def _with_pictures(gallery: Gallery, table: pd.DataFrame) -> pd.DataFrame:
    prefix = thumbnails_url(gallery.collection.name)
    pictures = {
        work: prefix + gallery.thumbnails[row]
        for work in {*table["work"], *table["other_work"]}
        if (row := gallery.find(work)) is not None
    }
    return table.assign(
        picture=table["work"].map(pictures),
        other_picture=table["other_work"].map(pictures),
        kind=table["kind"].map(KINDS),
    )
