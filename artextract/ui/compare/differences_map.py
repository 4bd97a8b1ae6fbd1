"""The map of both sides, each in its colour, and the typical regions of each side."""

from dataclasses import replace
from functools import partial
from itertools import chain

import numpy as np
import streamlit as st

from artextract import settings
from artextract.comparison.shared_map import (
    TypicalRegion,
    compute_shared_map,
    map_folder,
    named_regions,
    read_levels,
    read_shared_map,
    typical_regions,
)
from artextract.comparison.subsets import SubsetPair, sources_of
from artextract.files import stamp
from artextract.maps.gallery_map import GalleryMap
from artextract.maps.grid import spread
from artextract.maps.layouts import METHODS
from artextract.ui import navigation
from artextract.ui.compare.differences_choices import BY_CHOICE, COLOURS, SubsetChoice
from artextract.ui.components.map.colouring import NOT_RECORDED, Categorical
from artextract.ui.components.map.component import gallery_map
from artextract.ui.components.map.view import MapView, steps_of
from artextract.ui.galleries import open_map
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_map, start_shared_map
from artextract.ui.server.arrays import publish, publish_json, publish_shapes
from artextract.ui.server.request_costs import charge
from artextract.ui.server.urls import pictures_url, rows_url

METHOD = "tsne"  # The map's layout method
HEIGHT = 520  # Height of the map, pixels
Regions = tuple[list[TypicalRegion], list[TypicalRegion]]


def show_map(left: SubsetChoice, right: SubsetChoice, pair: SubsetPair) -> Regions | None:
    """Draw the map. Returns the typical regions of each side, None if they are not available.

    Raises ArtExtractError if the regions could not be stored, or the visitor made too many requests.
    """
    layout = _open_shared_map(left, right, pair)
    if layout is None:
        _offer_map(left, pair)
        return None

    def open_work(row: int) -> None:
        collection, work = pair.work(row)
        navigation.open_in_explore(work, collection=collection)

    regions = _regions(left, right, pair, layout)
    view = _map_view(left, right, pair, layout, regions)
    gallery_map(view, on_click=open_work, key="subsets_map", height=HEIGHT)
    return regions


def _open_shared_map(left: SubsetChoice, right: SubsetChoice, pair: SubsetPair) -> GalleryMap | None:
    """The map that both sides share; None if it has not been computed."""
    if len(pair.sources) == 1:
        return open_map(left.gallery, METHOD)
    files = sorted((map_folder(pair.sources).root / "maps").glob(f"{METHOD}-*"))
    stamps = tuple(map(stamp, files))
    return _read_map(SubsetChoice(left.gallery), SubsetChoice(right.gallery), stamps) if stamps else None


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=BY_CHOICE)
def _read_map(left: SubsetChoice, right: SubsetChoice, stamps: tuple[str, ...]) -> GalleryMap | None:
    """`stamps` is in the key because the map may be recomputed."""
    layout = read_shared_map(sources_of(left.subset, right.subset), METHOD)
    return None if layout is None else replace(layout, positions=spread(layout.positions))


@st.cache_resource(
    show_spinner="Naming the regions…", max_entries=16, hash_funcs=BY_CHOICE | {GalleryMap: lambda layout: layout.key}
)
def _regions(left: SubsetChoice, right: SubsetChoice, _pair: SubsetPair, layout: GalleryMap) -> Regions | None:
    """The regions of both sides' map; None on a public server without stored regions, because it writes nothing."""
    levels = read_levels(_pair.sources, layout)
    if levels is None and settings.public():
        return None
    with charge("differences"):
        if levels is None:
            _, levels = compute_shared_map(_pair.sources, METHOD)
        return typical_regions(_pair, named_regions(_pair, layout, levels), layout.positions)


def _map_view(
    left: SubsetChoice, right: SubsetChoice, pair: SubsetPair, layout: GalleryMap, regions: Regions | None
) -> MapView:
    """The map with the works of both sides; all others are grey."""
    codes = np.full(len(pair.works), NOT_RECORDED, dtype=np.uint8)
    for side, rows in enumerate(pair.rows):
        codes[rows] = side
    chosen = codes != NOT_RECORDED
    counts = [len(rows) for rows in pair.rows]
    status = " and ".join(f"{count:,} works of {name}" for count, name in zip(counts, pair.names, strict=True))
    by_name = {choice.gallery.collection.name: choice.gallery for choice in (left, right)}
    galleries = [by_name[source.collection.name] for source in pair.sources]
    revisions = {gallery.collection.name: gallery.revision for gallery in galleries}
    table = " ".join(f"{gallery.collection.root} {gallery.revision}" for gallery in galleries)
    summaries = [  # all at the same level, so that they show at every zoom
        typical.region.summary() | {"level": 0, "size": len(typical.rows), "figures": typical.counts.text, "more": []}
        for typical in chain(*(regions or ()))
    ]
    sides = f"{table} {left.filters} {right.filters} {left.gallery.collection.name}"
    return MapView(
        positions_url=publish(f"positions {table} {layout.key}", lambda: steps_of(layout.positions)),
        colours_url=publish(f"sides {sides}", lambda: codes),
        mask_url="" if chosen.all() else publish(f"in a side {sides}", lambda: np.packbits(chosen, bitorder="little")),
        selection_url="",
        shapes_url=publish_shapes(table, pair.works),
        texts_url=rows_url("texts", revisions, left.gallery.backbone),
        sheets_url=rows_url("sheets", revisions, left.gallery.backbone),
        pictures_url=pictures_url(),
        colouring=Categorical(pair.names, COLOURS, counts, 0),
        revision=f"sides-{layout.key}",
        title=f"{METHODS[layout.method].label} map of both sides: {status}",
        status=status,
        regions_url="" if regions is None else publish_json(f"regions {sides} {layout.key}", lambda: summaries),
    )


def _offer_map(left: SubsetChoice, pair: SubsetPair) -> None:
    if len(pair.sources) == 1:
        st.info("This collection has no map yet.", icon=":material/map:")
        start = partial(start_map, left.gallery.collection, left.gallery.backbone, METHOD, rebuild=False)
        job_button("Compute the map", start, icon=":material/scatter_plot:")
    else:
        st.info("There is no shared map of these collections yet.", icon=":material/map:")
        job_button("Create a shared map", lambda: start_shared_map(pair.sources), icon=":material/scatter_plot:")
    show_jobs()
