"""The works most like the chosen one."""

import streamlit as st

from artextract.similarity.filters import Filters
from artextract.ui import cached_search, layout, work_text
from artextract.ui.explore import actions, history
from artextract.ui.galleries import Gallery
from artextract.ui.gallery_picker import chosen_row
from artextract.ui.grid.cards import COMPARE, NEIGHBOUR_SCORES, ON_MAP, neighbour_cards
from artextract.ui.grid.component import picture_grid


def neighbour_rows(gallery: Gallery, k: int, filters: Filters) -> list[int]:
    """Rows of the chosen work's neighbours; none if no work is chosen."""
    row = chosen_row(gallery)
    if row is None:
        return []
    return gallery.searcher.rows_near_work(str(gallery.works["id"].iloc[row]), k, filters)


def show_neighbours(gallery: Gallery, filters: Filters, k: int) -> None:
    """The chosen work's `k` neighbours that pass the filters, with four scores each."""
    row = chosen_row(gallery)
    if row is None:
        return
    work = str(gallery.works["id"].iloc[row])
    st.markdown(f"#### Most like {work_text.plain(gallery.works['title'].iloc[row], 'it')}")
    st.caption("Nearest in the embedding, not on the map. ↑ higher is closer, ↓ lower is closer.")
    with layout.errors_as_sentences():
        neighbours = cached_search.neighbours_of(gallery, work, k, filters)
        if not neighbours:
            st.info("No other work passes the filters.")
            return
        picture_grid(
            key="neighbours",
            cards=neighbour_cards(gallery, neighbours),
            scores=NEIGHBOUR_SCORES,
            on_open=history.open_work,
            actions=(COMPARE, ON_MAP),
            on_action=lambda other, action: actions.press_card(action, work, other),
        )
