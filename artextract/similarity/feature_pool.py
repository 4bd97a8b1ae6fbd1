"""LPIPS features of recently used pictures, kept in memory up to a limit."""

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from artextract.network_queue import BACKGROUND
from artextract.similarity.metrics.lpips import Lpips

POOL_BYTES = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 16
"""Memory for the features: a sixteenth of the machine's."""


@dataclass(frozen=True)
class SparseFeatures:
    """A picture's LPIPS features without the zeros, which are four in five."""

    places: np.ndarray
    """int32: positions of the values."""
    values: np.ndarray
    """float32."""
    square: float
    """The sum of the squares."""

    @staticmethod
    def of(features: np.ndarray) -> "SparseFeatures":
        """Of a vector float32 [length] from `Lpips.features`."""
        places = np.flatnonzero(features).astype(np.int32)
        values = features[places]
        # In double precision: a distance is a small difference of large sums.
        return SparseFeatures(places, values, float(np.dot(values.astype(np.float64), values)))

    @property
    def nbytes(self) -> int:
        """Memory used."""
        return self.places.nbytes + self.values.nbytes


class FeaturePool:
    """LPIPS features of recently used pictures. Safe to use from threads."""

    def __init__(self, lpips: Lpips) -> None:
        self._lpips = lpips
        self._features: OrderedDict[str, SparseFeatures] = OrderedDict()  # the most recent last
        self._bytes = 0
        self._lock = threading.Lock()

    def distances(self, left: str, rights: Sequence[str], pictures: Mapping[str, np.ndarray]) -> list[float]:
        """LPIPS of a picture with each of others.

        Args:
            left: the picture's SHA-256.
            rights: those of the others.
            pictures: comparison pictures by SHA-256, all of these and no more.
        """
        features = self._features_of(pictures)
        return _distances(features[left], [features[right] for right in rights])

    def _features_of(self, pictures: Mapping[str, np.ndarray]) -> dict[str, SparseFeatures]:
        with self._lock:
            features = {sha256: self._features[sha256] for sha256 in pictures if sha256 in self._features}
        new = [sha256 for sha256 in pictures if sha256 not in features]
        batches = self._lpips.features([pictures[sha256] for sha256 in new], BACKGROUND)
        computed = (values for batch in batches for values in batch.cpu().numpy())
        features |= {sha256: SparseFeatures.of(values) for sha256, values in zip(new, computed, strict=True)}
        with self._lock:
            for sha256, sparse in features.items():
                if sha256 not in self._features:
                    self._bytes += sparse.nbytes
                self._features[sha256] = sparse
                self._features.move_to_end(sha256)
            while self._bytes > POOL_BYTES:
                self._bytes -= self._features.popitem(last=False)[1].nbytes
        return features


def _distances(left: SparseFeatures, rights: Sequence[SparseFeatures]) -> list[float]:
    """|a - b|² as |a|² + |b|² - 2ab, which skips the zeros."""
    dense = np.zeros(1 + max(int(features.places[-1]) for features in (left, *rights)))
    dense[left.places] = left.values
    products = (float(np.dot(dense[right.places], right.values)) for right in rights)
    return [max(left.square + right.square - 2 * product, 0.0) for right, product in zip(rights, products, strict=True)]
