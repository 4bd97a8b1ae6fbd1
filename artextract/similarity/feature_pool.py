"""LPIPS features of the pictures that were used last, kept in memory within a limit."""

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.network_queue import BACKGROUND
from artextract.similarity.metrics.lpips import Lpips
from artextract.similarity.metrics.registry import Scores, score_pictures
from artextract.similarity.search import Searcher

POOL_BYTES = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 16
"""Memory for features of pictures that may soon be needed again: a sixteenth of the machine's."""


@dataclass(frozen=True)
class Features:
    """A picture's LPIPS features without the zeros, which are four in five."""

    places: np.ndarray
    """int32: where they stand."""
    values: np.ndarray
    """float32."""
    square: float
    """The sum of their squares."""

    @staticmethod
    def of(features: np.ndarray) -> "Features":
        """Of a vector float32 [length], as `Lpips.features` gives it."""
        places = np.flatnonzero(features).astype(np.int32)
        values = features[places]
        # In double precision: a distance is the small difference of large sums.
        return Features(places, values, float(np.dot(values.astype(np.float64), values)))

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return self.places.nbytes + self.values.nbytes


class FeaturePool:
    """LPIPS features of the pictures that were used last. Safe to use from threads."""

    def __init__(self, lpips: Lpips, searcher: Searcher) -> None:
        self._lpips = lpips
        self._searcher = searcher
        self._held: OrderedDict[int, Features] = OrderedDict()  # the last used at the end
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
        scores = score_pictures(pictures[row], [pictures[other] for other in present], {"lpips": lpips})
        by_row = dict(zip(present, scores, strict=True))
        return [by_row.get(other) for other in others]

    def _features(self, pictures: dict[int, np.ndarray]) -> dict[int, Features]:
        """The features of pictures by row."""
        with self._lock:
            found = {row: self._held[row] for row in pictures if row in self._held}
        new = [row for row in pictures if row not in found]
        batches = self._lpips.features([pictures[row] for row in new], BACKGROUND)
        computed = (features for batch in batches for features in batch.cpu().numpy())
        found |= {row: Features.of(features) for row, features in zip(new, computed, strict=True)}
        with self._lock:
            for row, features in found.items():
                if row not in self._held:
                    self._bytes += features.nbytes
                self._held[row] = features
                self._held.move_to_end(row)
            while self._bytes > POOL_BYTES:
                self._bytes -= self._held.popitem(last=False)[1].nbytes
        return found


def _distances(one: Features, others: Sequence[Features]) -> list[float]:
    """LPIPS of one picture with others: |a - b|² as |a|² + |b|² - 2ab, so that zeros are passed
    over."""
    full = np.zeros(1 + max(int(each.places[-1]) for each in (one, *others)))
    full[one.places] = one.values
    products = (float(np.dot(full[other.places], other.values)) for other in others)
    return [max(one.square + other.square - 2 * product, 0.0) for other, product in zip(others, products, strict=True)]
