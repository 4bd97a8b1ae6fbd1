"""A collection over time: the embeddings of its periods, and how the centroid of a style moves.

Embeddings are scaled to unit length and the collection's mean is subtracted, so that what all works
share does not hide the differences. The centroid of a period is the mean of its works.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from artextract.metadata.dates import span_text
from artextract.similarity.evaluation.measures import artist_numbers
from artextract.vectors import unit

WIDTHS = (5, 10, 25, 50, 100)  # Possible lengths of a period, years
MAX_PERIODS = 14
MIN_WORKS = 5  # Works that a centroid needs
ROUNDS = 200  # Permutations
SEED = 0


@dataclass(frozen=True)
class Period:
    """Works of some years."""

    begin: int
    end: int  # The last year of it
    rows: np.ndarray  # int64: rows of its works
    centroid: np.ndarray  # float32 [dimension]
    typical: int  # The work nearest to the centroid

    @property
    def label(self) -> str:
        """The years as text, such as "1650–1699" or "350–301 BC"."""
        return span_text(self.begin, self.end)


def centred(vectors: np.ndarray) -> np.ndarray:
    """Unit vectors minus their mean: float32 [n, dimension]."""
    units = unit(vectors)
    return (units - units.mean(axis=0)).astype(np.float32)


def period_width(years: np.ndarray) -> int:
    """The shortest of `WIDTHS` that divides `years` (float [n], NaN if unknown) into at most `MAX_PERIODS` periods."""
    known = years[np.isfinite(years)]
    span = float(np.ptp(known)) if len(known) else 0.0
    return next((width for width in WIDTHS if span / width < MAX_PERIODS), WIDTHS[-1])


def periods_of(vectors: np.ndarray, years: np.ndarray, rows: np.ndarray, width: int) -> list[Period]:
    """The periods with at least `MIN_WORKS` of the works in `rows`, in order; they begin at multiples of `width`.

    Args:
        vectors: `centred` embeddings of the whole collection.
        years: float [n], NaN where a work has no year.
        rows: int64, the works to include.
        width: years of a period.
    """
    dated = rows[np.isfinite(years[rows])]
    number = np.floor(years[dated] / width).astype(int)
    periods = []
    for period in np.unique(number).tolist():
        inside = dated[number == period]
        if len(inside) >= MIN_WORKS:
            centroid = vectors[inside].mean(axis=0)
            nearest = int(inside[np.linalg.norm(vectors[inside] - centroid, axis=1).argmin()])
            begin = period * width
            periods.append(Period(begin, begin + width - 1, inside, centroid, nearest))
    return periods


def changes(
    vectors: np.ndarray, years: np.ndarray, groups: dict[str, np.ndarray], width: int, artists: np.ndarray
) -> pd.DataFrame:
    """How far the centroid of each group (name → int64, its works) moves from one of its `periods_of` to the next.

    `artists` are the artists of all works as numbers, int [n], -1 if not recorded. One row for each step: `group`,
    `from` and `to` (periods), `works` (in the later period), `moved` (distance of the centroids), `by_chance` (the
    expected distance if nothing changes) and `times` (their ratio).
    """
    rows = []
    for name, works in groups.items():
        for before, after in pairwise(periods_of(vectors, years, works, width)):
            moved = float(np.linalg.norm(after.centroid - before.centroid))
            by_chance = _moved_by_chance(vectors, artists, before.rows, after.rows)
            step = {"group": name, "from": before.label, "to": after.label, "works": len(after.rows)}
            rows.append(step | {"moved": moved, "by_chance": by_chance, "times": moved / max(by_chance, 1e-12)})
    return pd.DataFrame(rows)


def _moved_by_chance(vectors: np.ndarray, artists: np.ndarray, before: np.ndarray, after: np.ndarray) -> float:
    """The mean distance of two centroids if the artists of both periods are exchanged at random.

    An artist keeps all of their works, because these are similar at any time. An unknown artist is another one each
    time. If all works are by one artist, the works are exchanged instead.
    """
    rows = np.concatenate([before, after])
    own = artist_numbers(artists[rows])
    if not own.any():
        own = np.arange(len(rows))
    count = int(own.max()) + 1
    shares = np.bincount(own[: len(before)], minlength=count) / np.bincount(own)
    first = min(max(round(float(shares.sum())), 1), count - 1)  # artists of the earlier period
    drawn = np.random.default_rng(SEED).random((ROUNDS, count)).argsort(axis=1) < first
    sums = np.zeros((count, vectors.shape[1]))
    np.add.at(sums, own, vectors[rows])
    works = np.bincount(own)
    centroids = [(side @ sums) / (side @ works)[:, None] for side in (drawn, ~drawn)]
    return float(np.linalg.norm(centroids[0] - centroids[1], axis=1).mean())


def groups_by(column: pd.Series, most: int) -> dict[str, np.ndarray]:
    """Value → its rows, for the `most` most common values of a column, the most common first."""
    common = column.value_counts().index[:most]
    return {str(name): np.flatnonzero((column == name).to_numpy(dtype=bool)) for name in common}
