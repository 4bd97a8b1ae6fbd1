"""The scores of each work with its nearest ones, computed once for all who will ask.

A click shows ten neighbours with four scores each. LPIPS takes most of its time: eleven pictures
through a network. Here each picture goes through it a few times in all, and then never again.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from artextract.files import only_writer, sweep_temporary
from artextract.network_queue import BACKGROUND
from artextract.progress import Report, Stage, silent
from artextract.similarity.metrics.lpips import Lpips, load_lpips
from artextract.similarity.metrics.scores import Scores, compare
from artextract.similarity.pair_scores import PairScores, append_scores, folder_of
from artextract.similarity.search import Searcher

if TYPE_CHECKING:
    from torch import Tensor

NEIGHBOURS = 10
"""Nearest works of each work whose scores are kept: as many as a screen shows at first."""
PART = 256
"""Works between two writes: what a killed run loses at the most."""
POOL_BYTES = 2**30
"""Memory for features of pictures that may soon be needed again."""
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
    """Pairs that had been."""


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
    computed = reused = 0
    with only_writer(folder_of(collection), f"comparing of {collection.name}"):
        sweep_temporary(folder_of(collection))
        known = PairScores.read(collection)
        nearest = searcher.nearest_of_all(NEIGHBOURS)
        pool = _FeaturePool(lpips, searcher)
        done: set[tuple[str, str]] = set()
        pairs: list[tuple[str, str]] = []
        scores: list[Scores] = []
        stage = Stage("Comparing each work with its nearest", len(hashes), report)
        for count, row in enumerate(neighbourly_order(searcher.embeddings.vectors), start=1):
            one, others = hashes[row], [int(other) for other in nearest[row] if other >= 0]
            stored = known.of(one, [hashes[other] for other in others])
            wanted = []
            for other, found in zip(others, stored, strict=True):
                pair = (min(one, hashes[other]), max(one, hashes[other]))
                if found is None and pair not in done:
                    done.add(pair)
                    wanted.append(other)
            reused += len(others) - len(wanted)
            for other, found in zip(wanted, pool.scores(int(row), wanted), strict=True):
                if found is not None:
                    pairs.append((one, hashes[other]))
                    scores.append(found)
            if pairs and (count % PART == 0 or count == len(hashes)):
                append_scores(collection, pairs, scores)
                computed += len(pairs)
                pairs, scores = [], []
            stage.advance()
        searcher.keep_scores()
    return NeighbourReport(collection.name, len(hashes), computed, reused)


class _FeaturePool:
    """LPIPS features of the pictures that were used last.

    Four in five of the numbers are zero: without them a picture takes half a megabyte, not 1.7.
    """

    def __init__(self, lpips: Lpips, searcher: Searcher) -> None:
        self._lpips = lpips
        self._searcher = searcher
        self._packed: OrderedDict[int, tuple[np.ndarray, np.ndarray]] = OrderedDict()
        """Row → which numbers aren't zero (bits), and those; the last used at the end."""
        self._bytes = self._length = 0

    def scores(self, row: int, others: Sequence[int]) -> list[Scores | None]:
        """SSIM, RMSE and LPIPS of a work with others; None where a picture is missing."""
        opened = ((one, self._searcher.picture_at(one)) for one in (row, *others))
        pictures = {one: picture for one, picture in opened if picture is not None}
        there = [other for other in others if other in pictures]
        if row not in pictures or not there:
            return [None] * len(others)
        features = self._features(pictures)
        lpips = Lpips.between(features[0], features[1:])
        pixels = compare(pictures[row], [pictures[other] for other in there])
        found: dict[int, Scores] = {
            other: (pair.ssim, pair.rmse, distance)
            for other, pair, distance in zip(there, pixels, lpips, strict=True)
        }
        return [found.get(other) for other in others]

    def _features(self, pictures: dict[int, np.ndarray]) -> "Tensor":
        """The features of pictures by row, float32 [n, length], in their order."""
        import torch

        new = [row for row in pictures if row not in self._packed]
        batches = self._lpips.features([pictures[row] for row in new], BACKGROUND)
        computed = (features for batch in batches for features in batch.cpu().numpy())
        for row, features in zip(new, computed, strict=True):
            self._packed[row] = np.packbits(features > 0), features[features > 0]
            self._bytes += sum(part.nbytes for part in self._packed[row])
            self._length = len(features)
        found = torch.zeros(len(pictures), self._length)
        for features, row in zip(found.numpy(), pictures, strict=True):
            self._packed.move_to_end(row)
            bits, values = self._packed[row]
            features[np.unpackbits(bits, count=self._length).view(bool)] = values
        while self._bytes > POOL_BYTES:
            _, old = self._packed.popitem(last=False)
            self._bytes -= sum(part.nbytes for part in old)
        return found


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
