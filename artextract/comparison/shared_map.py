"""The map that both sides share: a collection's own, or one of two collections laid out together.

    cache/shared_maps/<name>+<name>/maps/…      the works of both
    cache/shared_maps/<name>+<name>/regions/…   their regions

All works of both collections are on it, whatever is filtered, so it is laid out once; later ones
are placed among them as on any map (artextract.maps.layouts).
"""

import numpy as np

from artextract.collection import About, Collection
from artextract.comparison.subsets import Side
from artextract.maps.gallery_map import GalleryMap, compute_map, read_map
from artextract.progress import Report, silent
from artextract.regions.regions import find_regions, read_regions
from artextract.settings import cache_dir
from artextract.vision.embedding import Embeddings


def read_ground(parts: tuple[Side, ...], method: str) -> GalleryMap | None:
    """The map that is there; None if it has not been laid out for the present works.

    Args:
        parts: of `Sides`: one side of each collection.
        method: "tsne" or "umap".
    """
    return read_map(home(parts), embeddings_of(parts), method)


def make_ground(parts: tuple[Side, ...], method: str, report: Report = silent) -> GalleryMap:
    """The map and its regions: those that are kept, or made now and kept.

    Args:
        parts: as `read_ground`.
        method: likewise.
        report: told of it; it may stop it.

    Raises:
        ArtExtractError: there is no such method, or there are too few works.
        StorageError: it could not be written.
        Stopped: out of `report`; a map that was finished is kept.
    """
    drawn = compute_map(home(parts), embeddings_of(parts), method, report)
    find_levels(parts, drawn, report)
    return drawn


def read_levels(parts: tuple[Side, ...], drawn: GalleryMap) -> np.ndarray | None:
    """The regions of the map that are kept, int32 [levels, works]; None if none are."""
    return read_regions(home(parts), drawn, parts[0].embeddings.key)


def find_levels(parts: tuple[Side, ...], drawn: GalleryMap, report: Report = silent) -> np.ndarray:
    """The regions of the map, kept or found now, as `regions.density.density_levels`.

    Raises:
        Stopped, StorageError: as `make_ground`.
    """
    return find_regions(home(parts), drawn, parts[0].embeddings.key, report)


def home(parts: tuple[Side, ...]) -> Collection:
    """Where the map and its regions are kept: the collection, or a folder of two's own."""
    if len(parts) == 1:
        return parts[0].collection
    names = sorted(side.collection.name for side in parts)
    folder = cache_dir() / "shared_maps" / "+".join(names)  # a name holds no "+"
    return Collection(folder, About("both", " and ".join(names)))


def embeddings_of(parts: tuple[Side, ...]) -> Embeddings:
    """Of the ground's works, row by row; of two collections each id has its name before it."""
    if len(parts) == 1:
        return parts[0].embeddings
    return Embeddings(
        parts[0].embeddings.key,
        [f"{side.collection.name}/{work}" for side in parts for work in side.embeddings.ids],
        [sha256 for side in parts for sha256 in side.embeddings.hashes],
        np.concatenate([side.embeddings.vectors for side in parts]),
    )
