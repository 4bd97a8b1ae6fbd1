"""The works that pass the filters: as pictures and as a table, in an order of one's choice."""

import numpy as np
import streamlit as st

from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.similarity.ranking import WorkRanking
from artextract.ui import address
from artextract.ui.components.grid.cards import ON_MAP, work_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.components.grid.pages import choose_page
from artextract.ui.explore import actions
from artextract.ui.explore.actions import ORDER, SIMILARITY
from artextract.ui.explore.selection import selection_table
from artextract.ui.galleries import Gallery
from artextract.ui.gallery_picker import chosen_row
from artextract.ui.ranking_panel import work_ranking
from artextract.work_table import middle_years

PICTURES, TABLE = "Pictures", "Table"
YEAR, ARTIST = "year", "artist"
ORDERS = {YEAR: "Year", ARTIST: "Artist", SIMILARITY: "Similarity to the open work"}
IN_TABLE = 1000
"""Rows of the table, which goes to the browser whole."""


@st.fragment
def show_matches(gallery: Gallery, filters: Filters) -> None:
    """The works that pass; nothing where all do. A fragment of its own: a click on the map doesn't
    send them again, unless their order goes by the open work."""
    if filters == NO_FILTERS:
        return
    rows = np.flatnonzero(gallery.searcher.allowed(filters))
    if not len(rows):
        st.info("No work passes the filters: clear one of them.", icon=":material/filter_alt_off:")
        return
    chosen = chosen_row(gallery)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"#### {len(rows):,} {'work matches' if len(rows) == 1 else 'works match'}")
        by = address.choice(
            st.segmented_control,
            "Sort by",
            list(ORDERS),
            name=ORDER,
            default=YEAR,
            format_func=ORDERS.__getitem__,
        )
        # Not tabs: both would be made and sent at every click on the map.
        view = st.segmented_control("Shown as", [PICTURES, TABLE], default=PICTURES, key="_matches")
    if by == SIMILARITY and chosen is None:
        st.caption("Open a work: until then they are sorted by year.")
    rows = in_order(gallery, rows, by, None if chosen is None else work_ranking(gallery, chosen))
    if view == TABLE:
        if len(rows) > IN_TABLE:
            st.caption(f"The first {IN_TABLE:,} of them in this order.")
        st.dataframe(selection_table(gallery.works, rows[:IN_TABLE]), hide_index=True, height=420)
        return
    picture_grid(
        key="matches",
        cards=work_cards(gallery, choose_page(rows)),
        on_open=actions.open_from_below,
        actions=(ON_MAP,),
        on_action=actions.press_from_below,
        column_width=120,
    )


def in_order(gallery: Gallery, rows: np.ndarray, by: str, ranking: WorkRanking | None) -> np.ndarray:
    """Rows of the gallery, int64 [n], in an order; works that lack what it goes by come last."""
    if by == SIMILARITY and ranking is not None:
        return ranking.in_order(rows)
    works = gallery.works.iloc[rows]
    if by == ARTIST:
        names = works["artist"].str.casefold().reset_index(drop=True)
        return rows[names.sort_values(kind="stable", na_position="last").index]
    return rows[np.argsort(middle_years(works), kind="stable")]  # NaN comes last
