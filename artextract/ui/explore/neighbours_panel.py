"""The works most like the chosen one."""

from functools import partial

import streamlit as st

from artextract.similarity.filters import Filters
from artextract.ui import cached_search, layout, work_text
from artextract.ui.components.grid.cards import COMPARE, NEIGHBOUR_SCORES, ON_MAP, neighbour_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.explore import actions, ways
from artextract.ui.galleries import Gallery
from artextract.ui.gallery_picker import chosen_row


def neighbour_rows(gallery: Gallery, k: int, filters: Filters) -> list[int]:
    """Rows of the chosen work's neighbours; none if no work is chosen."""
    row = chosen_row(gallery)
    if row is None:
        return []
    way = ways.chosen_way()
    if way != ways.EMBEDDING:
        return ways.alike_rows(gallery, way, row, k, filters)
    return gallery.searcher.rows_near_work(str(gallery.works["id"].iloc[row]), k, filters)


def show_neighbours(gallery: Gallery, filters: Filters, k: int) -> None:
    """The chosen work's `k` neighbours that pass the filters, with four scores each, or with what
    shows why they are alike in a way."""
    row = chosen_row(gallery)
    if row is None:
        return
    work = str(gallery.works["id"].iloc[row])
    st.markdown(f"#### Most like {work_text.plain(gallery.works['title'].iloc[row], 'it')}")
    way = ways.choose_way()
    on_card = partial(_press, work)
    if way != ways.EMBEDDING:
        ways.show_alike(
            gallery,
            way,
            row,
            k,
            filters,
            key="alike",
            on_open=actions.open_work,
            actions=(COMPARE, ON_MAP),
            on_action=on_card,
        )
        return
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
            on_open=actions.open_work,
            actions=(COMPARE, ON_MAP),
            on_action=on_card,
        )


def _press(work: str, other: str, action: str) -> None:
    actions.press_card(action, work, other)
