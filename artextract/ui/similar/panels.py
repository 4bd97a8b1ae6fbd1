"""The picture of a query, what is similar to it, and where it belongs on the map."""

from dataclasses import replace

import streamlit as st

from artextract.maps.gallery_map import GalleryMap
from artextract.maps.layouts import METHODS
from artextract.ui import address, layout, navigation, work_text
from artextract.ui.components.map.colouring import useful_columns
from artextract.ui.components.map.component import gallery_map
from artextract.ui.components.map.view import map_view
from artextract.ui.galleries import Gallery, open_map
from artextract.ui.ranking_panel import show_metrics, show_ranking
from artextract.ui.search.picture import as_jpeg, place_of_picture
from artextract.ui.search.query import Query
from artextract.ui.search.results import ranking_of

MARKED = 10  # Nearest works that are marked on the map


def _first_map(gallery: Gallery) -> GalleryMap | None:
    asked = address.get("map")
    for method in sorted(METHODS, key=lambda m: m != asked):
        if (drawn := open_map(gallery, method)) is not None:
            return drawn
    return None


def show_query(query: Query) -> None:
    """The picture that is searched with, and what is wrong with its file."""
    if query.box is not None:
        _show_detail(query)
        return
    if query.uploaded is None:
        layout.show_picture(query.gallery, query.gallery.searcher.row_of(str(query.work)))
        return
    picture, remark = as_jpeg(query.picture, query.name)
    layout.show_remark(remark)
    st.image(picture, caption=query.name, width="stretch", alt=f"The picture {query.name}")


def _show_detail(query: Query) -> None:
    st.image(query.picture, width="stretch", alt="The detail that is searched with")
    source = query.name if query.source_row is None else query.gallery.labels[query.source_row]
    st.caption(
        f"A detail of {work_text.escaped(source, '')}. The network sees the detail as if it were a whole picture."
    )
    st.button("Whole picture", icon=":material/crop_free:", on_click=lambda: address.put(box=None))


def show_kind(query: Query, k: int) -> None:
    """The `k` works most similar by the chosen criterion, with numbers and explanations."""
    show_ranking(
        query.gallery,
        ranking_of(query),
        k,
        query.filters,
        key="similar",
        on_open=navigation.open_in_explore,
        sortable=True,
        query_row=query.row,
    )
    show_metrics()


def show_place(query: Query) -> None:
    """The map with a mark where the picture belongs, linked with its neighbours in the embedding."""
    gallery = query.gallery
    drawn = _first_map(gallery)
    if drawn is None:
        st.info("This collection has no map yet.", icon=":material/map:")
        return
    ranking = ranking_of(query, "embedding")
    rows = [] if ranking is None else ranking.rows(MARKED, query.filters)
    view = replace(
        map_view(gallery, drawn, useful_columns(gallery)[0], query.filters),
        neighbours=rows,
        placed=place_of_picture(gallery, query.picture, drawn.method),
    )
    ids = gallery.works["id"]
    gallery_map(
        view, key="similar_map", height=460, on_click=lambda row: navigation.open_in_explore(str(ids.iloc[row]))
    )
