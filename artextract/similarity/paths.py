"""Paths between works: seven works from one to the other, in small, even steps.

The neighbour graph of a collection is computed once per embedding and stored:

    <collection>/index/<feature key>.neighbours.safetensors

`nearest` int32 [n, `NEIGHBOURS`], -1 where there are fewer, and `distances` float32. They are made from pictures,
whose SHA-256 are in the facts.

First, the few hundred works with the shortest detour are selected: shortest paths on the graph, where a link costs its
squared distance, so that many small steps are better than a large one. Among these, dynamic programming over the number
of steps chooses the seven works with the least sum of steps to the power of `EVENNESS`, so that the largest step is
small. Squares would not do: in many dimensions, five tiny steps and a leap have a smaller sum than six even steps. Each
work is farther from the start and nearer to the end than the work before it, so the path never turns back. Paths avoid
hubs: otherwise every path would run through the same few works.
"""

from collections.abc import Collection as Rows
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from artextract.errors import ArtExtractError
from artextract.progress import Report, silent
from artextract.similarity.search import Searcher
from artextract.tensor_files import MadeFrom, computed_once, read_cached
from artextract.vectors import unit

NEIGHBOURS = 15  # Nearest works that each work is linked with
HUB_DEVIATIONS = 2.0
"""A work is a hub if it is near to more works than the mean plus this many standard deviations
(Radovanović, Nanopoulos and Ivanović, "Hubs in space", JMLR 11, 2010)."""
MIN_DISTANCE = 1e-6  # Distance of identical works: a sparse matrix has no links of length 0
_BLOCK = 512


@dataclass(frozen=True)
class NeighbourGraph:
    """Works linked with their nearest works, in both directions."""

    links: sparse.csr_matrix  # float64 [n, n], symmetric: distance of the unit vectors of linked works, up to 2
    hubs: np.ndarray  # bool [n]: works that are near to far more works than others


def neighbour_graph(searcher: Searcher, report: Report = silent) -> NeighbourGraph:
    """The graph of a collection's works, stored, or computed now and stored. StorageError on a full disk."""

    def compute() -> dict[str, np.ndarray]:
        nearest = searcher.index.nearest_of_all(NEIGHBOURS, report).astype(np.int32)
        distances, units = np.empty(nearest.shape, dtype=np.float32), unit(searcher.embeddings.vectors)
        for start in range(0, len(units), _BLOCK):
            block = slice(start, start + _BLOCK)
            distances[block] = np.linalg.norm(units[nearest[block]] - units[block, None], axis=2)
        return {"nearest": nearest, "distances": distances}

    digest, label = searcher.embeddings.pictures_digest, f"neighbour graph of {searcher.collection.name}"
    return _graph(**computed_once(graph_file(searcher), digest, label, compute, "nearest", "distances"))


def stored_graph(searcher: Searcher) -> NeighbourGraph | None:
    """The stored graph; None if there is none, or the file is damaged or belongs to other works."""
    facts = MadeFrom(made_from=searcher.embeddings.pictures_digest)
    stored = read_cached(graph_file(searcher), ("nearest", "distances"), facts)
    return None if stored is None else _graph(**stored)


def graph_file(searcher: Searcher) -> Path:
    """The file of a collection's graph under an embedding."""
    return searcher.collection.root / "index" / f"{searcher.embeddings.key}.neighbours.safetensors"


def _graph(nearest: np.ndarray, distances: np.ndarray) -> NeighbourGraph:
    count, exists = len(nearest), nearest >= 0
    rows, neighbours = np.nonzero(exists)[0], nearest[exists]
    lengths = np.maximum(distances[exists].astype(np.float64), MIN_DISTANCE)
    one_way = sparse.csr_matrix((lengths, (rows, neighbours)), shape=(count, count))
    occurrences = np.bincount(neighbours, minlength=count)
    hubs = occurrences > occurrences.mean() + HUB_DEVIATIONS * occurrences.std()
    return NeighbourGraph(one_way.maximum(one_way.T).tocsr(), hubs)


WORKS = 7  # Works of a path, including both ends
CANDIDATES = 600  # Works from which a path is chosen
EVENNESS = 16  # Exponent of the steps: the larger, the more the largest step counts
SAME_PICTURE = 0.02  # Distance up to which two works show the same picture. A path avoids such a step if it can.


@dataclass(frozen=True)
class WorkPath:
    """A path from work to work."""

    rows: tuple[int, ...]  # Rows of the works, including both ends
    steps: tuple[float, ...]  # Distance of each work's unit vector from the one before, 0 to 2


def find_path(
    vectors: np.ndarray,
    graph: NeighbourGraph,
    start: int,
    end: int,
    allowed: np.ndarray | None = None,
    without: Rows[int] = (),
) -> WorkPath:
    """The path of `WORKS` works from the work in row `start` to the one in row `end`.

    `vectors` are the embeddings of the works of the graph, float [n, dimension]. `allowed` (bool [n]; None allows all)
    are the works that the path may use between its ends, without the rows in `without`. Raises ArtExtractError if both
    ends are the same work, or too few works are left between them.
    """
    from scipy.sparse.csgraph import dijkstra

    if start == end:
        raise ArtExtractError("A path needs two different works: choose another work as its end.")
    usable = np.ones(len(vectors), dtype=bool) if allowed is None else allowed.copy()
    usable[[start, end, *without]] = False
    inner = WORKS - 2
    if (usable & ~graph.hubs).sum() >= inner:
        usable &= ~graph.hubs
    if (count := int(usable.sum())) < inner:
        raise ArtExtractError(f"A path of {WORKS} works needs {inner} works between its ends; only {count} are left.")
    between = np.flatnonzero(usable)
    if len(between) > CANDIDATES:  # those with the shortest detours
        costs = graph.links.copy()
        costs.data **= 2
        detours = dijkstra(costs, directed=False, indices=[start, end]).sum(axis=0)[between]
        between = between[np.argsort(detours, kind="stable")[:CANDIDATES]]
    rows = np.array([start, end, *between])
    units = unit(vectors[rows])
    distances = np.sqrt(np.maximum(0.0, 2.0 - 2.0 * units @ units.T))
    places = _evenest(distances)
    steps = distances[places[:-1], places[1:]]
    return WorkPath(tuple(rows[places].tolist()), tuple(steps.tolist()))


def _evenest(distances: np.ndarray) -> np.ndarray:
    """The path of `WORKS` positions with the most even steps, from position 0 to 1 of `distances`, [m, m]."""
    order = 2 + np.argsort(distances[0, 2:] - distances[1, 2:], kind="stable")
    costs = (distances / 2) ** EVENNESS  # at most 1
    costs[distances <= SAME_PICTURE] = WORKS
    onwards = np.where(np.tri(len(order), dtype=bool), np.inf, costs[np.ix_(order, order)])
    reached = costs[0, order]
    before: list[np.ndarray] = []
    for _ in range(WORKS - 3):
        sums = reached[:, None] + onwards
        before.append(sums.argmin(axis=0))
        reached = sums.min(axis=0)
    path = [int((reached + costs[order, 1]).argmin())]
    for previous in reversed(before):
        path.append(int(previous[path[-1]]))
    return np.array([0, *order[path[::-1]], 1])
