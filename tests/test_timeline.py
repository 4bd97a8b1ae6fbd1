"""A collection over time: its periods."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from artextract.timeline import MAX_PERIODS, MIN_WORKS, WIDTHS, period_width, periods_of
from artextract.vectors import unit


def drifting(count: int, drift: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings that turn with the years by `drift` radians a century, and the years."""
    random = np.random.default_rng(seed)
    years = random.uniform(1500, 1899, count)
    angle = drift * (years - 1500) / 100
    vectors = random.normal(scale=0.08, size=(count, 16))
    vectors[:, 0] += np.cos(angle)
    vectors[:, 1] += np.sin(angle)
    return vectors.astype(np.float32), years


def test_periods_hold_their_years_and_their_typical_works() -> None:
    vectors, years = drifting(400, 0.5)
    years[7] = np.nan
    units = unit(vectors)
    periods = periods_of(vectors, years, 50)
    assert [period.label for period in periods] == [f"{begin}–{begin + 49}" for begin in range(1500, 1900, 50)]
    assert sum(len(period.rows) for period in periods) == 399
    for period in periods:
        inside = years[period.rows]
        assert inside.min() >= period.begin
        assert inside.max() < period.end + 1
        distances = np.linalg.norm(units[period.rows] - units[period.rows].mean(axis=0), axis=1)
        assert period.typical == period.rows[distances.argmin()]


def test_few_works_make_no_period() -> None:
    vectors, years = drifting(MIN_WORKS - 1, 0)
    assert periods_of(vectors, years * 0 + 1600, 50) == []


@given(st.lists(st.floats(-3000, 2100, allow_nan=False), max_size=30))
def test_there_are_never_too_many_periods(values: list[float]) -> None:
    years = np.array([*values, np.nan])
    width = period_width(years)
    assert width in WIDTHS
    span = np.ptp(years[:-1]) if values else 0
    assert span / width < MAX_PERIODS or width == WIDTHS[-1]


def test_a_period_before_christ_is_labelled_so() -> None:
    vectors = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    years = np.array([-340.0] * 6 + [20.0] * 6)
    periods = periods_of(vectors, years, 50)
    assert [period.label for period in periods] == ["350–301 BC", "1–49"]
