"""How typical each work is of its own subset compared with the other.

The density of a subset around a work is the mean of a kernel over the subset's works y, without the
work itself: p(x) = mean of exp(k cos(x, y)), the density on a sphere after von Mises and Fisher
(Hall, Watson and Cabrera 1987, "Kernel density estimation with spherical data"). The typicality of a
work is log(p(own) / p(other)). A mean does not grow with the number of its terms, so the size of a
subset does not matter. If both subsets are equally likely, the logistic function of the typicality is
the probability that such a work belongs to its own subset (Hand 1982, "Kernel discriminant analysis").

Cosines are computed after subtracting the midpoint of both subsets' means. The concentration k is the
one of `CONCENTRATIONS` that separates the subsets best: the lowest cross-entropy of those
probabilities, with equal weight for both subsets.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.maps.layouts import SAME_PICTURE
from artextract.progress import Report, Stage, silent
from artextract.vectors import unit

MAX_REFERENCES = 2000  # Works that represent the density of a subset: a random sample of a larger subset
CONCENTRATIONS = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
MAX_SCORED = 20_000  # Works of a subset that get a typicality: a sample of a larger subset, because a person waits
MAX_TRIED = 500  # Works of each subset that choose the concentration
MAX_OF_ARTIST = 2
BLOCK = 1024  # Works per step
SEED = 0

Two = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Typicality:
    """The typicality of the works of both subsets (of a sample, if a subset is very large)."""

    rows: Two  # int64: the works of each subset that have a typicality
    values: Two  # float64: log(p(own) / p(other)) of each of `rows`
    concentration: float  # k

    @property
    def separation(self) -> float:
        """Share of the works that fit their own subset better, the mean of both: 0.5 (look the same) to 1 (differ)."""
        return float(np.mean([(values > 0).mean() for values in self.values]))


def typicality_of(vectors: np.ndarray, rows: Two, artists: np.ndarray, report: Report = silent) -> Typicality:
    """The typicality of the works of two subsets; `report` may stop the computation.

    `vectors` are embeddings, float [n, dimension], `rows` the row numbers of each subset, int, two or more, `artists`
    the artists of all works as numbers, int [n], -1 if not recorded. A work is compared with works by other artists
    only, unless a subset has none: otherwise a series by one artist would be typical of its subset by itself.
    """
    random = np.random.default_rng(SEED)
    middle = np.mean([_mean(vectors, own) for own in rows], axis=0)

    def centred_units(works: np.ndarray) -> np.ndarray:
        return unit(unit(vectors[works]) - middle)

    references = [_sample(random, own, MAX_REFERENCES) for own in rows]
    reference_units = [centred_units(own) for own in references]

    def cosines_with(works: np.ndarray, side: int) -> np.ndarray:
        """The cosines of works with the references of a side, -inf for those that do not count."""
        cosines = centred_units(works) @ reference_units[side].T
        # Neither the work itself nor a copy of its picture counts.
        cosines[(works[:, None] == references[side]) | (cosines >= SAME_PICTURE)] = -np.inf
        own_artist = (artists[works][:, None] == artists[references[side]]) & (artists[works] >= 0)[:, None]
        by_others = np.where(own_artist, -np.inf, cosines)
        return np.where(np.isfinite(by_others).any(axis=1, keepdims=True), by_others, cosines)

    def log_ratios(side: int, works: np.ndarray, concentrations: Sequence[float]) -> np.ndarray:
        """The typicality of works of a subset, float64 [concentrations, works]."""
        to_own, to_other = cosines_with(works, side), cosines_with(works, 1 - side)
        return np.stack([_log_density(to_own, k) - _log_density(to_other, k) for k in concentrations])

    tried = [_sample(random, own, MAX_TRIED) for own in references]
    trials = [log_ratios(side, own, CONCENTRATIONS) for side, own in enumerate(tried)]
    # Cross-entropy: the mean of -log of the probability of the own subset.
    losses = np.mean([np.logaddexp(0, -ratios).mean(axis=1) for ratios in trials], axis=0)
    best = CONCENTRATIONS[int(losses.argmin())]
    scored = [_sample(random, own, MAX_SCORED) for own in rows]
    stage = Stage("Comparing the two sides", sum(map(len, scored)), report)
    values = [np.empty(len(own)) for own in scored]
    for side, own in enumerate(scored):
        for start in range(0, len(own), BLOCK):
            block = slice(start, start + BLOCK)
            values[side][block] = log_ratios(side, own[block], (best,))[0]
            stage.advance(len(own[block]))
    return Typicality((scored[0], scored[1]), (values[0], values[1]), best)


def most_typical(values: np.ndarray, artists: pd.Series, count: int) -> list[int]:
    """The positions of at most `count` works of a subset, the most typical first.

    At most `MAX_OF_ARTIST` works of an artist are included, unless others are too few. `values` is the typicality of
    each work of the subset, float [n], `artists` its artist, missing if not recorded.
    """
    seen: Counter[str] = Counter()
    chosen, passed = [], []
    for position in np.argsort(-values, kind="stable").tolist():
        artist = artists.iloc[position]
        known = not pd.isna(artist)
        if known and seen[artist] >= MAX_OF_ARTIST:
            passed.append(position)
        else:
            chosen.append(position)
            seen[artist] += known
        if len(chosen) == count:
            return chosen
    return sorted([*chosen, *passed[: count - len(chosen)]], key=lambda position: -values[position])


def probability(typicality: float) -> float:
    """The probability that such a work belongs to its own subset, if both are equally likely: 0 to 1."""
    return float(1 / (1 + np.exp(-typicality)))


def _sample(random: np.random.Generator, rows: np.ndarray, size: int) -> np.ndarray:
    return rows if len(rows) <= size else np.sort(random.choice(rows, size, replace=False))


def _mean(vectors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    total = np.zeros(vectors.shape[1])
    for start in range(0, len(rows), BLOCK):
        total += unit(vectors[rows[start : start + BLOCK]]).sum(axis=0, dtype=np.float64)
    return (total / len(rows)).astype(np.float32)


def _log_density(cosines: np.ndarray, concentration: float) -> np.ndarray:
    """float64 [rows]; cosines of -inf do not count."""
    count = np.isfinite(cosines).sum(axis=1)
    kernels = np.exp(concentration * (cosines - 1), dtype=np.float64)
    return np.log(kernels.sum(axis=1) / np.maximum(count, 1) + 1e-300)
