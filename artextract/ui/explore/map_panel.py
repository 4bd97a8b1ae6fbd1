"""The map of the gallery, its layout and its colours."""

from collections.abc import Sequence

import streamlit as st

from artextract.maps.gallery_map import GalleryMap
from artextract.maps.layouts import METHODS
from artextract.similarity.filters import Filters
from artextract.ui import address, work_columns
from artextract.ui.components.map.colouring import useful_columns
from artextract.ui.components.map.component import gallery_map
from artextract.ui.components.map.events import MapEvents
from artextract.ui.components.map.lasso import rows_within
from artextract.ui.components.map.view import map_view
from artextract.ui.explore import actions, path_state
from artextract.ui.explore.path_panel import path_rows
from artextract.ui.explore.selection_panel import select, selected
from artextract.ui.galleries import Gallery, regions_of

HEIGHT = 580  # Height of the map, pixels


def choose_method() -> str:
    """A choice of the layout method."""
    labels = {name: method.label for name, method in METHODS.items()}
    return address.switch("Map", labels, name="map")


def choose_colour(gallery: Gallery) -> str:
    """A choice of the column that colours the map."""
    columns = useful_columns(gallery)
    return address.choice(
        st.selectbox, "Colour by", columns, name="colour", default=columns[0], format_func=work_columns.name_of
    )


def show_map(
    gallery: Gallery, layout: GalleryMap, colour: str, filters: Filters, opened: int | None, neighbours: Sequence[int]
) -> None:
    """The map with the open work (a row), its neighbours (rows) and the selection marked."""
    view = map_view(
        gallery,
        layout,
        colour,
        filters,
        chosen=opened,
        neighbours=neighbours,
        selection=selected(gallery),
        path=path_rows(gallery, filters),
        regions=True,
    )
    ids, allowed = gallery.works["id"], gallery.searcher.allowed(filters)
    events = MapEvents(
        on_click=lambda row: actions.open_work(str(ids.iloc[row])),
        on_select=lambda outline: select(gallery, rows_within(layout.positions, allowed, outline)),
        on_legend=lambda code: actions.filter_by_legend(view.colouring, colour, code),
        on_region=lambda number: _select_region(gallery, layout, filters, number),
        on_close=path_state.close if opened is None else actions.close_work,
    )
    gallery_map(view, events, key="gallery_map", height=HEIGHT, centre_count=actions.times_centred())


def _select_region(gallery: Gallery, layout: GalleryMap, filters: Filters, number: int) -> None:
    """Select the works of a region that pass the filters, as a lasso does."""
    regions = regions_of(gallery, layout)
    if 0 <= number < len(regions):  # the collection may have changed since the map was drawn
        rows = regions[number].rows
        select(gallery, rows[gallery.searcher.allowed(filters)[rows]])
