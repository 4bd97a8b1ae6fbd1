"""A collection over time: its periods, and the most typical work of each."""

from dataclasses import dataclass

import numpy as np

from artextract.metadata.dates import span_text
from artextract.vectors import unit

WIDTHS = (5, 10, 25, 50, 100)  # Possible lengths of a period, years
MAX_PERIODS = 14
MIN_WORKS = 5  # Works that a period needs


@dataclass(frozen=True)
class Period:
    """Works of some years."""

    begin: int
    end: int  # The last year of it
    rows: np.ndarray  # int64: rows of its works
    typical: int  # The row of the work nearest to the mean of the works' unit vectors

    @property
    def label(self) -> str:
        """The years as text, such as "1650–1699" or "350–301 BC"."""
        return span_text(self.begin, self.end)


def period_width(years: np.ndarray) -> int:
    """The shortest of `WIDTHS` that divides `years` (float [n], NaN if unknown) into at most `MAX_PERIODS` periods."""
    known = years[np.isfinite(years)]
    span = float(np.ptp(known)) if len(known) else 0.0
    return next((width for width in WIDTHS if span / width < MAX_PERIODS), WIDTHS[-1])


def periods_of(vectors: np.ndarray, years: np.ndarray, width: int) -> list[Period]:
    """The periods of `width` years with at least `MIN_WORKS` works, in order; they begin at multiples of `width`.

    `vectors` are the works' embeddings, float [n, dimension], and `years` their years, float [n], NaN if unknown.
    """
    number = np.floor(years / width)
    periods = []
    for period in np.unique(number[np.isfinite(number)]).astype(int).tolist():
        inside = np.flatnonzero(number == period)
        if len(inside) >= MIN_WORKS:
            units = unit(vectors[inside])
            typical = int(inside[np.linalg.norm(units - units.mean(axis=0), axis=1).argmin()])
            periods.append(Period(period * width, (period + 1) * width - 1, inside, typical))
    return periods
