"""A path between two works: seven works from the one to the other, each step small.

The way leads where works are. Of all works those few hundred are looked at that lie least out of
the way, going from neighbour to neighbour (shortest paths on the neighbour graph, a link costing
its distance squared, so that many small steps are better than a large one). Among these the seven
are chosen whose largest step is smallest: the least sum of the steps to the power of `EVENNESS`, by
dynamic programming over the number of steps. Squares would not do: where there are many dimensions,
five steps of nothing and a leap have a smaller sum than six even steps. Each work lies further from
the start and nearer to the end than the one before it, so the path never turns back.

Hubs, works that are near to very many others, are passed by: they look like a short cut from
everywhere to everywhere, and every path would lead through the same few.
"""

from collections.abc import Collection as Rows
from dataclasses import dataclass

import numpy as np

from artextract.errors import ArtExtractError
from artextract.similarity.paths.neighbour_graph import NeighbourGraph
from artextract.vectors import unit

WORKS = 7
"""Of a path, both ends included."""
CANDIDATES = 600
"""Works that a path is chosen from."""
EVENNESS = 16
"""The larger, the more the largest step counts."""
SAME_PICTURE = 0.02
"""Distance up to which two works show the same: a path takes no step from one to the other, if it
can do without."""


@dataclass(frozen=True)
class WorkPath:
    """A way from work to work."""

    rows: tuple[int, ...]
    """Of the works, the two ends included."""
    steps: tuple[float, ...]
    """How far each lies from the one before: distance of unit vectors, 0 to 2."""


def find_path(
    vectors: np.ndarray,
    graph: NeighbourGraph,
    start: int,
    end: int,
    allowed: np.ndarray | None = None,
    without: Rows[int] = (),
) -> WorkPath:
    """The path of `WORKS` works from one to another.

    Args:
        vectors: the works' embeddings, float [n, dimension].
        graph: of the same works.
        start: row of the first work.
        end: row of the last.
        allowed: bool [n], the works that it may lead through; all if None. The ends needn't be.
        without: rows that it may not lead through, such as those of another path.

    Raises:
        ArtExtractError: start and end are one work, or too few works are left to lead through.
    """
    if start == end:
        raise ArtExtractError("A path needs two works: choose another one to lead to.")
    open_to = np.ones(len(vectors), dtype=bool) if allowed is None else allowed.copy()
    open_to[[start, end, *without]] = False
    inner = WORKS - 2
    if (open_to & ~graph.hubs).sum() >= inner:
        open_to &= ~graph.hubs
    if (there := int(open_to.sum())) < inner:
        raise ArtExtractError(f"A path of {WORKS} works needs {inner} between the two; {there} are left.")
    rows = np.array([start, end, *_on_the_way(graph, start, end, open_to)])
    units = unit(vectors[rows])
    apart = np.sqrt(np.maximum(0.0, 2.0 - 2.0 * units @ units.T))
    places = _evenest(apart)
    steps = apart[places[:-1], places[1:]]
    return WorkPath(tuple(rows[places].tolist()), tuple(steps.tolist()))


def _on_the_way(graph: NeighbourGraph, start: int, end: int, open_to: np.ndarray) -> np.ndarray:
    """The rows that lie least out of the way, among those that are open to it."""
    from scipy.sparse.csgraph import dijkstra

    rows = np.flatnonzero(open_to)
    if len(rows) <= CANDIDATES:
        return rows
    costs = graph.links.copy()
    costs.data **= 2
    detours = dijkstra(costs, directed=False, indices=[start, end]).sum(axis=0)[rows]
    return rows[np.argsort(detours, kind="stable")[:CANDIDATES]]


def _evenest(apart: np.ndarray) -> np.ndarray:
    """The path from 0 to 1 of `WORKS` places whose steps, to the power of `EVENNESS`, sum least.

    Args:
        apart: distances [m, m]; the places from 2 on may lie between.
    """
    order = 2 + np.argsort(apart[0, 2:] - apart[1, 2:], kind="stable")
    costs = (apart / 2) ** EVENNESS  # of at most 1
    costs[apart <= SAME_PICTURE] = WORKS
    onwards = np.where(np.tri(len(order), dtype=bool), np.inf, costs[np.ix_(order, order)])
    reached = costs[0, order]
    before: list[np.ndarray] = []
    for _ in range(WORKS - 3):
        sums = reached[:, None] + onwards
        before.append(sums.argmin(axis=0))
        reached = sums.min(axis=0)
    way = [int((reached + costs[order, 1]).argmin())]
    for came_from in reversed(before):
        way.append(int(came_from[way[-1]]))
    return np.array([0, *order[way[::-1]], 1])
