"""The map of the gallery, and what it is laid out and coloured by."""

from collections.abc import Sequence

import streamlit as st

from artextract.maps.gallery_map import GalleryMap
from artextract.maps.layouts import METHODS
from artextract.similarity.filters import Filters
from artextract.ui import address, work_columns
from artextract.ui.components.map.component import gallery_map
from artextract.ui.components.map.events import MapEvents
from artextract.ui.components.map.lasso import rows_within
from artextract.ui.components.map.view import map_view
from artextract.ui.explore import actions, path_state, selection
from artextract.ui.explore.path_panel import path_rows
from artextract.ui.galleries import BY_GALLERY, Gallery, regions_of

HEIGHT = 580
"""Of the map, pixels."""


def choose_method() -> str:
    """The sidebar's choice of a projection."""
    labels = {name: method.label for name, method in METHODS.items()}
    return address.choice(
        st.segmented_control, "Map", list(labels), name="map", default="tsne", format_func=labels.__getitem__
    )


def choose_colour(gallery: Gallery) -> str:
    """The sidebar's choice of the column that colours the map."""
    useful = _useful_colours(gallery)
    return address.choice(
        st.selectbox, "Colour by", useful, name="colour", default=useful[0], format_func=work_columns.name_of
    )


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def _useful_colours(gallery: Gallery) -> list[str]:
    return work_columns.useful_colours(gallery.works) or ["style"]


def show_map(
    gallery: Gallery, drawn: GalleryMap, colour: str, filters: Filters, chosen: int | None, neighbours: Sequence[int]
) -> None:
    """The map with the open work (a row), its neighbours (rows) and the selection marked."""
    view = map_view(
        gallery,
        drawn,
        colour,
        filters,
        chosen=chosen,
        neighbours=neighbours,
        selection=selection.selected(gallery),
        path=path_rows(gallery, filters),
        regions=True,
    )
    ids = gallery.works["id"]
    events = MapEvents(
        on_click=lambda row: actions.open_work(str(ids.iloc[row])),
        on_select=lambda outline: selection.select(
            gallery, rows_within(drawn.positions, gallery.searcher.allowed(filters), outline)
        ),
        on_legend=lambda code: actions.filter_by_legend(view.colouring, colour, code),
        on_region=lambda number: _select_region(gallery, drawn, filters, number),
        on_close=path_state.leave if chosen is None else actions.close_work,
    )
    gallery_map(view, events, key="gallery_map", height=HEIGHT, recentre=actions.times_centred())


def _select_region(gallery: Gallery, drawn: GalleryMap, filters: Filters, number: int) -> None:
    """Select a region's works, as a lasso would: those that are greyed left out."""
    regions = regions_of(gallery, drawn)
    if 0 <= number < len(regions):  # the collection may have changed since they were drawn
        rows = regions[number].rows
        passing = gallery.searcher.allowed(filters)[rows]
        selection.select(gallery, rows[passing])
