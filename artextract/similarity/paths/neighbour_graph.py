"""Which works of a collection are near which: found once an embedding, and kept.

    <collection>/index/<feature key>.neighbours.safetensors

`nearest` int32 [n, `NEIGHBOURS`], -1 where there are fewer, and `distances` float32; in the file's
metadata the SHA-256 of the pictures that they are of.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from scipy import sparse

from artextract.files import only_writer, write_atomic
from artextract.progress import Report, silent
from artextract.similarity.search import Searcher
from artextract.vectors import unit

NEIGHBOURS = 15
"""Nearest works that each work is linked with."""
HUB = 2.0
"""A work is a hub if the number of works that it is near to lies so many deviations above the mean
(Radovanović, Nanopoulos and Ivanović, "Hubs in space", JMLR 11, 2010)."""
LEAST = 1e-6
"""Distance of works that are alike: a link of 0 would be none."""
_BLOCK = 512


@dataclass(frozen=True)
class NeighbourGraph:
    """Works linked with their nearest, whichever of the two is near to the other."""

    links: sparse.csr_matrix
    """float64 [n, n], symmetric: how far linked works lie apart, as unit vectors, up to 2."""
    hubs: np.ndarray
    """bool [n]: the works that are near to far more works than others are."""


def neighbour_graph(searcher: Searcher, report: Report = silent) -> NeighbourGraph:
    """The graph of a collection's works: that which is kept, or made now and kept.

    Raises:
        Stopped: out of `report`; nothing was kept.
        StorageError: it could not be written.
    """
    file = graph_file(searcher)
    with only_writer(file.parent, f"neighbour graph of {searcher.collection.name}"):
        if (kept := kept_graph(searcher)) is not None:
            return kept
        nearest = searcher.nearest_of_all(NEIGHBOURS, report).astype(np.int32)
        distances = _distances(searcher.embeddings.vectors, nearest)
        with write_atomic(file) as temporary:
            tensors = {"nearest": nearest, "distances": distances}
            save_file(tensors, temporary, {"works": _works(searcher)})
        return _graph(nearest, distances)


def kept_graph(searcher: Searcher) -> NeighbourGraph | None:
    """The graph that is kept of these works; None if none is, or it is damaged or of others."""
    try:
        with safe_open(graph_file(searcher), "np") as file:
            if (file.metadata() or {}).get("works") != _works(searcher):
                return None
            return _graph(file.get_tensor("nearest"), file.get_tensor("distances"))
    except (SafetensorError, OSError, ValueError):
        return None


def graph_file(searcher: Searcher) -> Path:
    """Where a collection's graph under an embedding is kept."""
    key = searcher.embeddings.key
    return searcher.collection.root / "index" / f"{key}.neighbours.safetensors"


def _works(searcher: Searcher) -> str:
    return hashlib.sha256("".join(searcher.embeddings.hashes).encode()).hexdigest()


def _distances(vectors: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    """How far each work lies from its nearest, as unit vectors: float32, as `nearest`."""
    distances = np.empty(nearest.shape, dtype=np.float32)
    units = unit(vectors)
    for start in range(0, len(units), _BLOCK):
        block = units[start : start + _BLOCK]
        away = units[nearest[start : start + _BLOCK]] - block[:, None]
        distances[start : start + _BLOCK] = np.linalg.norm(away, axis=2)
    return distances


def _graph(nearest: np.ndarray, distances: np.ndarray) -> NeighbourGraph:
    count = len(nearest)
    there = nearest >= 0
    rows, others = np.nonzero(there)[0], nearest[there]
    apart = np.maximum(distances[there].astype(np.float64), LEAST)
    one_way = sparse.csr_matrix((apart, (rows, others)), shape=(count, count))
    near_to = np.bincount(others, minlength=count)
    hubs = near_to > near_to.mean() + HUB * near_to.std()
    return NeighbourGraph(one_way.maximum(one_way.T).tocsr(), hubs)
