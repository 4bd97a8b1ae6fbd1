"""All that a map shows, put together."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.maps.gallery_map import GalleryMap
from artextract.maps.layouts import METHODS
from artextract.similarity.filters import Filters
from artextract.ui import work_columns
from artextract.ui.components.map.colouring import NUMBERS, Colouring, colour_codes, colouring_of
from artextract.ui.galleries import Gallery
from artextract.ui.server.arrays import publish
from artextract.ui.server.urls import regions_url, texts_url, thumbnails_url

REACH = 1.05
"""Positions lie within ± this (`maps`)."""


@dataclass(frozen=True)
class MapView:
    """All that a map shows. Arrays go by address: the browser fetches each once."""

    positions_url: str
    """uint16 [n, 2]: x and y of each work, 0 to 65,535 for -`REACH` to `REACH`."""
    colours_url: str
    """uint8 [n]: `colour_codes`."""
    mask_url: str
    """bits [n], the lowest first: the works that pass the filters. "" where all do."""
    selection_url: str
    """bits [n]: the selected works. "" where none is."""
    texts_url: str
    """What rows are appended to, as `3,14,15.json`, for `{"label": […], "thumb": […]}` of them."""
    pictures_url: str
    """What a `thumb` is appended to."""
    colouring: Colouring
    revision: str
    """Names the positions; only another revision resets zoom and pan."""
    title: str
    """What the map shows, for those who can't see it."""
    status: str
    """How many works there are and match, in words."""
    chosen: int | None = None
    """Row of the chosen work."""
    neighbours: Sequence[int] = ()
    """Rows of the works linked with it, or with the placed picture."""
    placed: tuple[float, float] | None = None
    """Where a picture that isn't in the collection falls."""
    path: Sequence[int] = ()
    """Rows of the works of a path, drawn as a line instead of the neighbours."""
    regions_url: str = ""
    """The regions with their names, as JSON. "" for none."""


def map_view(
    gallery: Gallery,
    drawn: GalleryMap,
    column: str,
    filters: Filters,
    *,
    chosen: int | None = None,
    neighbours: Sequence[int] = (),
    placed: tuple[float, float] | None = None,
    selection: np.ndarray | Sequence[int] = (),
    path: Sequence[int] = (),
    regions: bool = False,
) -> MapView:
    """The map coloured by `column`, with the works greyed that don't pass the filters.

    Args:
        gallery: whose works are shown.
        drawn: their positions.
        column: a key of `work_columns.COLOURS`.
        filters: which works pass.
        chosen: the row to mark, linked with `neighbours` (rows).
        placed: where to mark a picture that isn't in the collection.
        selection: rows of the selected works.
        path: rows to draw a line through.
        regions: whether its regions' names are shown.
    """
    passing = gallery.searcher.allowed(filters)
    count, matching = len(gallery.works), int(np.count_nonzero(passing))
    label = METHODS[drawn.method].label
    of_gallery = f"{gallery.collection.root} {gallery.revision}"
    return MapView(
        positions_url=publish(f"positions {of_gallery} {drawn.key}", lambda: steps_of(drawn.positions)),
        colours_url=publish(
            f"colours {of_gallery} {column}" + (f" {filters}" if column in NUMBERS else ""),
            lambda: colour_codes(gallery.works, column, passing),
        ),
        mask_url=""
        if matching == count
        else publish(f"mask {of_gallery} {filters}", lambda: np.packbits(passing, bitorder="little")),
        selection_url=_selection_url(selection, count),
        texts_url=texts_url({gallery.collection.name: gallery.revision}, gallery.backbone),
        pictures_url=thumbnails_url(),
        colouring=colouring_of(gallery, column, filters),
        revision=f"{gallery.collection.name}-{drawn.key}",
        title=f"{label} map of {gallery.collection.name} by {work_columns.name_of(column).lower()}",
        status=f"{count:,} works" if matching == count else f"{matching:,} of {count:,} works match",
        chosen=chosen,
        neighbours=neighbours,
        placed=placed,
        path=path,
        regions_url=regions_url(gallery.collection.name, gallery.backbone, gallery.revision, drawn) if regions else "",
    )


def steps_of(positions: np.ndarray) -> np.ndarray:
    """Positions as the browser takes them: a 65,536th of the map is finer than any screen."""
    return np.rint((positions + REACH) / (2 * REACH) * 65_535).clip(0, 65_535).astype(np.uint16)


def _selection_url(rows: np.ndarray | Sequence[int], count: int) -> str:
    if not len(rows):
        return ""
    selected = np.zeros(count, dtype=bool)
    selected[np.asarray(rows)] = True
    bits = np.packbits(selected, bitorder="little")
    return publish(f"selection {hashlib.sha256(bits.tobytes()).hexdigest()}", lambda: bits)
