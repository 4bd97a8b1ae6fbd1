"""How typical each work is of its own side, and not of the other.

How densely a side's works lie around a work is the mean of a kernel over them, the work itself left
out: p(x) = mean of exp(k cos(x, y)) over the side's works y, the density on a sphere after von
Mises and Fisher (Hall, Watson and Cabrera 1987, "Kernel density estimation with spherical data").
A work's typicality is log(p(own side) / p(other side)). A mean does not grow with the number of its
terms, so a large side is not denser for being large. Both sides counted as equally likely, the
logistic function of it is the probability that such a work comes from its own side (Hand 1982,
"Kernel discriminant analysis").

Cosines are taken after the middle between both sides' means is subtracted. The concentration k is
that of `CONCENTRATIONS` which tells the sides apart best: the least cross-entropy of those
probabilities, each side weighing the same.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.maps.placement import SAME_PICTURE
from artextract.progress import Report, Stage, silent
from artextract.similarity.vectors import checked_unit

MOST_COMPARED = 2000
"""Works of a side that the others are compared with: a sample of a larger side."""
CONCENTRATIONS = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
MOST_LOOKED_AT = 20_000
"""Works of a side of which it is computed how typical they are: of a larger side a sample, since
somebody waits for it."""
MOST_ASKED = 500
"""Works of each side that choose among them."""
MOST_OF_ARTIST = 2
BLOCK = 1024
"""Works compared at once."""
SEED = 0


@dataclass(frozen=True)
class Typical:
    """The works of both sides by how typical they are; of a very large side a part of them."""

    of_one: np.ndarray
    """int64: the rows of the first side's works that were looked at."""
    of_other: np.ndarray
    """int64: of the second's likewise."""
    one: np.ndarray
    """float64: of each of `of_one` log(p(own side) / p(other side))."""
    other: np.ndarray
    """float64: of each of `of_other` likewise."""
    concentration: float
    """k."""

    @property
    def told_apart(self) -> float:
        """The part of the works that lie denser on their own side, the mean of both sides: 0.5
        where the sides are alike, 1 where they are quite apart."""
        return float(np.mean([(self.one > 0).mean(), (self.other > 0).mean()]))


def typical_works(vectors: np.ndarray, of_one: np.ndarray, of_other: np.ndarray, report: Report = silent) -> Typical:
    """How typical each work of two sides is of its own.

    Args:
        vectors: embeddings, float [n, dimension].
        of_one: the rows of the first side's, int; at least two.
        of_other: of the second's.
        report: told of it; it may stop it.
    """
    random = np.random.default_rng(SEED)
    middle = np.mean([_mean(vectors, rows) for rows in (of_one, of_other)], axis=0)
    sides = [
        _Compared(rows, vectors, middle)
        for rows in (_some(random, of_one, MOST_COMPARED), _some(random, of_other, MOST_COMPARED))
    ]
    asked = [_some(random, side.rows, MOST_ASKED) for side in sides]
    trials = [_ratios(sides[number], sides[1 - number], rows, CONCENTRATIONS) for number, rows in enumerate(asked)]
    # Cross-entropy: the mean of -log of the probability of the own side.
    losses = np.mean([np.logaddexp(0, -found).mean(axis=1) for found in trials], axis=0)
    best = CONCENTRATIONS[int(losses.argmin())]
    looked_at = [_some(random, rows, MOST_LOOKED_AT) for rows in (of_one, of_other)]
    stage = Stage("Comparing the two sides", sum(map(len, looked_at)), report)
    ratios = []
    for number, rows in enumerate(looked_at):
        found = []
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            found.append(_ratios(sides[number], sides[1 - number], block, (best,))[0])
            stage.advance(len(block))
        ratios.append(np.concatenate(found))
    return Typical(looked_at[0], looked_at[1], ratios[0], ratios[1], best)


def most_typical(typicality: np.ndarray, artists: pd.Series, count: int) -> list[int]:
    """The places of a side's most typical works, the most typical first.

    Of an artist no more than `MOST_OF_ARTIST` are among them, unless there are too few others: else
    one whose works are many and alike would be all that is seen.

    Args:
        typicality: of each work of the side, float [n].
        artists: of each, missing where none is recorded.
        count: how many works at the most.
    """
    seen: Counter[str] = Counter()
    chosen, passed = [], []
    for place in np.argsort(-typicality, kind="stable").tolist():
        artist = artists.iloc[place]
        known = not pd.isna(artist)
        if known and seen[artist] >= MOST_OF_ARTIST:
            passed.append(place)
        else:
            chosen.append(place)
            seen[artist] += known
        if len(chosen) == count:
            return chosen
    return sorted([*chosen, *passed[: count - len(chosen)]], key=lambda one: -typicality[one])


def probability(typicality: float) -> float:
    """That such a work comes from its own side, both being equally likely: 0 to 1."""
    return float(1 / (1 + np.exp(-typicality)))


class _Compared:
    """Works of a side that others are compared with."""

    def __init__(self, rows: np.ndarray, vectors: np.ndarray, middle: np.ndarray) -> None:
        self.rows = rows
        self._vectors, self._middle = vectors, middle
        self._units = self.units_of(rows)

    def units_of(self, rows: np.ndarray) -> np.ndarray:
        """The embeddings of any works as seen from the middle, float32 [rows, dimension]."""
        return checked_unit(checked_unit(self._vectors[rows]) - self._middle)

    def cosines(self, units: np.ndarray) -> np.ndarray:
        """With each of these works, float32 [units, works]."""
        return units @ self._units.T


def _ratios(own: _Compared, other: _Compared, rows: np.ndarray, concentrations: Sequence[float]) -> np.ndarray:
    """The typicality of some works of the own side, float64 [concentrations, rows]."""
    units = own.units_of(rows)
    here, there = own.cosines(units), other.cosines(units)
    # Neither itself nor another print of the same file says what is like it.
    here[(rows[:, None] == own.rows) | (here >= SAME_PICTURE)] = -np.inf
    return np.stack([_density(here, k) - _density(there, k) for k in concentrations])


def _some(random: np.random.Generator, rows: np.ndarray, most: int) -> np.ndarray:
    return rows if len(rows) <= most else np.sort(random.choice(rows, most, replace=False))


def _mean(vectors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    total = np.zeros(vectors.shape[1])
    for start in range(0, len(rows), BLOCK):
        total += checked_unit(vectors[rows[start : start + BLOCK]]).sum(axis=0, dtype=np.float64)
    return (total / len(rows)).astype(np.float32)


def _density(cosines: np.ndarray, concentration: float) -> np.ndarray:
    """Its logarithm, float64 [rows]; cosines of -inf don't count."""
    count = np.isfinite(cosines).sum(axis=1)
    kernels = np.exp(concentration * (cosines - 1), dtype=np.float64)
    return np.log(kernels.sum(axis=1) / np.maximum(count, 1) + 1e-300)
