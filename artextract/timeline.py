"""A collection in time: its periods by their embeddings, and how a style moves through them.

Embeddings are brought to length 1 and the collection's mean is taken away, so that what all works
have in common doesn't hide how periods differ. A period's centroid is the mean of its works.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

WIDTHS = (5, 10, 25, 50, 100)
"""Years that a period may have."""
MOST_PERIODS = 14
LEAST_WORKS = 5
"""Works from which a centroid is worth drawing."""
TYPICAL = 3


@dataclass(frozen=True)
class Period:
    """Works of some years."""

    begin: int
    end: int
    """The last year of it."""
    rows: np.ndarray
    """int64: which works."""
    centroid: np.ndarray
    """float32 [dimension]."""
    spread: float
    """Mean distance of its works from the centroid, in the unit of the centred embeddings."""
    typical: np.ndarray
    """int64: the `TYPICAL` works nearest to the centroid, the nearest first."""

    @property
    def label(self) -> str:
        """Such as "1650–1699"."""
        return f"{self.begin}–{self.end}"


@dataclass(frozen=True)
class Waypoint:
    """Where a group of works is in one period, on its way through time."""

    period: str
    year: float
    """The middle of the period."""
    count: int
    x: float
    y: float
    """In the plane of the two directions in which the centroids that are shown differ the most."""
    moved: float
    """Distance of its centroid from the one before; NaN for the first."""
    by_chance: float
    """Distance that two centroids of so many works have on average where nothing moves."""


def centred(vectors: np.ndarray) -> np.ndarray:
    """Embeddings at length 1, less their mean: float32 [n, dimension]."""
    from sklearn.preprocessing import normalize

    units = normalize(vectors)
    return (units - units.mean(axis=0)).astype(np.float32)


def period_width(years: np.ndarray) -> int:
    """Years of a period, so that there are `MOST_PERIODS` at the most.

    Args:
        years: float [n], NaN where a work has none.
    """
    known = years[np.isfinite(years)]
    span = float(np.ptp(known)) if len(known) else 0.0
    return next((width for width in WIDTHS if span / width < MOST_PERIODS), WIDTHS[-1])


def periods_of(vectors: np.ndarray, years: np.ndarray, rows: np.ndarray, width: int) -> list[Period]:
    """The periods of some works, those with `LEAST_WORKS` works or more, in their order.

    Args:
        vectors: `centred` embeddings of the whole collection.
        years: float [n], the year of each work, NaN where there is none.
        rows: int64, the works to look at.
        width: years of a period; periods begin at its multiples.
    """
    dated = rows[np.isfinite(years[rows])]
    number = np.floor(years[dated] / width).astype(int)
    found = []
    for one in np.unique(number):
        inside = dated[number == one]
        if len(inside) >= LEAST_WORKS:
            found.append(_period(vectors, inside, int(one) * width, width))
    return found


def likeness(periods: Sequence[Period]) -> np.ndarray:
    """Cosine of each two periods' centroids, float64 [n, n], -1…1; 1 on the diagonal."""
    from sklearn.metrics.pairwise import cosine_similarity

    centroids = np.stack([period.centroid for period in periods]).astype(np.float64)
    return cosine_similarity(centroids)


def paths(
    vectors: np.ndarray, years: np.ndarray, groups: dict[str, np.ndarray], width: int
) -> dict[str, list[Waypoint]]:
    """How the centroid of each group moves from period to period.

    All groups are drawn in one plane: the first two principal components of their centroids.

    Args:
        vectors: `centred` embeddings of the whole collection.
        years: float [n], NaN where a work has none.
        groups: name → int64, the works of it.
        width: years of a period.

    Returns:
        The groups that have at least two periods to go through.
    """
    found = {name: periods_of(vectors, years, rows, width) for name, rows in groups.items()}
    found = {name: periods for name, periods in found.items() if len(periods) > 1}
    if not found:
        return {}
    every = np.stack([one.centroid for periods in found.values() for one in periods])
    middle = every.mean(axis=0)
    _, _, directions = np.linalg.svd(every - middle, full_matrices=False)
    plane = directions[:2]
    # A direction's sign means nothing: the larger part of it is counted as upwards.
    plane = plane * np.sign(plane[np.arange(len(plane)), np.abs(plane).argmax(axis=1)])[:, None]
    return {name: _steps(vectors, periods, plane, middle) for name, periods in found.items()}


def _steps(vectors: np.ndarray, periods: list[Period], plane: np.ndarray, middle: np.ndarray) -> list[Waypoint]:
    steps: list[Waypoint] = []
    before: Period | None = None
    for period in periods:
        x, y = (float(v) for v in plane @ (period.centroid - middle))
        moved = by_chance = float("nan")
        if before is not None:
            moved = float(np.linalg.norm(period.centroid - before.centroid))
            by_chance = float(np.sqrt(_error(vectors, before) + _error(vectors, period)))
        steps.append(
            Waypoint(
                period.label,
                (period.begin + period.end + 1) / 2,
                len(period.rows),
                x,
                y,
                moved,
                by_chance,
            )
        )
        before = period
    return steps


def _error(vectors: np.ndarray, period: Period) -> float:
    """Squared standard error of a centroid."""
    away = vectors[period.rows] - period.centroid
    count = len(period.rows)
    return float((away**2).sum() / (count - 1) / count)


def _period(vectors: np.ndarray, rows: np.ndarray, begin: int, width: int) -> Period:
    own = vectors[rows]
    centroid = own.mean(axis=0)
    distances = np.linalg.norm(own - centroid, axis=1)
    nearest = rows[np.argsort(distances, kind="stable")[:TYPICAL]]
    return Period(begin, begin + width - 1, rows, centroid, float(distances.mean()), nearest)


def groups_by(column: pd.Series, most: int) -> dict[str, np.ndarray]:
    """The works of each of the commonest values of a column, the commonest first.

    Args:
        column: one value a work, missing where there is none.
        most: values at the most.
    """
    common = column.value_counts().index[:most]
    return {str(name): np.flatnonzero((column == name).to_numpy(dtype=bool)) for name in common}
