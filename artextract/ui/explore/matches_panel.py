"""The works that pass the filters: as pictures or as a table, in a chosen order."""

import numpy as np
import streamlit as st

from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.similarity.ranking import WorkRanking
from artextract.ui import address
from artextract.ui.explore.actions import ORDER, SIMILARITY
from artextract.ui.explore.selection_panel import show_pictures, show_table
from artextract.ui.galleries import Gallery
from artextract.ui.gallery_picker import chosen_row
from artextract.ui.ranking_panel import work_ranking
from artextract.work_table import middle_years

ORDERS = {"year": "Year", "artist": "Artist", SIMILARITY: "Similarity to the open work"}


@st.fragment
def show_matches(gallery: Gallery, filters: Filters) -> None:
    """The works that pass the filters; nothing without a filter. A click on the map does not redraw this fragment."""
    if filters == NO_FILTERS:
        return
    rows = np.flatnonzero(gallery.searcher.allowed(filters))
    if not len(rows):
        st.info("No works match the filters. Clear a filter.", icon=":material/filter_alt_off:")
        return
    opened = chosen_row(gallery)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"#### {len(rows):,} {'work matches' if len(rows) == 1 else 'works match'}")
        order = address.switch("Sort by", ORDERS, name=ORDER)
        # Tabs would build and send both views.
        view = st.segmented_control("View as", ["Pictures", "Table"], default="Pictures", required=True, key="_matches")
    if order == SIMILARITY and opened is None:
        st.caption("Sorted by year until you open a work.")
    rows = in_order(gallery, rows, order, None if opened is None else work_ranking(gallery, opened))
    if view == "Table":
        show_table(gallery, rows)
        return
    show_pictures(gallery, rows, key="matches")


def in_order(gallery: Gallery, rows: np.ndarray, order: str, ranking: WorkRanking | None) -> np.ndarray:
    """Rows of the gallery, int64 [n], sorted; works without a year, artist or number come last."""
    if order == SIMILARITY and ranking is not None:
        return ranking.in_order(rows)
    works = gallery.works.iloc[rows]
    if order == "artist":
        names = works["artist"].str.casefold().reset_index(drop=True)
        return rows[names.sort_values(kind="stable", na_position="last").index]
    return rows[np.argsort(middle_years(works), kind="stable")]  # NaN comes last
