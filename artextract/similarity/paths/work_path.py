"""A path between two works: seven works from one to the other, in small, even steps.

First, the few hundred works with the shortest detour are selected: shortest paths on the neighbour
graph, where a link costs its squared distance, so that many small steps are better than a large one.
Among these, dynamic programming over the number of steps chooses the seven works with the least sum
of steps to the power of `EVENNESS`, so that the largest step is small. Squares would not do: in many
dimensions, five tiny steps and a leap have a smaller sum than six even steps. Each work is farther
from the start and nearer to the end than the work before it, so the path never turns back.

Paths avoid hubs, works that are near to very many others: every path would run through the same few.
"""

from collections.abc import Collection as Rows
from dataclasses import dataclass

import numpy as np

from artextract.errors import ArtExtractError
from artextract.similarity.paths.neighbour_graph import NeighbourGraph
from artextract.vectors import unit

WORKS = 7
"""Works of a path, including both ends."""
CANDIDATES = 600
"""Works from which a path is chosen."""
EVENNESS = 16
"""Exponent of the steps: the larger, the more the largest step counts."""
SAME_PICTURE = 0.02
"""Distance up to which two works show the same picture. A path avoids such a step if it can."""


@dataclass(frozen=True)
class WorkPath:
    """A path from work to work."""

    rows: tuple[int, ...]
    """Rows of the works, including both ends."""
    steps: tuple[float, ...]
    """Distance of each work's unit vector from the one before, 0 to 2."""


def find_path(
    vectors: np.ndarray,
    graph: NeighbourGraph,
    start: int,
    end: int,
    allowed: np.ndarray | None = None,
    without: Rows[int] = (),
) -> WorkPath:
    """The path of `WORKS` works from one work to another.

    Args:
        vectors: the works' embeddings, float [n, dimension].
        graph: of the same works.
        start: row of the first work.
        end: row of the last work.
        allowed: bool [n], works that the path may use between its ends; None allows all.
        without: rows that the path must not use, such as those of another path.

    Raises:
        ArtExtractError: start and end are the same work, or too few works are left between them.
    """
    if start == end:
        raise ArtExtractError("A path needs two different works: choose another work as its end.")
    usable = np.ones(len(vectors), dtype=bool) if allowed is None else allowed.copy()
    usable[[start, end, *without]] = False
    inner = WORKS - 2
    if (usable & ~graph.hubs).sum() >= inner:
        usable &= ~graph.hubs
    if (count := int(usable.sum())) < inner:
        raise ArtExtractError(f"A path of {WORKS} works needs {inner} works between its ends; only {count} are left.")
    rows = np.array([start, end, *_nearest_detours(graph, start, end, usable)])
    units = unit(vectors[rows])
    distances = np.sqrt(np.maximum(0.0, 2.0 - 2.0 * units @ units.T))
    places = _evenest(distances)
    steps = distances[places[:-1], places[1:]]
    return WorkPath(tuple(rows[places].tolist()), tuple(steps.tolist()))


def _nearest_detours(graph: NeighbourGraph, start: int, end: int, usable: np.ndarray) -> np.ndarray:
    """The usable rows with the shortest detours between start and end."""
    from scipy.sparse.csgraph import dijkstra

    rows = np.flatnonzero(usable)
    if len(rows) <= CANDIDATES:
        return rows
    costs = graph.links.copy()
    costs.data **= 2
    detours = dijkstra(costs, directed=False, indices=[start, end]).sum(axis=0)[rows]
    return rows[np.argsort(detours, kind="stable")[:CANDIDATES]]


def _evenest(distances: np.ndarray) -> np.ndarray:
    """The path from place 0 to place 1 with `WORKS` places and the least sum of steps to the power of `EVENNESS`.

    Args:
        distances: [m, m]; the places from 2 on may be between.
    """
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
