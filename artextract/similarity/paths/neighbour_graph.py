"""The neighbour graph of a collection, computed once per embedding and stored.

    <collection>/index/<feature key>.neighbours.safetensors

`nearest` int32 [n, `NEIGHBOURS`], -1 where there are fewer, and `distances` float32. The metadata has
the SHA-256 of the pictures that they belong to.
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
HUB_DEVIATIONS = 2.0
"""A work is a hub if it is near to more works than the mean plus so many standard deviations
(Radovanović, Nanopoulos and Ivanović, "Hubs in space", JMLR 11, 2010)."""
MIN_DISTANCE = 1e-6
"""Distance of identical works: a sparse matrix has no links of length 0."""
_BLOCK = 512


@dataclass(frozen=True)
class NeighbourGraph:
    """Works linked with their nearest works, in both directions."""

    links: sparse.csr_matrix
    """float64 [n, n], symmetric: distance of the unit vectors of linked works, up to 2."""
    hubs: np.ndarray
    """bool [n]: works that are near to far more works than others."""


def neighbour_graph(searcher: Searcher, report: Report = silent) -> NeighbourGraph:
    """The stored graph of a collection's works; computes and stores the graph if there is none.

    Raises:
        Stopped: raised by `report`; nothing was stored.
        StorageError: the graph could not be written.
    """
    file = graph_file(searcher)
    with only_writer(file.parent, f"neighbour graph of {searcher.collection.name}"):
        if (stored := stored_graph(searcher)) is not None:
            return stored
        nearest = searcher.nearest_of_all(NEIGHBOURS, report).astype(np.int32)
        distances = _distances(searcher.embeddings.vectors, nearest)
        with write_atomic(file) as temporary:
            save_file({"nearest": nearest, "distances": distances}, temporary, {"works": _digest(searcher)})
        return _graph(nearest, distances)


def stored_graph(searcher: Searcher) -> NeighbourGraph | None:
    """The stored graph; None if there is none, or the file is damaged or belongs to other works."""
    try:
        with safe_open(graph_file(searcher), "np") as file:
            if (file.metadata() or {}).get("works") != _digest(searcher):
                return None
            return _graph(file.get_tensor("nearest"), file.get_tensor("distances"))
    except (SafetensorError, OSError, ValueError):
        return None


def graph_file(searcher: Searcher) -> Path:
    """The file of a collection's graph under an embedding."""
    return searcher.collection.root / "index" / f"{searcher.embeddings.key}.neighbours.safetensors"


def _digest(searcher: Searcher) -> str:
    return hashlib.sha256("".join(searcher.embeddings.hashes).encode()).hexdigest()


def _distances(vectors: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    """The distance of each work's unit vector from those of its nearest works: float32, like `nearest`."""
    distances = np.empty(nearest.shape, dtype=np.float32)
    units = unit(vectors)
    for start in range(0, len(units), _BLOCK):
        block = slice(start, start + _BLOCK)
        distances[block] = np.linalg.norm(units[nearest[block]] - units[block, None], axis=2)
    return distances


def _graph(nearest: np.ndarray, distances: np.ndarray) -> NeighbourGraph:
    count = len(nearest)
    exists = nearest >= 0
    rows, neighbours = np.nonzero(exists)[0], nearest[exists]
    lengths = np.maximum(distances[exists].astype(np.float64), MIN_DISTANCE)
    one_way = sparse.csr_matrix((lengths, (rows, neighbours)), shape=(count, count))
    occurrences = np.bincount(neighbours, minlength=count)
    hubs = occurrences > occurrences.mean() + HUB_DEVIATIONS * occurrences.std()
    return NeighbourGraph(one_way.maximum(one_way.T).tocsr(), hubs)
