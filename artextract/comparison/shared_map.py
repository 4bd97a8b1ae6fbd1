"""The map of two subsets, and the regions in which one of them dominates.

Two subsets of one collection are shown on the collection's map. Two collections get a map together:

    cache/shared_maps/<name>+<name>/maps/…      the works of both
    cache/shared_maps/<name>+<name>/regions/…   their regions

It holds all works of both collections, whatever the filters, so it is laid out once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
from artextract.collection import About, Collection
from artextract.comparison.subsets import Subset, SubsetPair
from artextract.comparison.typical_terms import filtered_kinds
from artextract.maps.gallery_map import GalleryMap, compute_map, read_map
from artextract.progress import Report, silent
from artextract.regions.regions import Region, find_regions, middle_first, name_regions, read_regions
from artextract.regions.terms import YEARS
from artextract.settings import cache_dir
from artextract.term_statistics import TermCounts, by_several_artists, more_common
from artextract.vision.embedding import Embeddings

MAX_REGIONS = 8  # Listed for each subset
MAX_OVERLAP = 0.5  # Share of a region's works that may be in a region listed before: regions of several levels overlap


@dataclass(frozen=True)
class TypicalRegion:
    """A region of the map with a larger share of one subset than of the other."""

    region: Region
    counts: TermCounts  # Works of the subset in the region, compared with the other subset's
    rows: np.ndarray  # int64: the subset's works in the region, those nearest to their middle first


def map_folder(sources: Sequence[Subset]) -> Collection:
    """The folder that stores the map and regions of a pair's `sources`: the collection, or one for both."""
    if len(sources) == 1:
        return sources[0].collection
    names = sorted(source.collection.name for source in sources)  # which have no "+"
    return Collection(cache_dir() / "shared_maps" / "+".join(names), About("both", " and ".join(names)))


def read_shared_map(sources: Sequence[Subset], method: str) -> GalleryMap | None:
    """The stored map by `method`, "tsne" or "umap"; None if there is none for the present works."""
    return read_map(map_folder(sources), _embeddings(sources), method)


def compute_shared_map(
    sources: Sequence[Subset], method: str, report: Report = silent
) -> tuple[GalleryMap, np.ndarray]:
    """The map by `method` and its regions (int32 [levels, works]): stored, or computed and stored.

    Raises ArtExtractError if there is no such method, the works are too few, or the disk is full. If
    `report` stops the job, a finished map is kept.
    """
    layout = compute_map(map_folder(sources), _embeddings(sources), method, report)
    return layout, find_regions(map_folder(sources), layout, sources[0].embeddings.key, report)


def read_levels(sources: Sequence[Subset], layout: GalleryMap) -> np.ndarray | None:
    """The stored regions of the map, int32 [levels, works]; None if there are none."""
    return read_regions(map_folder(sources), layout, sources[0].embeddings.key)


def named_regions(pair: SubsetPair, layout: GalleryMap, levels: np.ndarray) -> list[Region]:
    """The regions of the map; their names do not use what the subsets are filtered by."""
    kinds = set().union(*(filtered_kinds(subset.filters) for subset in pair.subsets))
    hidden = {f"{prefix}{kind}" for kind in kinds for prefix in ("", "read_", CUSTOM_LABEL)}
    if YEARS in kinds:
        hidden |= {"year_begin", "year_end", "read_year"}
    return name_regions(levels, layout.positions, pair.works, hidden)


def typical_regions(
    pair: SubsetPair, regions: Sequence[Region], positions: np.ndarray
) -> tuple[list[TypicalRegion], list[TypicalRegion]]:
    """The regions in which each subset dominates, those first that hold most of it and little of the other.

    `regions` are those of the pair's map, `positions` its works on the map, float [works, 2].
    """
    masks = [np.isin(np.arange(len(pair.works)), own) for own in pair.rows]
    inside = [[region.rows[mask[region.rows]] for region in regions] for mask in masks]
    has = [np.array([len(rows) for rows in of_side], dtype=np.int64) for of_side in inside]
    size = [np.full(len(regions), len(own)) for own in pair.rows]
    artists = pd.factorize(pair.works["artist"])[0]
    kept: tuple[list[TypicalRegion], list[TypicalRegion]] = ([], [])
    for side, common in enumerate(more_common((has[0], has[1]), (size[0], size[1]))):
        for n, counts in common:
            rows = inside[side][n]
            several = by_several_artists(counts, artists[rows], artists[pair.rows[side]])
            overlaps = [len(np.intersect1d(rows, before.rows)) for before in kept[side]]
            if several and max(overlaps, default=0) <= MAX_OVERLAP * len(rows):
                kept[side].append(TypicalRegion(regions[n], several, middle_first(rows, positions)))
    return kept[0][:MAX_REGIONS], kept[1][:MAX_REGIONS]


def _embeddings(sources: Sequence[Subset]) -> Embeddings:
    """The embeddings of the pair's table, row by row; with two collections, ids begin with the collection's name."""
    if len(sources) == 1:
        return sources[0].embeddings
    return Embeddings(
        sources[0].embeddings.key,
        [f"{source.collection.name}/{work}" for source in sources for work in source.embeddings.ids],
        [sha256 for source in sources for sha256 in source.embeddings.hashes],
        np.concatenate([source.embeddings.vectors for source in sources]),
    )
