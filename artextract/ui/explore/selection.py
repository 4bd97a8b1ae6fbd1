"""The selected works: kept by the session, as a table, as CSV."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import streamlit as st

from artextract.collection import Collection
from artextract.ui import work_columns
from artextract.ui.galleries import Gallery


@dataclass
class Selection:
    """Selected works of a collection."""

    collection: str
    ids: Iterable[str]
    revision: str = ""
    """Of the gallery in which `rows` stand."""
    rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def select(gallery: Gallery, rows: np.ndarray) -> None:
    """Keep a selection of works: rows of the gallery, int64."""
    ids = gallery.works["id"].iloc[rows]
    st.session_state["_selection"] = Selection(gallery.collection.name, ids, gallery.revision, rows)
    st.rerun()  # the map and the selection are fragments of their own


def selected(gallery: Gallery) -> np.ndarray:
    """The rows of the works selected in this collection, int64."""
    kept: Selection | None = st.session_state.get("_selection")
    if kept is None or kept.collection != gallery.collection.name:
        return np.empty(0, dtype=np.int64)
    if kept.revision != gallery.revision:  # once, not at every click: there may be many
        rows = (gallery.find(work) for work in kept.ids)
        known = [row for row in rows if row is not None]  # a work may have left the collection
        kept.rows = np.asarray(known, dtype=np.int64)
        kept.revision = gallery.revision
    return kept.rows


def selection_table(works: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The chosen works as a table for reading and for the CSV file."""
    columns = [
        "id",
        "title",
        "artist",
        "date_text",
        "year_begin",
        "year_end",
        "medium",
        "classification",
        "style",
        "school",
        "theme",
        "genre",
        "read_style",
        "read_genre",
        "read_artist",
        "read_year",
        "licence",
        "credit",
        "source_url",
    ]
    columns += work_columns.custom_label_columns(works)
    return works[columns].iloc[rows].dropna(axis=1, how="all").reset_index(drop=True)


def csv_name(collection: Collection, count: int) -> str:
    """What the CSV file of a selection is called."""
    return f"{collection.name}-selection-{count}.csv"
