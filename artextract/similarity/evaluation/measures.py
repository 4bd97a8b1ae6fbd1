"""Measures of ranked answers, with confidence intervals."""

from dataclasses import dataclass

import numpy as np

ROUNDS = 1000  # Bootstrap samples
PRECISIONS = (1, 5, 10)


@dataclass(frozen=True)
class Estimate:
    """A mean over queries with its 95% interval."""

    value: float
    low: float
    high: float


def ranking_measures(relevant: np.ndarray) -> dict[str, np.ndarray]:
    """Measures of each query's answers, bool [q, 10] from the nearest: float64 [q] each, 0 to 1.

    `p1`, `p5`, `p10`: precision, the share of relevant answers among the first k. `map10`: average precision over the
    first ten, that is the mean over ten places of the precision up to each relevant answer, and 0 for the others.
    """
    places = np.arange(1, relevant.shape[1] + 1)
    precision_so_far = relevant.cumsum(axis=1) / places
    precisions = {f"p{k}": relevant[:, :k].mean(axis=1) for k in PRECISIONS}
    return precisions | {"map10": (precision_so_far * relevant).mean(axis=1)}


def artist_numbers(codes: np.ndarray) -> np.ndarray:
    """Artists for `ArtistBootstrap`, int64 [q], from codes, int [q], with -1 for none: each of these is one artist."""
    codes = codes.copy()
    unknown = codes < 0
    codes[unknown] = codes.max(initial=-1) + 1 + np.arange(unknown.sum())
    return np.unique(codes, return_inverse=True)[1]


class ArtistBootstrap:
    """Intervals over other choices of artists (cluster bootstrap: Davison and Hinkley, "Bootstrap
    Methods and their Application", 1997, section 3.8).

    Paintings of one artist are similar, so queries do not vary independently: artists are drawn
    with replacement, each with all of their queries. All estimates use the same draws.
    """

    def __init__(self, artists: np.ndarray, seed: int = 0) -> None:
        """Draw the samples for queries of these artists, int64 [q], 0 … artists - 1."""
        self._artists = artists
        self._count = int(artists.max()) + 1
        even = np.full(self._count, 1 / self._count)
        self._weights = np.random.default_rng(seed).multinomial(self._count, even, size=ROUNDS)

    def estimates(self, measures: dict[str, np.ndarray], counted: np.ndarray) -> dict[str, Estimate]:
        """The mean of each measure, float [q], over the `counted` queries, bool [q], with its interval."""
        artists = self._artists[counted]
        drawn = self._weights @ np.bincount(artists, minlength=self._count)
        estimates = {}
        for name, values in measures.items():
            sums = np.bincount(artists, values[counted], self._count)
            means = (self._weights @ sums)[drawn > 0] / drawn[drawn > 0]
            low, high = np.quantile(means, [0.025, 0.975])
            estimates[name] = Estimate(float(values[counted].mean()), float(low), float(high))
        return estimates
