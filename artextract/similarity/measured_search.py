"""Search in the ways that may have been measured to be better than the embedding alone: with its
scores corrected, or by several embeddings at once."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from artextract.similarity.corrections import Correction, Surroundings, unit
from artextract.similarity.fusion import ranks, standardised
from artextract.similarity.search import Searcher

Nearest = list[tuple[int, tuple[int, ...]]]
"""Rows of works, the nearest first, each with its rank by each embedding alone among all works, 1
the nearest."""


class MeasuredIndex(Protocol):
    """A collection's works under one embedding or several. Safe to share."""

    def vectors_of(self, row: int) -> list[np.ndarray]:
        """A work's vectors by each embedding, float32 [d] each."""
        ...

    def nearest(self, vectors: Sequence[np.ndarray], k: int, allowed: np.ndarray, itself: int | None = None) -> Nearest:
        """The `k` works nearest to a query.

        Args:
            vectors: the query's by each embedding, float32 [d] each, of any length.
            k: how many; fewer come where fewer are allowed.
            allowed: bool [n], which works may be found.
            itself: the work that is the query, which is never found; None for another picture.
        """
        ...


class CorrectedIndex:
    """Ranks by one embedding's corrected scores."""

    def __init__(self, searcher: Searcher, correction: Correction, around: Surroundings) -> None:
        """Take the works of a searcher, and their surroundings in its order."""
        self._searcher = searcher
        self._correct = correction.made(unit(searcher.embeddings.vectors), around)

    def vectors_of(self, row: int) -> list[np.ndarray]:
        """As of `MeasuredIndex`."""
        return [self._searcher.embeddings.vectors[row]]

    def nearest(self, vectors: Sequence[np.ndarray], k: int, allowed: np.ndarray, itself: int | None = None) -> Nearest:
        """As of `MeasuredIndex`."""
        cosines = self._searcher.cosines_with(vectors[0])[None]
        if itself is not None:
            cosines[0, itself] = np.nan
        scores = self._correct(unit(vectors[0][None]), cosines)
        return _first(scores, [cosines], k, allowed)


class FusedIndex:
    """Ranks by the mean of the standardised scores of several embeddings."""

    def __init__(self, vectors: Sequence[np.ndarray]) -> None:
        """Take the embeddings, float32 [n, d] each, of the same works in the same order."""
        self._units = [unit(one) for one in vectors]

    def vectors_of(self, row: int) -> list[np.ndarray]:
        """As of `MeasuredIndex`."""
        return [units[row] for units in self._units]

    def nearest(self, vectors: Sequence[np.ndarray], k: int, allowed: np.ndarray, itself: int | None = None) -> Nearest:
        """As of `MeasuredIndex`."""
        queries = [unit(one[None])[0] for one in vectors]
        cosines = [(u @ one)[None] for u, one in zip(self._units, queries, strict=True)]
        if itself is not None:
            for one in cosines:
                one[0, itself] = np.nan
        return _first(standardised(cosines), cosines, k, allowed)


def _first(scores: np.ndarray, cosines: Sequence[np.ndarray], k: int, allowed: np.ndarray) -> Nearest:
    """The `k` highest of the scores [1, n] that are allowed, with their ranks by cosines [1, n]."""
    order = np.argsort(-scores[0], kind="stable")
    chosen = order[allowed[order] & ~np.isnan(scores[0, order])][:k]
    alone = np.stack([ranks(one)[0, chosen] for one in cosines], axis=1)
    return list(zip(chosen.tolist(), map(tuple, alone.tolist()), strict=True))
