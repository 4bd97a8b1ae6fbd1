"""Scores of one embedding, corrected by what its gallery is like.

Vectors are unit vectors float32 [n, d]. A correction takes the cosines of queries with the works of
the gallery and gives scores, higher is nearer; only their order within a query means anything.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from artextract.progress import Stage
from artextract.vectors import unit

NEAREST = 10
"""Neighbours that make up a work's own surroundings, of CSLS."""
BLOCK = 256
"""Works that are compared with the whole gallery at once."""
KEPT = 0.99
"""The share of the variance whose components are whitened: those of the rest hold rounding."""

Correct = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Queries' unit vectors float32 [b, d] and their cosines with the gallery [b, g] → scores float32
[b, g]; what is NaN (a work with itself) stays so."""


@dataclass(frozen=True)
class Surroundings:
    """How near works are to those of a gallery but themselves, float32 [n] each."""

    near: np.ndarray
    """Mean cosine with the ten nearest."""
    mean: np.ndarray
    """Mean cosine with all."""
    deviation: np.ndarray
    """Standard deviation of the cosines with all, above 0."""

    def of(self, rows: np.ndarray) -> "Surroundings":
        """Those of some of the works."""
        return Surroundings(self.near[rows], self.mean[rows], self.deviation[rows])


@dataclass(frozen=True)
class Correction:
    """A way to correct."""

    name: str
    label: str
    sentence: str
    """What it does."""
    made: Callable[[np.ndarray, Surroundings], Correct]
    """From the gallery's unit vectors float32 [g, d] and its works' surroundings in it."""


def look_around(units: np.ndarray, gallery: np.ndarray, stage: Stage) -> Surroundings:
    """The surroundings of all works in a gallery.

    Args:
        units: of all works.
        gallery: int [g], the rows that are the gallery.
        stage: advanced by the works.
    """
    near, mean, deviation = [], [], []
    for start in range(0, len(units), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(units)))
        cosines = units[rows] @ units[gallery].T
        cosines[rows[:, None] == gallery[None]] = np.nan
        mean.append(np.nanmean(cosines, axis=1))
        deviation.append(np.nanstd(cosines, axis=1))
        known = np.nan_to_num(cosines, nan=-1.0)
        k = min(NEAREST, known.shape[1])
        near.append(np.partition(known, known.shape[1] - k, axis=1)[:, -k:].mean(axis=1))
        stage.advance(len(rows))
    return Surroundings(np.concatenate(near), np.concatenate(mean), np.maximum(np.concatenate(deviation), 1e-6))


def _moved(gallery: np.ndarray, move: Callable[[np.ndarray], np.ndarray]) -> Correct:
    """Cosines after both sides were moved."""
    there = unit(move(gallery))

    def correct(queries: np.ndarray, cosines: np.ndarray) -> np.ndarray:
        found: np.ndarray = unit(move(queries)) @ there.T
        found[np.isnan(cosines)] = np.nan
        return found

    return correct


def _centred(gallery: np.ndarray, _: Surroundings) -> Correct:
    mean = gallery.mean(axis=0)
    return _moved(gallery, lambda units: units - mean)


def _whitened(gallery: np.ndarray, _: Surroundings) -> Correct:
    mean = gallery.mean(axis=0)
    apart = gallery - mean
    variances, axes = np.linalg.eigh(apart.T @ apart / len(gallery))
    order = np.argsort(-variances, kind="stable")
    reached = np.cumsum(variances[order]) / max(float(variances.sum()), 1e-12)
    kept = order[: int(np.searchsorted(reached, KEPT)) + 1]
    whiten = axes[:, kept] / np.sqrt(np.maximum(variances[kept], 1e-12))
    return _moved(gallery, lambda units: (units - mean) @ whiten)


def _csls(_: np.ndarray, around: Surroundings) -> Correct:
    return lambda queries, cosines: 2 * cosines - around.near


def _proximity(_: np.ndarray, around: Surroundings) -> Correct:
    from scipy.special import log_ndtr

    def correct(queries: np.ndarray, cosines: np.ndarray) -> np.ndarray:
        mean = np.nanmean(cosines, axis=1, keepdims=True)
        deviation = np.maximum(np.nanstd(cosines, axis=1, keepdims=True), 1e-6)
        return log_ndtr((cosines - mean) / deviation) + log_ndtr((cosines - around.mean) / around.deviation)

    return correct


CORRECTIONS = {
    correction.name: correction
    for correction in (
        # Suzuki et al., "Centering Similarity Measures to Reduce Hubs", EMNLP 2013.
        Correction("centred", "centred", "the collection’s mean is taken off every vector", _centred),
        # Jégou and Chum, "Negative evidences and co-occurences in image retrieval: the benefit of
        # PCA and whitening", ECCV 2012.
        Correction(
            "whitened",
            "whitened",
            "every direction in which the collection’s vectors differ counts the same",
            _whitened,
        ),
        # Conneau et al., "Word Translation Without Parallel Data", ICLR 2018: twice the cosine less
        # the gallery work's mean cosine with its own ten nearest (the query's is the same for all).
        Correction(
            "csls",
            "CSLS",
            "a work that is very near to its own nearest counts for less",
            _csls,
        ),
        # Schnitzer et al., "Local and Global Scaling Reduce Hubs in Space", JMLR 13, 2012: how
        # likely a work drawn at random is farther from both than they are from each other, under a
        # normal distribution of each one's cosines, taken as independent; as a logarithm.
        Correction(
            "proximity",
            "mutual proximity",
            "two works are near if each is nearer to the other than to most",
            _proximity,
        ),
    )
}
