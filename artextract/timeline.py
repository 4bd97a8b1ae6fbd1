"""A collection over time: the embeddings of its periods, and how the centroid of a style moves.

Embeddings are scaled to unit length and the collection's mean is subtracted, so that what all works
share does not hide the differences. The centroid of a period is the mean of its works.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.metadata.dates import span_text
from artextract.similarity.evaluation.measures import artist_numbers
from artextract.vectors import unit

WIDTHS = (5, 10, 25, 50, 100)  # Possible lengths of a period, years
MAX_PERIODS = 14
MIN_WORKS = 5  # Works that a centroid needs
TYPICAL = 3
ROUNDS = 200  # Permutations
SEED = 0


@dataclass(frozen=True)
class Period:
    """Works of some years."""

    begin: int
    end: int  # The last year of it
    rows: np.ndarray  # int64: rows of its works
    centroid: np.ndarray  # float32 [dimension]
    spread: float  # Mean Euclidean distance of its works from the centroid
    typical: np.ndarray  # int64: the `TYPICAL` works nearest to the centroid, the nearest first

    @property
    def label(self) -> str:
        """The years as text, such as "1650–1699" or "350–301 BC"."""
        return span_text(self.begin, self.end)


@dataclass(frozen=True)
class Waypoint:
    """The centroid of a group of works in one period."""

    period: str
    count: int  # Works
    x: float
    y: float  # x and y: position in the plane of the two directions in which the centroids differ most
    moved: float  # Distance from the centroid before; NaN for the first
    by_chance: float  # Expected distance of the two centroids if nothing changes: see `_moved_by_chance`


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
            own = vectors[inside]
            centroid = own.mean(axis=0)
            distances = np.linalg.norm(own - centroid, axis=1)
            nearest = inside[np.argsort(distances, kind="stable")[:TYPICAL]]
            begin = period * width
            periods.append(Period(begin, begin + width - 1, inside, centroid, float(distances.mean()), nearest))
    return periods


def period_similarity(periods: Sequence[Period]) -> np.ndarray:
    """Cosine of each two periods' centroids, float64 [n, n], -1…1; 1 on the diagonal."""
    from sklearn.metrics.pairwise import cosine_similarity

    return cosine_similarity(np.stack([period.centroid for period in periods]).astype(np.float64))


def trajectories(
    vectors: np.ndarray, years: np.ndarray, groups: dict[str, np.ndarray], width: int, artists: np.ndarray
) -> dict[str, list[Waypoint]]:
    """How the centroid of each group (name → int64, its works) moves, for groups with at least two `periods_of` them.

    All groups are drawn in one plane: the first two principal components of their centroids. `artists` are the
    artists of all works as numbers, int [n], -1 if not recorded.
    """
    every = {name: periods_of(vectors, years, rows, width) for name, rows in groups.items()}
    moving = {name: periods for name, periods in every.items() if len(periods) > 1}
    if not moving:
        return {}
    centroids = np.stack([period.centroid for periods in moving.values() for period in periods])
    middle = centroids.mean(axis=0)
    _, _, directions = np.linalg.svd(centroids - middle, full_matrices=False)
    plane = directions[:2]
    # The sign of a direction is arbitrary: its largest component is made positive.
    plane = plane * np.sign(plane[np.arange(len(plane)), np.abs(plane).argmax(axis=1)])[:, None]
    return {name: _waypoints(vectors, periods, plane, middle, artists) for name, periods in moving.items()}


def _waypoints(
    vectors: np.ndarray, periods: list[Period], plane: np.ndarray, middle: np.ndarray, artists: np.ndarray
) -> list[Waypoint]:
    waypoints: list[Waypoint] = []
    for before, period in zip([None, *periods], periods, strict=False):
        moved = by_chance = float("nan")
        if before is not None:
            moved = float(np.linalg.norm(period.centroid - before.centroid))
            by_chance = _moved_by_chance(vectors, artists, before.rows, period.rows)
        x, y = (float(value) for value in plane @ (period.centroid - middle))
        waypoints.append(Waypoint(period.label, len(period.rows), x, y, moved, by_chance))
    return waypoints


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
