"""The scores of each work with its nearest works, computed before anyone opens a work.

A click shows ten neighbours with four scores each. LPIPS takes most of the time: eleven pictures
through a network. Here each picture goes through the network only a few times.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from artextract.features.compute_missing import compare_missing
from artextract.features.workers import JobResult, PairWorker
from artextract.network_queue import BACKGROUND
from artextract.progress import Report, Step, silent
from artextract.similarity.metrics.lpips import Lpips, load_lpips
from artextract.similarity.metrics.pixels import COMPARISON_SIZE, comparison_picture
from artextract.similarity.metrics.registry import PICTURE_METRICS, score_pictures
from artextract.similarity.pair_scores import score_store
from artextract.similarity.search import Searcher
from artextract.vision.images import open_picture

POOL_BYTES = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 16
"""Memory for the features: a sixteenth of the machine's."""
NEIGHBOURS = 10  # Nearest works whose scores are stored for each work: as many as a screen shows at first
AXES = 16  # Principal components used to order works


class _Features(NamedTuple):
    """A picture's LPIPS features without the zeros, which are four in five."""

    places: np.ndarray  # int32: positions of the values
    values: np.ndarray  # float32
    square: float  # The sum of the squares

    @property
    def nbytes(self) -> int:
        return self.places.nbytes + self.values.nbytes


class FeaturePool:
    """LPIPS features of recently used pictures. Safe to use from threads."""

    def __init__(self, lpips: Lpips) -> None:
        self._lpips = lpips
        self._features: OrderedDict[str, _Features] = OrderedDict()  # the most recent last
        self._bytes = 0
        self._lock = threading.Lock()

    def distances(self, left: str, rights: Sequence[str], pictures: Mapping[str, np.ndarray]) -> list[float]:
        """LPIPS of a picture with each of others, by SHA-256; `pictures` are the comparison pictures of exactly these.

        |a - b|² is computed as |a|² + |b|² - 2ab, which skips the zeros.
        """
        features = self._features_of(pictures)
        query, others = features[left], [features[right] for right in rights]
        dense = np.zeros(1 + max(int(each.places[-1]) for each in (query, *others)))
        dense[query.places] = query.values
        products = [float(np.dot(dense[each.places], each.values)) for each in others]
        pairs = zip(others, products, strict=True)
        return [max(query.square + each.square - 2 * product, 0.0) for each, product in pairs]

    def _features_of(self, pictures: Mapping[str, np.ndarray]) -> dict[str, _Features]:
        with self._lock:
            features = {sha256: self._features[sha256] for sha256 in pictures if sha256 in self._features}
        new = [sha256 for sha256 in pictures if sha256 not in features]
        batches = self._lpips.features([pictures[sha256] for sha256 in new], BACKGROUND)
        for sha256, dense in zip(new, (dense for batch in batches for dense in batch), strict=True):
            places = np.flatnonzero(dense).astype(np.int32)
            values = dense[places]
            # Double precision, because a distance is a small difference of large sums.
            features[sha256] = _Features(places, values, float(np.dot(values.astype(np.float64), values)))
        with self._lock:
            for sha256, sparse in features.items():
                if sha256 not in self._features:
                    self._bytes += sparse.nbytes
                self._features[sha256] = sparse
                self._features.move_to_end(sha256)
            while self._bytes > POOL_BYTES:
                self._bytes -= self._features.popitem(last=False)[1].nbytes
        return features


def score_neighbours(searcher: Searcher, report: Report = silent) -> JobResult:
    """Compute the scores of a collection's neighbours that are missing, as `compare_missing` does.

    Raises WeightsError if LPIPS's network is not available, StorageError if the disk is full or another
    process computes the same.
    """

    def refresh_and_report(step: Step) -> None:
        searcher.refresh_scores()
        report(step)

    store, worker = score_store(searcher.collection), ScoreWorker(load_lpips())
    candidates = _candidates(searcher, report)
    result = compare_missing(searcher.collection, store, worker, candidates, refresh_and_report)
    searcher.complete_scores()
    return result


class ScoreWorker(PairWorker[np.ndarray]):
    """Computes SSIM, RMSE and LPIPS of pairs."""

    title = "Comparing each work with its nearest works"
    done = "compared"
    batch = 8
    shard = 2048

    def __init__(self, lpips: Lpips) -> None:
        self._pool = FeaturePool(lpips)

    def prepare(self, content: bytes, name: str) -> np.ndarray:
        """The comparison picture; raises BadImageError if the picture cannot be read."""
        return comparison_picture(open_picture(content, name, 2 * COMPARISON_SIZE).image)

    def compare(self, left: str, rights: Sequence[str], pictures: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Float64 [n] for each metric of `PICTURE_METRICS`."""
        lpips = self._pool.distances(left, rights, pictures)
        scores = score_pictures(pictures[left], [pictures[right] for right in rights], {"lpips": lpips})
        return dict(zip(PICTURE_METRICS, np.array(scores, np.float64).T, strict=True))


def _candidates(searcher: Searcher, report: Report) -> Iterator[tuple[str, list[str]]]:
    """Each picture with its nearest pictures, in an order that reuses the pool's pictures."""
    embeddings = searcher.embeddings
    nearest = searcher.index.nearest_of_all(NEIGHBOURS, report)
    for row in neighbourly_order(embeddings.vectors).tolist():
        yield embeddings.hashes[row], [embeddings.hashes[int(near)] for near in nearest[row] if near >= 0]


def neighbourly_order(vectors: np.ndarray) -> np.ndarray:
    """An order of vectors, float [n, dimension], in which most neighbours are close together: int64 [n], a permutation.

    The works are halved repeatedly across the direction of largest variance (principal axis tree: Sproull 1991), in the
    leading principal components.
    """
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import normalize

    units = normalize(vectors)
    axes = PCA(min(AXES, *units.shape), random_state=0).fit_transform(units)

    def ordered(rows: np.ndarray) -> np.ndarray:
        centred = axes[rows] - axes[rows].mean(axis=0)
        widest = np.linalg.eigh(centred.T @ centred)[1][:, -1]
        rows = rows[np.argsort(centred @ widest, kind="stable")]
        half = len(rows) // 2
        return np.concatenate([
            part if len(part) <= NEIGHBOURS else ordered(part) for part in (rows[:half], rows[half:])
        ])

    return ordered(np.arange(len(vectors)))
