"""Two sides compared, and their shared map, remembered by their galleries and filters."""

import streamlit as st

from artextract import settings
from artextract.comparison.compare_subsets import Compared, Mapped, compare, locate
from artextract.comparison.shared_map import find_levels, home, read_ground, read_levels
from artextract.comparison.subsets import Side, Sides, face, parts_of
from artextract.maps.gallery_map import GalleryMap
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.ui.compare.differences_choices import Choice
from artextract.ui.galleries import BY_GALLERY, Gallery, open_map
from artextract.ui.server.request_costs import charge

METHOD = "tsne"
"""Of the shared map."""


def compared_of(one: Choice, other: Choice) -> Compared:
    """What is typical of each side.

    Raises:
        ArtExtractError: the sides can't be compared, or the visitor has asked for too much.
    """
    return _compared(one.gallery, one.filters, other.gallery, other.filters)


def shared_map(one: Choice, other: Choice, sides: Sides) -> GalleryMap | None:
    """The map that both sides share; None if it has not been laid out."""
    if len(sides.parts) == 1:
        return open_map(one.gallery, METHOD)
    files = sorted((home(sides.parts).root / "maps").glob(f"{METHOD}-*"))
    stamps = tuple(file.stat().st_mtime_ns for file in files)
    return _shared_map(one.gallery, other.gallery, stamps) if stamps else None


def mapped_of(one: Choice, other: Choice, drawn: GalleryMap) -> Mapped | None:
    """Where each side lies on their map; None where its regions aren't there and a public server
    writes nothing.

    Raises:
        ArtExtractError: the regions could not be kept, or the visitor has asked for too much.
    """
    return _mapped(one.gallery, one.filters, other.gallery, other.filters, drawn)


def side_of(gallery: Gallery, filters: Filters) -> Side:
    """A side as the library takes it."""
    return Side(gallery.collection, gallery.works, gallery.searcher.embeddings, filters)


@st.cache_resource(show_spinner="Comparing the two sides …", max_entries=16, hash_funcs=BY_GALLERY)
def _compared(gallery: Gallery, filters: Filters, other: Gallery, other_filters: Filters) -> Compared:
    sides = face(side_of(gallery, filters), side_of(other, other_filters))
    with charge("differences"):
        return compare(sides)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=BY_GALLERY)
def _shared_map(gallery: Gallery, other: Gallery, stamps: tuple[int, ...]) -> GalleryMap | None:
    """`stamps` is in the key because the map may be laid out anew."""
    return read_ground(parts_of(side_of(gallery, NO_FILTERS), side_of(other, NO_FILTERS)), METHOD)


@st.cache_resource(
    show_spinner="Naming the regions …",
    max_entries=16,
    hash_funcs=BY_GALLERY | {GalleryMap: lambda one: one.key},
)
def _mapped(
    gallery: Gallery, filters: Filters, other: Gallery, other_filters: Filters, drawn: GalleryMap
) -> Mapped | None:
    sides = _compared(gallery, filters, other, other_filters).sides
    levels = read_levels(sides.parts, drawn)
    if levels is None and settings.public():
        return None
    with charge("differences"):
        return locate(sides, drawn, find_levels(sides.parts, drawn) if levels is None else levels)
