"""Scores of pairs of pictures that were computed before, kept in a collection.

    scores/part-<random>.safetensors

A part holds `pairs` uint8 [n, 64], the SHA-256 of two pictures, the smaller first, and `scores`
float64 [n, metrics]: values of `PICTURE_METRICS`. Each is written whole or not at all, and never changed.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from artextract.collection import Collection
from artextract.files import write_atomic
from artextract.similarity.metrics.registry import PICTURE_METRICS, Scores

_MIX = np.uint64(0x9E3779B97F4A7C15)
"""An odd number without a pattern: makes one number of two."""


class PairScores:
    """What is known of pairs of a collection's pictures. Not changed once it is read."""

    def __init__(self, keys: np.ndarray, scores: np.ndarray, parts: int = 0) -> None:
        self.parts = parts
        order = np.argsort(keys, kind="stable")
        self._keys, self._scores = keys[order], scores[order]

    @staticmethod
    def read(collection: Collection) -> "PairScores":
        """All that is stored; a damaged part counts as if it were not there."""
        parts = [_read_part(file) for file in _part_files(collection)]
        pairs = np.concatenate([np.empty((0, 64), np.uint8), *(part[0] for part in parts)])
        scores = np.concatenate([np.empty((0, len(PICTURE_METRICS))), *(part[1] for part in parts)])
        # The leading 64 bits of each hash, as Python would read its hexadecimal digits.
        heads = np.ascontiguousarray(pairs).view(">u8").astype(np.uint64)[:, [0, 4]]
        return PairScores(_keys(heads), scores, len(parts))

    def __len__(self) -> int:
        return len(self._keys)

    def of(self, one: str, others: Sequence[str]) -> list[Scores | None]:
        """The scores of one picture with each of others, by their SHA-256; None where unknown."""
        if not len(self._keys) or not others:
            return [None] * len(others)
        heads = np.array([sorted((int(one[:16], 16), int(b[:16], 16))) for b in others], np.uint64)
        keys = _keys(heads)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = self._keys[places] == keys
        found = self._scores[places].tolist()
        return [tuple(row) if is_known else None for row, is_known in zip(found, known, strict=True)]


def append_scores(collection: Collection, pairs: Sequence[tuple[str, str]], scores: Sequence[Scores]) -> None:
    """Add one part.

    Args:
        collection: whose pictures they are.
        pairs: the SHA-256 of two pictures each, 64 hexadecimal digits.
        scores: of each pair; none is missing.

    Raises:
        StorageError: it could not be written; nothing was added.
    """
    joined = "".join("".join(sorted(pair)) for pair in pairs)
    tensors: dict[str, np.ndarray] = {
        "pairs": np.frombuffer(bytes.fromhex(joined), np.uint8).reshape(-1, 64),
        "scores": np.array(scores, np.float64).reshape(-1, len(PICTURE_METRICS)),
    }
    with write_atomic(folder_of(collection) / f"part-{uuid.uuid4().hex}.safetensors") as temporary:
        save_file(tensors, temporary)


def count_parts(collection: Collection) -> int:
    """How many parts are stored."""
    return len(_part_files(collection))


def folder_of(collection: Collection) -> Path:
    """Where a collection's scores lie."""
    return collection.root / "scores"


def _part_files(collection: Collection) -> list[Path]:
    return sorted(folder_of(collection).glob("part-*"))


def _keys(heads: np.ndarray) -> np.ndarray:
    """One number a pair, uint64 [n], of the heads of its hashes, uint64 [n, 2]."""
    return heads[:, 0] * _MIX + heads[:, 1]  # wraps around, as it should


def _read_part(path: Path) -> tuple[np.ndarray, np.ndarray]:
    nothing = np.empty((0, 64), np.uint8), np.empty((0, len(PICTURE_METRICS)))
    try:
        tensors = load_file(path)
        pairs, scores = tensors["pairs"], tensors["scores"]
    except (SafetensorError, OSError, KeyError, ValueError):
        return nothing
    sound = pairs.shape == (len(scores), 64) and scores.shape == (len(pairs), len(PICTURE_METRICS))
    return (pairs, scores) if sound else nothing
