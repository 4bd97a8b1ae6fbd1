"""The scores of each work with its nearest works, computed before anyone opens a work.

A click shows ten neighbours with four scores each. LPIPS takes most of the time: eleven pictures
through a network. Here each picture goes through the network only a few times.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from artextract.features.compute_missing import compare_missing
from artextract.features.workers import JobResult, PairWorker
from artextract.progress import Report, Step, silent
from artextract.similarity.feature_pool import FeaturePool
from artextract.similarity.metrics.lpips import Lpips, load_lpips
from artextract.similarity.metrics.pixels import COMPARISON_SIZE, comparison_picture
from artextract.similarity.metrics.registry import PICTURE_METRICS, score_pictures
from artextract.similarity.pair_scores import score_store
from artextract.similarity.search import Searcher
from artextract.vision.images import open_picture

NEIGHBOURS = 10
"""Nearest works whose scores are stored for each work: as many as a screen shows at first."""
AXES = 16
"""Principal components used to order works."""


def score_neighbours(searcher: Searcher, report: Report = silent) -> JobResult:
    """Compute the scores of a collection's neighbours that are missing, as `compare_missing` does.

    Raises:
        WeightsError: LPIPS's network is not available.
        StorageError: the disk is full, or another process computes the same.
    """

    def refresh_and_report(step: Step) -> None:
        searcher.refresh_scores()
        report(step)

    store, worker = score_store(searcher.collection), ScoreWorker(load_lpips())
    candidates = _candidates(searcher, report)
    result = compare_missing(searcher.collection, store, worker, candidates, refresh_and_report)
    searcher.keep_scores()
    return result


class ScoreWorker(PairWorker[np.ndarray]):
    """Computes SSIM, RMSE and LPIPS of pairs."""

    title = "Comparing each work with its nearest"
    done = "compared"
    batch = 8
    shard = 2048

    def __init__(self, lpips: Lpips) -> None:
        self._pool = FeaturePool(lpips)

    def prepare(self, content: bytes, name: str) -> np.ndarray:
        """The comparison picture."""
        return comparison_picture(open_picture(content, name, 2 * COMPARISON_SIZE).image)

    def compare(self, left: str, rights: Sequence[str], pictures: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Float64 [n] for each metric of `PICTURE_METRICS`."""
        lpips = self._pool.distances(left, rights, pictures)
        scores = score_pictures(pictures[left], [pictures[right] for right in rights], {"lpips": lpips})
        return dict(zip(PICTURE_METRICS, np.array(scores, np.float64).T, strict=True))


def _candidates(searcher: Searcher, report: Report) -> Iterator[tuple[str, list[str]]]:
    """Each picture with its nearest, in an order that keeps the pool's pictures in use."""
    embeddings = searcher.embeddings
    nearest = searcher.nearest_of_all(NEIGHBOURS, report)
    for row in neighbourly_order(embeddings.vectors).tolist():
        yield embeddings.hashes[row], [embeddings.hashes[int(near)] for near in nearest[row] if near >= 0]


def neighbourly_order(vectors: np.ndarray) -> np.ndarray:
    """An order in which most neighbours are close together.

    The works are halved repeatedly across the direction of largest variance (principal axis tree:
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
        for length in np.unique(lengths):  # all ranges of one length at once; each depth has two lengths
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
