"""The selected works: kept by the session, as a table, as CSV."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from artextract.collection import Collection
from artextract.ui.explore.actions import draw_whole_screen
from artextract.ui.galleries import Gallery


def select(gallery: Gallery, rows: Sequence[int]) -> None:
    """Keep a selection of works."""
    ids = gallery.works["id"]
    st.session_state["_selection"] = (gallery.collection.name, ids.iloc[list(rows)].tolist())
    draw_whole_screen()  # map and selection are fragments of their own


def selected(gallery: Gallery) -> list[int]:
    """The rows of the works selected in this collection."""
    name, ids = st.session_state.get("_selection", ("", []))
    if name != gallery.collection.name:
        return []
    rows = (gallery.find(work) for work in ids)
    return [row for row in rows if row is not None]  # a work may have left the collection


def selection_table(works: pd.DataFrame, rows: Sequence[int]) -> pd.DataFrame:
    """The chosen works as a table for reading and for the CSV file."""
    columns = [
        "id", "title", "artist", "date_text", "year_begin", "year_end", "medium",
        "classification", "style", "school", "theme", "genre", "read_style", "read_genre",
        "read_artist", "read_year", "licence", "credit", "source_url",
    ]  # fmt: skip
    return works.iloc[list(rows)][columns].dropna(axis=1, how="all").reset_index(drop=True)


def csv_name(collection: Collection, count: int) -> str:
    """What the CSV file of a selection is called."""
    return f"{collection.name}-selection-{count}.csv"
