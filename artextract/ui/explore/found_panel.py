"""What the search box finds, beside the map."""

import contextlib
from functools import partial

import streamlit as st

from artextract.errors import ArtExtractError
from artextract.ui import address, layout, navigation
from artextract.ui.components.grid.cards import ON_MAP
from artextract.ui.explore import actions
from artextract.ui.search.picture import forget_picture, place_of_picture
from artextract.ui.search.query import Query
from artextract.ui.search.results import find, show_results


def found_rows(query: Query, k: int) -> list[int]:
    """The rows of the works that the query finds, for the map; [] without a query or if it cannot be searched."""
    if query.is_empty:
        return []
    with contextlib.suppress(ArtExtractError):  # `show_found` says why
        return [row for _, ranking in find(query, k) for row in ranking.rows(k, query.filters)]
    return []


def found_place(query: Query, method: str) -> tuple[float, float] | None:
    """Where the uploaded picture belongs on the map by `method`; None without one."""
    if query.uploaded is None:
        return None
    with contextlib.suppress(ArtExtractError):  # `show_found` says why
        return place_of_picture(query.gallery, query.picture, method)
    return None


def show_found(query: Query, k: int) -> None:
    """The works that the query finds, as cards; nothing without a query."""
    if query.is_empty:
        return
    with st.container(key="found_tools", horizontal=True):
        st.button("Close", key="_close_found", icon=":material/close:", on_click=_close)
        if query.has_picture:
            more = partial(navigation.switch_to, navigation.SIMILAR)
            st.button("All kinds of similarity", icon=navigation.SIMILAR.icon, on_click=more)
    with layout.errors_as_sentences():
        show_results(
            query,
            k,
            key="found",
            on_open=actions.open_work,
            actions=(ON_MAP,),
            on_action=partial(actions.run_card_action, ""),
        )


def _close() -> None:
    address.put(words=None)
    forget_picture()
    st.rerun()  # the box is outside of the map's fragment
