"""Copies within a collection: the list of pairs that show the same, and the job that makes it."""

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
    "copies": "Copies in the collection",
    "differences": "Differences",
}
KINDS = {
    "same file": "the very same file",
    "same picture": "the same picture",
    "detail": "a detail of the other",
    "overlap": "parts that overlap",
}


def choose_view() -> str:
    """Whether two works are compared, the collection's copies listed, or two sides compared."""
    return address.choice(
        st.segmented_control,
        "View",
        list(VIEWS),
        name="view",
        default="two",
        format_func=VIEWS.__getitem__,
        label_visibility="collapsed",
    )


def show_copies(gallery: Gallery) -> None:
    """The pairs as a table; a pressed row opens the two side by side."""
    st.caption(
        "The same picture twice, a detail of a larger one, a mirrored print: works near in the "
        "embedding, and those whose small pictures are alike, laid on one another and compared in "
        "their fine light and dark. Below an agreement of some 0.7 it may be the same view painted "
        "again: look at the two."
    )
    version = duplicates_store(gallery.collection).version()
    if job_button(
        "Look for copies" if not version else "Look again",
        icon=":material/difference:",
        help="Compares only what hasn’t been.",
    ):
        start_duplicates(gallery.collection)
        st.rerun()
    show_jobs()
    if not version:
        st.info("Nothing has been compared yet.", icon=":material/difference:")
        return
    table = _table(gallery, version)
    if table.empty:
        st.info("No two works of this collection show the same, as far as they were compared.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{len(table):,} pairs of works**, the surest first. Press a row to see the two.",
            width="stretch",
        )
        st.download_button(
            "Download CSV",
            lambda: table.to_csv(index=False).encode("utf-8-sig"),
            mime="text/csv",
            file_name=f"{gallery.collection.name}-copies.csv",
            icon=":material/download:",
            on_click="ignore",
        )
    artists = ["artist"] if table["artist"].notna().any() else []
    st.dataframe(
        _with_pictures(gallery, table),
        hide_index=True,
        height=620,
        row_height=84,
        key="_copies",
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
            "other_title": "Its title",
            "other_artist": "Its artist",
            "kind": st.column_config.TextColumn("The work is"),
            "mirrored": st.column_config.CheckboxColumn("Mirrored"),
            "agreement": st.column_config.NumberColumn(
                "Agreement ↑",
                format="%.2f",
                help="Correlation of the fine light and dark where both lie; 1 is the same.",
            ),
        },
    )


def opened_pair(table: pd.DataFrame, rows: Sequence[int]) -> tuple[str, str] | None:
    """The two works of the pressed row; None if none is."""
    if not rows:
        return None
    pair = table.iloc[rows[0]]
    return str(pair["work"]), str(pair["other_work"])


def _open(table: pd.DataFrame) -> None:
    pair = opened_pair(table, st.session_state["_copies"].selection.rows)
    if pair is not None:
        address.put(view=None, work=pair[0], other=pair[1])


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=BY_GALLERY)
def _table(gallery: Gallery, version: tuple[str, ...]) -> pd.DataFrame:
    """`version` is in the key because more may have been compared since."""
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
