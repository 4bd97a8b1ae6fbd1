"""The choice of a map: a projection of the embeddings, or its works in a grid, by year or by category."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from artextract.maps.gallery_map import GalleryMap
from artextract.maps.grid import columns_for, grid
from artextract.maps.groups import Arrangement, Group, by_category, by_year
from artextract.maps.layouts import METHODS
from artextract.similarity.filters import Filters
from artextract.ui import address, galleries, work_columns
from artextract.ui.components.map.colouring import NUMBERS, category_labels, colour_values, useful_columns
from artextract.ui.components.map.view import REACH
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.work_table import middle_years

GRID, YEAR = "grid", "year"


def choose_map(gallery: Gallery) -> str:
    """A choice of the map, a key of `maps_of`."""
    return address.switch("Map", maps_of(gallery), name="map", label_visibility="collapsed")


def maps_of(gallery: Gallery) -> dict[str, str]:
    """The maps of a gallery → their labels: the keys of `METHODS`, `GRID`, `YEAR`, and columns with categories."""
    columns = useful_columns(gallery)
    labels = {name: method.label for name, method in METHODS.items()} | {GRID: "Grid"}
    labels |= {YEAR: "By year"} if YEAR in columns else {}
    categories = [name for name in columns if name not in NUMBERS and category_labels(gallery.works, name)]
    return labels | {name: f"By {work_columns.name_of(name).lower()}" for name in categories}


def method_of(choice: str) -> str:
    """The key of `METHODS` that a choice of a map begins with."""
    return choice if choice in METHODS else next(iter(METHODS))


@dataclass(frozen=True)
class ChosenMap:
    """A map with its works in their places."""

    layout: GalleryMap
    groups: Sequence[Group] = ()
    cell: float = 0.0  # Width of a work's cell; 0 for a projection


def open_chosen_map(gallery: Gallery, choice: str, filters: Filters) -> ChosenMap | None:
    """The map `choice`, a key of `maps_of`; None if its projection has not been computed."""
    projected = galleries.open_map(gallery, method_of(choice))
    if projected is None:
        return None
    return ChosenMap(projected) if choice in METHODS else _arranged(gallery, projected, choice, filters)


@st.cache_resource(show_spinner="Arranging the works…", max_entries=8, hash_funcs=BY_GALLERY)
def _arranged(gallery: Gallery, projected: GalleryMap, choice: str, filters: Filters) -> ChosenMap:
    """The works that pass the filters in a grid or in groups, cached; the others are in a line at the bottom."""
    rows = np.flatnonzero(gallery.searcher.allowed(filters))
    if not len(rows):
        return ChosenMap(projected)
    works, before = gallery.works.iloc[rows], projected.positions[rows]
    if choice == GRID:
        arranged = Arrangement(grid(before), 2 / columns_for(len(rows)))
    elif choice == YEAR:
        arranged = by_year(before, middle_years(works))
    else:
        codes = colour_values(gallery.works, choice)[rows].astype(np.int64)
        arranged = by_category(before, codes, category_labels(gallery.works, choice))
    positions = projected.positions.copy()
    positions[:, 1] = -REACH
    positions[rows] = arranged.positions
    key = hashlib.sha256(positions.tobytes()).hexdigest()[:16]
    groups = [replace(group, rows=rows[group.rows]) for group in arranged.groups]
    return ChosenMap(replace(projected, method=choice, key=key, positions=positions), groups, arranged.cell)
