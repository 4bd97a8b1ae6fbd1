"""Figures of ranked answers, with intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

ROUNDS = 1000
"""Of the bootstrap."""
PRECISIONS = (1, 5, 10)


@dataclass(frozen=True)
class Figure:
    """A mean over queries with its 95 % interval."""

    value: float
    low: float
    high: float

    def points(self) -> str:
        """A gain in points of per cent with its interval: "+1.7 (+0.9 to +2.4)"."""
        value, low, high = (100 * part for part in (self.value, self.low, self.high))
        return f"{value:+.1f} ({low:+.1f} to {high:+.1f})"


def measures(right: np.ndarray) -> dict[str, np.ndarray]:
    """What each query gets, float64 [q] each, 0…1.

    `p1`, `p5`, `p10`: the share of right answers among the first so many. `map10`: average
    precision over the first ten: the mean over the ten places of precision up to there where the
    answer is right, and 0 where it isn't (there are ten right answers or more).

    Args:
        right: bool [q, 10], the nearest answer first.
    """
    places = np.arange(1, right.shape[1] + 1)
    so_far = right.cumsum(axis=1) / places
    found = {f"p{k}": right[:, :k].mean(axis=1) for k in PRECISIONS}
    return found | {"map10": (so_far * right).mean(axis=1)}


class Bootstrap:
    """Intervals over what would come with other artists (the cluster bootstrap: Davison and
    Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8).

    Paintings of one hand are alike, so queries don't vary one by one: artists are drawn with
    replacement, each with all its queries. The same draws serve whatever is compared.
    """

    def __init__(self, hands: np.ndarray, seed: int = 0) -> None:
        """Take whose each query is, int64 [q], 0 … artists - 1."""
        self._hands = hands
        self._count = int(hands.max(initial=-1)) + 1
        rng = np.random.default_rng(seed)
        even = np.full(self._count, 1 / max(self._count, 1))
        self._weights = rng.multinomial(self._count, even, size=ROUNDS) if self._count else None

    def figure(self, values: np.ndarray, counted: np.ndarray) -> Figure:
        """The mean of the counted queries' values and its interval.

        Args:
            values: float [q].
            counted: bool [q], one at least.
        """
        hands, own = self._hands[counted], values[counted]
        sums = np.bincount(hands, own, self._count)
        counts = np.bincount(hands, minlength=self._count)
        assert self._weights is not None  # a query has a hand
        drawn = self._weights @ counts
        means = (self._weights @ sums)[drawn > 0] / drawn[drawn > 0]
        low, high = np.quantile(means, [0.025, 0.975])
        return Figure(float(own.mean()), float(low), float(high))


@dataclass(frozen=True)
class Hubness:
    """How unevenly a gallery's works come up as neighbours."""

    skew: float
    """Skewness of how often each is among the ten nearest (Radovanović, Nanopoulos and Ivanović,
    "Hubs in Space", JMLR 11, 2010): 0 is even, above some 2 a few works are near to everything."""
    most: int
    """How often the commonest of them is."""
    never: float
    """The share that is among nobody's ten, 0…1."""


def hubness(neighbours: np.ndarray, gallery: np.ndarray) -> Hubness:
    """Of the lists of all queries.

    Args:
        neighbours: int [q, k], rows of works; -1 where there is none.
        gallery: int [g], the rows that could come up.
    """
    from scipy.stats import skew

    counts = np.bincount(neighbours[neighbours >= 0], minlength=int(gallery.max()) + 1)[gallery]
    uneven = float(skew(counts)) if counts.std() > 0 else 0.0
    return Hubness(uneven, int(counts.max()), float((counts == 0).mean()))


def means(columns: Mapping[str, list[float | None]]) -> dict[str, float | None]:
    """The mean of each column's known values; None where none is known."""
    known = {name: [v for v in values if v is not None] for name, values in columns.items()}
    return {name: float(np.mean(v)) if v else None for name, v in known.items()}
