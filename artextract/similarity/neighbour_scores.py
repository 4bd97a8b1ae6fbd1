"""The scores of each work with its nearest ones, computed once for all who will ask.

A click shows ten neighbours with four scores each. LPIPS takes most of its time: eleven pictures
through a network. Here each picture goes through it a few times in all, and then never again.
"""

import os
import threading
from collections import OrderedDict, deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from artextract.files import only_writer, sweep_temporary
from artextract.network_queue import BACKGROUND
from artextract.progress import Report, Stage, silent
from artextract.similarity.metrics.lpips import Lpips, load_lpips
from artextract.similarity.metrics.scores import Scores, compare
from artextract.similarity.pair_scores import PairScores, append_scores, folder_of
from artextract.similarity.search import Searcher
from artextract.vision.embedding import Embeddings

NEIGHBOURS = 10
"""Nearest works of each work whose scores are kept: as many as a screen shows at first."""
PART = 256
"""Works between two writes: what a killed run loses at the most."""
POOL_BYTES = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 8
"""Memory for features of pictures that may soon be needed again: an eighth of the machine's."""
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


def score_neighbours(searcher: Searcher, report: Report = silent) -> NeighbourReport:
    """Bring the scores of a collection's neighbours up to date: computes what is missing.

    It can be stopped by raising `Stopped` in `report`, or killed: finished parts stay, and the
    next run goes on from there.

    Raises:
        WeightsError: LPIPS's network can't be had.
        StorageError: the disk is full.
    """
    collection, lpips = searcher.collection, load_lpips()
    hashes = searcher.embeddings.hashes
    computed = 0
    with only_writer(folder_of(collection), f"comparing of {collection.name}"):
        sweep_temporary(folder_of(collection))
        known = PairScores.read(collection)
        nearest = searcher.nearest_of_all(NEIGHBOURS)
        stage = Stage("Comparing each work with its nearest", len(hashes), report)
        tasks = _tasks(searcher.embeddings, nearest, known)
        pairs: list[tuple[str, str]] = []
        scores: list[Scores] = []
        with closing(_compared(_FeaturePool(lpips, searcher), tasks)) as results:
            for count, (row, wanted, found) in enumerate(results, start=1):
                for other, score in zip(wanted, found, strict=True):
                    if score is not None:
                        pairs.append((hashes[row], hashes[other]))
                        scores.append(score)
                if pairs and (count % PART == 0 or count == len(hashes)):
                    append_scores(collection, pairs, scores)
                    computed += len(pairs)
                    pairs, scores = [], []
                stage.advance()
        searcher.keep_scores()
    return NeighbourReport(collection.name, len(hashes), computed, len(known))


def _tasks(
    embeddings: Embeddings, nearest: np.ndarray, known: PairScores
) -> Iterator[tuple[int, list[int]]]:
    """Each row, in a neighbourly order, with those of its neighbours that it must be compared with:
    no pair that is known, none twice."""
    hashes = embeddings.hashes
    done: set[tuple[str, str]] = set()
    for row in neighbourly_order(embeddings.vectors).tolist():
        others = [int(other) for other in nearest[row] if other >= 0]
        wanted = []
        for other, score in zip(
            others, known.of(hashes[row], [hashes[o] for o in others]), strict=True
        ):
            pair = min(hashes[row], hashes[other]), max(hashes[row], hashes[other])
            if score is None and pair not in done:
                done.add(pair)
                wanted.append(other)
        yield row, wanted


def _compared(
    pool: "_FeaturePool", tasks: Iterator[tuple[int, list[int]]]
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


@dataclass(frozen=True)
class _Features:
    """A picture's LPIPS features without the zeros, which are four in five."""

    places: np.ndarray
    """int32: where they stand."""
    values: np.ndarray
    """float32."""
    square: float
    """The sum of their squares."""

    @staticmethod
    def of(features: np.ndarray) -> "_Features":
        places = np.flatnonzero(features).astype(np.int32)
        values = features[places]
        # In double precision: a distance is the small difference of large sums.
        return _Features(places, values, float(np.dot(values.astype(np.float64), values)))

    @property
    def nbytes(self) -> int:
        return self.places.nbytes + self.values.nbytes


class _FeaturePool:
    """LPIPS features of the pictures that were used last. Safe to use from threads."""

    def __init__(self, lpips: Lpips, searcher: Searcher) -> None:
        self._lpips = lpips
        self._searcher = searcher
        self._held: OrderedDict[int, _Features] = OrderedDict()  # the last used at the end
        self._bytes = 0
        self._lock = threading.Lock()

    def scores(self, row: int, others: Sequence[int]) -> list[Scores | None]:
        """SSIM, RMSE and LPIPS of a work with others; None where a picture is missing."""
        opened = ((one, self._searcher.picture_at(one)) for one in (row, *others))
        pictures = {one: picture for one, picture in opened if picture is not None}
        present = [other for other in others if other in pictures]
        if row not in pictures or not present:
            return [None] * len(others)
        features = self._features(pictures)
        lpips = _distances(features[row], [features[other] for other in present])
        pixels = compare(pictures[row], [pictures[other] for other in present])
        found: dict[int, Scores] = {
            other: (pair.ssim, pair.rmse, distance)
            for other, pair, distance in zip(present, pixels, lpips, strict=True)
        }
        return [found.get(other) for other in others]

    def _features(self, pictures: dict[int, np.ndarray]) -> dict[int, _Features]:
        """The features of pictures by row."""
        with self._lock:
            found = {row: self._held[row] for row in pictures if row in self._held}
        new = [row for row in pictures if row not in found]
        batches = self._lpips.features([pictures[row] for row in new], BACKGROUND)
        computed = (features for batch in batches for features in batch.cpu().numpy())
        found |= {row: _Features.of(features) for row, features in zip(new, computed, strict=True)}
        with self._lock:
            for row, features in found.items():
                if row not in self._held:
                    self._bytes += features.nbytes
                self._held[row] = features
                self._held.move_to_end(row)
            while self._bytes > POOL_BYTES:
                self._bytes -= self._held.popitem(last=False)[1].nbytes
        return found


def _distances(one: _Features, others: Sequence[_Features]) -> list[float]:
    """LPIPS of one picture with others: |a - b|² as |a|² + |b|² - 2ab, so that zeros are passed
    over."""
    full = np.zeros(1 + max(int(each.places[-1]) for each in (one, *others)))
    full[one.places] = one.values
    products = (float(np.dot(full[other.places], other.values)) for other in others)
    return [
        max(one.square + other.square - 2 * product, 0.0)
        for other, product in zip(others, products, strict=True)
    ]


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

    def halves(rows: np.ndarray) -> list[np.ndarray]:
        if len(rows) <= NEIGHBOURS:
            return [rows]
        centred = axes[rows] - axes[rows].mean(axis=0)
        widest = np.linalg.eigh(centred.T @ centred)[1][:, -1]
        order = rows[np.argsort(centred @ widest, kind="stable")]
        middle = len(order) // 2
        return halves(order[:middle]) + halves(order[middle:])

    return np.concatenate(halves(np.arange(len(vectors))))
