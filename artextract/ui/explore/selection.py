"""The selected works: kept by the session, as a table, as CSV."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from artextract.collection import Collection
from artextract.ui import work_columns
from artextract.ui.explore.actions import draw_whole_screen
from artextract.ui.galleries import Gallery


@dataclass
class Selection:
    """Selected works of a collection."""

    collection: str
    ids: list[str]
    revision: str = ""
    """Of the gallery in which `rows` stand."""
    rows: list[int] = field(default_factory=list)


def select(gallery: Gallery, rows: Sequence[int]) -> None:
    """Keep a selection of works."""
    ids = gallery.works["id"].iloc[list(rows)].tolist()
    st.session_state["_selection"] = Selection(gallery.collection.name, ids)
    draw_whole_screen()  # map and selection are fragments of their own


def selected(gallery: Gallery) -> list[int]:
    """The rows of the works selected in this collection."""
    kept: Selection | None = st.session_state.get("_selection")
    if kept is None or kept.collection != gallery.collection.name:
        return []
    if kept.revision != gallery.revision:  # once, not at every click: there may be many
        rows = (gallery.find(work) for work in kept.ids)
        kept.rows = [row for row in rows if row is not None]  # a work may have left the collection
        kept.revision = gallery.revision
    return kept.rows


def selection_table(works: pd.DataFrame, rows: Sequence[int]) -> pd.DataFrame:
    """The chosen works as a table for reading and for the CSV file."""
    columns = [
        "id", "title", "artist", "date_text", "year_begin", "year_end", "medium",
        "classification", "style", "school", "theme", "genre", "read_style", "read_genre",
        "read_artist", "read_year", "licence", "credit", "source_url",
    ]  # fmt: skip
    columns += work_columns.taught(works)
    return works.iloc[list(rows)][columns].dropna(axis=1, how="all").reset_index(drop=True)


def csv_name(collection: Collection, count: int) -> str:
    """What the CSV file of a selection is called."""
    return f"{collection.name}-selection-{count}.csv"
