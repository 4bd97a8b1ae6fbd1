"""Everything that a map shows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.maps.gallery_map import GalleryMap
from artextract.maps.layouts import METHODS
from artextract.similarity.filters import Filters
from artextract.ui import work_columns
from artextract.ui.components.map.colouring import NUMBERS, Colouring, colour_codes, colouring_of
from artextract.ui.galleries import Gallery
from artextract.ui.server.arrays import publish, publish_content, publish_shapes
from artextract.ui.server.urls import pictures_url, rows_url

REACH = 1.05  # Positions are between -REACH and REACH (`maps.layouts`)


@dataclass(frozen=True)
class MapView:
    """Everything that a map shows. Arrays are given as URLs: the browser loads each once."""

    positions_url: str  # uint16 [n, 2]: x and y of each work, 0 to 65,535 for -`REACH` to `REACH`
    colours_url: str  # uint8 [n]: `colour_codes`
    mask_url: str  # bits [n], lowest bit first: the works that pass the filters. "" if all do.
    selection_url: str  # bits [n]: the selected works. "" without a selection.
    shapes_url: str  # uint8 [n]: `arrays.shapes_of`
    texts_url: str  # Base of the texts' URL: rows appended as `3,14,15.json` give `{"label": […], "thumb": […]}`
    sheets_url: str  # Base of the URL of up to 64 small pictures in one (`routes._sheet`): append `64/3,14,15.jpg`
    pictures_url: str  # Base of a picture's URL, before its size and its `thumb`
    colouring: Colouring
    revision: str  # Identifies the positions; a new revision resets zoom and pan
    title: str  # The map's description for screen readers
    status: str  # The number of works, and how many match, in words
    chosen: int | None = None  # Row of the chosen work
    neighbours: Sequence[int] = ()  # Rows of the works linked with the chosen work or the placed picture
    placed: tuple[float, float] | None = None  # Position of a picture that is not in the collection
    path: Sequence[int] = ()  # Rows of a path, drawn as a line instead of the neighbours
    regions_url: str = ""  # URL of the regions with their names, JSON. "" for none.
    cell: float = 0  # Width of each work's cell on a map without overlaps (`maps.groups.Arrangement`); 0 for others


def map_view(
    gallery: Gallery, layout: GalleryMap, column: str, filters: Filters, selection: np.ndarray | Sequence[int] = ()
) -> MapView:
    """The map coloured by `column`, a key of `work_columns.COLOURS`. Works that do not pass the filters are grey.

    `selection` has the rows of the selected works. The caller adds what else the map marks.
    """
    passing = gallery.searcher.allowed(filters)
    count, matching = len(gallery.works), int(np.count_nonzero(passing))
    method = METHODS.get(layout.method)
    label = method.label if method else work_columns.name_of(layout.method)
    of_gallery = f"{gallery.collection.root} {gallery.revision}"
    return MapView(
        positions_url=publish(f"positions {of_gallery} {layout.key}", lambda: steps_of(layout.positions)),
        colours_url=publish(
            f"colours {of_gallery} {column}" + (f" {filters}" if column in NUMBERS else ""),
            lambda: colour_codes(gallery.works, column, passing),
        ),
        mask_url=""
        if matching == count
        else publish(f"mask {of_gallery} {filters}", lambda: np.packbits(passing, bitorder="little")),
        selection_url=_selection_url(selection, count),
        shapes_url=publish_shapes(of_gallery, gallery.works),
        texts_url=rows_url("texts", {gallery.collection.name: gallery.revision}, gallery.backbone),
        sheets_url=rows_url("sheets", {gallery.collection.name: gallery.revision}, gallery.backbone),
        pictures_url=pictures_url(),
        colouring=colouring_of(gallery, column, filters),
        revision=f"{gallery.collection.name}-{layout.key}",
        title=f"{label} map of {gallery.collection.name} by {work_columns.name_of(column).lower()}",
        status=f"{count:,} works" if matching == count else f"{matching:,} of {count:,} works match",
    )


def steps_of(positions: np.ndarray) -> np.ndarray:
    """Positions for the browser, in steps of 1/65,536 of the map, finer than any screen."""
    return np.rint((positions + REACH) / (2 * REACH) * 65_535).clip(0, 65_535).astype(np.uint16)


def _selection_url(rows: np.ndarray | Sequence[int], count: int) -> str:
    if not len(rows):
        return ""
    selected = np.zeros(count, dtype=bool)
    selected[np.asarray(rows)] = True
    return publish_content(np.packbits(selected, bitorder="little"))
