"""The scores of each work with its nearest ones, computed once for all who will ask.

A click shows ten neighbours with four scores each. LPIPS takes most of its time: eleven pictures
through a network. Here each picture goes through it a few times in all, and then never again.
"""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from artextract.files import only_writer, sweep_temporary
from artextract.progress import Report, Stage, silent
from artextract.similarity.feature_pool import FeaturePool
from artextract.similarity.metrics.lpips import load_lpips
from artextract.similarity.metrics.registry import Scores
from artextract.similarity.pair_scores import PairScores, append_scores, folder_of
from artextract.similarity.search import Searcher
from artextract.vision.embedding import Embeddings

NEIGHBOURS = 10
"""Nearest works of each work whose scores are kept: as many as a screen shows at first."""
PART = 256
"""Works between two writes: what a killed run loses at the most."""
AT_ONCE = 2
"""Works that are compared at once."""
AXES = 16
"""Principal components by which works are brought into an order."""


@dataclass(frozen=True)
class NeighbourReport:
    """What a run did."""

    collection: str
    works: int
    computed: int
    """Pairs of pictures compared now."""
    reused: int
    """Pairs of the collection that had been before."""

    def sentence(self) -> str:
        """What the run did."""
        return f"Computed the similarity scores of {self.computed:,} pairs ({self.reused:,} were already computed)."


def score_neighbours(searcher: Searcher, report: Report = silent) -> NeighbourReport:
    """Bring the scores of a collection's neighbours up to date: computes what is missing.

    It can be stopped by raising `Stopped` in `report`, or killed: finished parts stay, and the
    next run goes on from there.

    Raises:
        WeightsError: LPIPS's network can't be had.
        StorageError: the disk is full, or another process is at it.
    """
    collection, lpips = searcher.collection, load_lpips()
    hashes = searcher.embeddings.hashes
    computed = 0
    with only_writer(folder_of(collection), f"comparing of {collection.name}", timeout=1):
        sweep_temporary(folder_of(collection))
        known = PairScores.read(collection)
        nearest = searcher.nearest_of_all(NEIGHBOURS, report)
        stage = Stage("Comparing each work with its nearest", len(hashes), report)
        tasks = _tasks(searcher.embeddings, nearest, known)
        pairs: list[tuple[str, str]] = []
        scores: list[Scores] = []
        with closing(_compared(FeaturePool(lpips, searcher), tasks)) as results:
            for count, (row, wanted, found) in enumerate(results, start=1):
                for other, score in zip(wanted, found, strict=True):
                    if score is not None:
                        pairs.append((hashes[row], hashes[other]))
                        scores.append(score)
                if pairs and (count % PART == 0 or count == len(hashes)):
                    append_scores(collection, pairs, scores)
                    searcher.refresh_scores()
                    computed += len(pairs)
                    pairs, scores = [], []
                stage.advance()
        searcher.keep_scores()
    return NeighbourReport(collection.name, len(hashes), computed, len(known))


def _tasks(embeddings: Embeddings, nearest: np.ndarray, known: PairScores) -> Iterator[tuple[int, list[int]]]:
    """Each row, in a neighbourly order, with those of its neighbours that it must be compared with:
    no pair that is known, none twice."""
    hashes = embeddings.hashes
    done: set[tuple[str, str]] = set()
    for row in neighbourly_order(embeddings.vectors).tolist():
        others = [int(other) for other in nearest[row] if other >= 0]
        wanted = []
        for other, score in zip(others, known.of(hashes[row], [hashes[o] for o in others]), strict=True):
            pair = min(hashes[row], hashes[other]), max(hashes[row], hashes[other])
            if score is None and pair not in done:
                done.add(pair)
                wanted.append(other)
        yield row, wanted


def _compared(
    pool: FeaturePool, tasks: Iterator[tuple[int, list[int]]]
) -> Generator[tuple[int, list[int], list[Scores | None]], None, None]:
    """The tasks with their scores, in order; two are under way while one is in the network."""
    executor = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="neighbours")
    waiting: deque[tuple[int, list[int], Future[list[Scores | None]]]] = deque()
    try:
        for row, wanted in tasks:
            waiting.append((row, wanted, executor.submit(pool.scores, row, wanted)))
            if len(waiting) > AT_ONCE:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())
    finally:  # stopped: what is under way ends by itself, what waits isn't begun
        executor.shutdown(wait=False, cancel_futures=True)


def _result(
    row: int, wanted: list[int], future: "Future[list[Scores | None]]"
) -> tuple[int, list[int], list[Scores | None]]:
    return row, wanted, future.result()


def neighbourly_order(vectors: np.ndarray) -> np.ndarray:
    """An order in which most neighbours stand near one another.

    Halved again and again across the direction of the largest spread (principal axis tree:
    Sproull 1991), in the leading principal components.

    Args:
        vectors: float [n, dimension].

    Returns:
        int64 [n], a permutation.
    """
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import normalize

    units = normalize(vectors)
    axes = PCA(min(AXES, *units.shape), random_state=0).fit_transform(units)
    order = np.arange(len(vectors))
    starts, lengths = np.array([0]), np.array([len(vectors)])
    while len(starts):
        for length in np.unique(lengths):  # parts of one length at once: two at each depth
            places = starts[lengths == length, None] + np.arange(length)
            rows = order[places]
            centred = axes[rows] - axes[rows].mean(axis=1, keepdims=True)
            widest = np.linalg.eigh(centred.swapaxes(1, 2) @ centred)[1][:, :, -1:]
            across = np.argsort((centred @ widest)[:, :, 0], axis=1, kind="stable")
            order[places] = np.take_along_axis(rows, across, axis=1)
        halves = lengths // 2
        starts = np.concatenate([starts, starts + halves])
        lengths = np.concatenate([halves, lengths - halves])
        large = lengths > NEIGHBOURS
        starts, lengths = starts[large], lengths[large]
    return order
