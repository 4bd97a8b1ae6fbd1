"""Stored scores of pairs of pictures.

    scores/shard-<random>.safetensors

A shard (`artextract.features.shards`) holds float64 [n] for each metric of `PICTURE_METRICS`, by its name.
"""

from collections.abc import Sequence

import numpy as np

from artextract.collection import Collection
from artextract.features.shards import ShardStore
from artextract.similarity.metrics.registry import PICTURE_METRICS, Scores

_MIX = np.uint64(0x9E3779B97F4A7C15)  # Odd multiplier (2⁶⁴ / golden ratio) that mixes two numbers into one


def score_store(collection: Collection) -> ShardStore:
    """The scores of a collection's pairs. A second job does not wait: it raises a StorageError."""
    label, shapes = f"comparison of works in {collection.name}", dict.fromkeys(PICTURE_METRICS, ())
    return ShardStore(collection.root / "scores", label, shapes, timeout=1)


class PairScores:
    """The scores that were stored when they were read. Never changes."""

    def __init__(self, keys: np.ndarray, scores: np.ndarray, shards: int = 0) -> None:
        """Take scores float64 [n, metrics], the number of each pair, uint64 [n], and how many shards they come from."""
        self.shards = shards
        order = np.argsort(keys, kind="stable")
        self._keys, self._scores = keys[order], scores[order]

    @staticmethod
    def read(collection: Collection) -> "PairScores":
        """All stored scores; damaged shards are left out."""
        store = score_store(collection)
        shards, stored = len(store.version()), store.joined()
        if stored is None:
            return PairScores(np.empty(0, np.uint64), np.empty((0, len(PICTURE_METRICS))), shards)
        # The first 64 bits of each hash, as Python reads its hexadecimal digits.
        heads = np.ascontiguousarray(stored.keys).view(">u8").astype(np.uint64)[:, [0, 4]]
        return PairScores(_numbers(heads), np.stack([stored.arrays[name] for name in PICTURE_METRICS], axis=1), shards)

    def __len__(self) -> int:
        return len(self._keys)

    def of(self, left: str, rights: Sequence[str]) -> list[Scores | None]:
        """The scores of a picture with each of others, by SHA-256; None where unknown."""
        if not len(self._keys) or not rights:
            return [None] * len(rights)
        keys = _numbers(np.array([sorted((int(left[:16], 16), int(right[:16], 16))) for right in rights], np.uint64))
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = self._keys[places] == keys
        scores = self._scores[places].tolist()
        return [tuple(row) if is_known else None for row, is_known in zip(scores, known, strict=True)]


def _numbers(heads: np.ndarray) -> np.ndarray:
    """One number per pair, uint64 [n], from the first 64 bits of its two hashes, uint64 [n, 2]."""
    return heads[:, 0] * _MIX + heads[:, 1]  # overflow is intended
