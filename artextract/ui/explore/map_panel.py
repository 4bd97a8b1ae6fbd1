"""The map of the gallery and its colours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from artextract.maps.gallery_map import GalleryMap
from artextract.maps.groups import Group
from artextract.similarity.filters import Filters
from artextract.ui import address, work_columns
from artextract.ui.components.map.colouring import useful_columns
from artextract.ui.components.map.component import gallery_map
from artextract.ui.components.map.view import map_view
from artextract.ui.explore import actions
from artextract.ui.explore.map_area import outline_text, select_area
from artextract.ui.explore.map_choice import GRID, YEAR, ChosenMap
from artextract.ui.explore.path_panel import path_rows
from artextract.ui.explore.selection_panel import selection_of
from artextract.ui.galleries import Gallery
from artextract.ui.server.arrays import publish_json
from artextract.ui.server.urls import regions_url

HEIGHT = 580  # Height of the map, pixels


def choose_colour(gallery: Gallery) -> str:
    """A choice of the column that colours the map; no control for a single column."""
    columns = useful_columns(gallery)
    if len(columns) == 1:
        return columns[0]
    return address.choice(
        st.selectbox, "Colour by", columns, name="colour", default=columns[0], format_func=work_columns.name_of
    )


def show_map(
    gallery: Gallery,
    chosen_map: ChosenMap,
    colour: str,
    filters: Filters,
    opened: int | None,
    neighbours: Sequence[int],
    found: Sequence[int],
    placed: tuple[float, float] | None,
) -> None:
    """The map with the open work (a row), its neighbours (rows) and what a search found (rows) marked.

    Without a search the selection is marked. `placed` is where an uploaded picture belongs.

    The names on the map are those of its groups, or of its regions.
    """
    layout, groups = chosen_map.layout, chosen_map.groups
    view = replace(
        map_view(gallery, layout, colour, filters, found or selection_of(gallery).rows),
        chosen=opened,
        neighbours=found if opened is None else neighbours,
        placed=placed,
        path=path_rows(gallery, filters),
        regions_url=_names_url(gallery, layout, groups),
        cell=chosen_map.cell,
    )
    ids = gallery.works["id"]
    gallery_map(
        view,
        key="gallery_map",
        height=HEIGHT,
        on_click=lambda row: actions.open_work(str(ids.iloc[row])),
        on_select=lambda outline: select_area(layout.method, outline_text(outline)),
        on_legend=lambda code: actions.filter_by_legend(view.colouring, colour, code),
        on_region=lambda number: select_area(layout.method, str(number)),
        on_close=actions.close_path if opened is None else actions.close_work,
        centre_count=actions.times_centred(),
    )


def _names_url(gallery: Gallery, layout: GalleryMap, groups: Sequence[Group]) -> str:
    """The URL of the names on the map; "" for a map with neither groups nor regions."""
    if groups:
        key = f"groups {gallery.collection.root} {layout.method} {layout.key}"
        return publish_json(key, lambda: [_summary(group, layout.method == YEAR) for group in groups])
    if layout.method == GRID:
        return ""
    return regions_url(gallery.collection.name, gallery.backbone, gallery.revision, layout)


def _summary(group: Group, axis: bool) -> dict[str, Any]:
    """A group for the browser, as `Region.summary`. A label of an `axis` stays in view."""
    figures = f"{group.name}: {len(group.rows):,} works"
    size = 0 if axis else len(group.rows)  # the largest have their names first; on an axis, every second name goes
    place = {"level": 0, "size": size, "x": group.x, "y": group.y, "axis": axis}
    return place | {"name": group.label, "figures": figures, "more": []}
