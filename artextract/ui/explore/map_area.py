"""An area of a map whose works are selected, in the address: `tsne:3` is a region, `tsne:0.1,0.2,…` an outline."""

import re

import numpy as np
import streamlit as st

from artextract.similarity.filters import Filters
from artextract.ui import address
from artextract.ui.components.map.component import Outline
from artextract.ui.explore.map_choice import ChosenMap, maps_of, open_chosen_map
from artextract.ui.explore.selection_panel import keep_selection, selection_of
from artextract.ui.galleries import Gallery, regions_of

DETAIL = 0.01  # Corners that change an outline by less than this share of its size are left out


def outline_text(outline: Outline) -> str:
    """An outline for the address, without the corners that do not matter; "" for none."""
    if len(outline) < 3:
        return ""
    from skimage.measure import approximate_polygon  # here: 0.6 s that most visits do not need

    corners = np.asarray([*outline, outline[0]])
    kept = approximate_polygon(corners, DETAIL * float(np.ptp(corners, axis=0).max()))[:-1]  # type: ignore[no-untyped-call]
    return ",".join(f"{round(value, 5):g}" for value in kept.ravel())


def select_area(choice: str, area: str) -> None:
    """Select the works in an area of a map: the number of a region, an outline, or "" for none. A callback."""
    address.put(area=area and f"{choice}:{area}")
    st.rerun()


def restore_selection(gallery: Gallery, filters: Filters) -> None:
    """Select the works in the area that the address names, unless they are selected.

    They are the works that pass the filters now; the selection stays when the filters or the map change.
    """
    area = address.get("area")
    if area == selection_of(gallery).area:
        return
    choice, _, where = area.partition(":")
    chosen_map = open_chosen_map(gallery, choice, filters) if choice in maps_of(gallery) else None
    rows, name = (np.empty(0, dtype=np.int64), "") if chosen_map is None else _works_in(gallery, chosen_map, where)
    keep_selection(gallery, rows[gallery.searcher.allowed(filters)[rows]], area, name)


def _works_in(gallery: Gallery, chosen_map: ChosenMap, where: str) -> tuple[np.ndarray, str]:
    """The rows of the works in an area, int64, and its name; no works for an area that the map does not have."""
    if re.fullmatch("[0-9]{1,6}", where):
        regions = chosen_map.groups or regions_of(gallery, chosen_map.layout)
        if int(where) < len(regions):  # the collection may have changed since the address was made
            return regions[int(where)].rows, regions[int(where)].name
        return np.empty(0, dtype=np.int64), ""
    try:
        values = [float(value) for value in where.split(",")]
    except ValueError:
        values = []
    outline = list(zip(values[::2], values[1::2], strict=False))
    return rows_within(chosen_map.layout.positions, outline), ""


def rows_within(positions: np.ndarray, outline: Outline) -> np.ndarray:
    """The rows of the positions, float32 [n, 2], inside an outline: int64, rising; none without three corners."""
    if len(outline) < 3:
        return np.empty(0, dtype=np.int64)
    corners = np.asarray(outline, dtype=np.float64)
    near = (positions >= corners.min(axis=0)) & (positions <= corners.max(axis=0))
    rows = np.flatnonzero(near.all(axis=1))
    from skimage.measure import points_in_poly

    inside: np.ndarray = points_in_poly(positions[rows].astype(np.float64), corners)  # type: ignore[no-untyped-call]
    return rows[inside]
