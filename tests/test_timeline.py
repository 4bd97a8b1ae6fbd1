"""A collection over time: periods and the changes of groups."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.timeline import MAX_PERIODS, MIN_WORKS, WIDTHS, centred, changes, groups_by, period_width, periods_of


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
    flat = centred(vectors)
    periods = periods_of(flat, years, np.arange(400), 50)
    assert [period.label for period in periods] == [f"{begin}–{begin + 49}" for begin in range(1500, 1900, 50)]
    assert sum(len(period.rows) for period in periods) == 399
    for period in periods:
        inside = years[period.rows]
        assert inside.min() >= period.begin
        assert inside.max() < period.end + 1
        assert np.allclose(period.centroid, flat[period.rows].mean(axis=0), atol=1e-6)
        distances = np.linalg.norm(flat[period.rows] - period.centroid, axis=1)
        assert period.typical == period.rows[distances.argmin()]


def test_few_works_make_no_period() -> None:
    vectors, years = drifting(MIN_WORKS - 1, 0)
    assert periods_of(centred(vectors), years * 0 + 1600, np.arange(len(years)), 50) == []


def test_a_style_that_moves_is_told_from_one_that_stays() -> None:
    moving, years = drifting(500, 0.5)
    still, other = drifting(500, 0.0, seed=1)
    flat = centred(np.vstack([moving, still]))
    when = np.concatenate([years, other])
    groups = {"moves": np.arange(500), "stays": np.arange(500, 1000)}
    table = changes(flat, when, groups, 100, np.full(1000, -1))
    assert list(table["from"][:3]) == ["1500–1599", "1600–1699", "1700–1799"]
    assert list(table["to"][:3]) == ["1600–1699", "1700–1799", "1800–1899"]
    assert table.query("group == 'moves'")["times"].min() > 3
    assert table.query("group == 'stays'")["times"].max() < 2
    last = int(((years >= 1800) & (years < 1900)).sum())
    assert table["works"][2] == last


def test_two_artists_alone_are_no_change_of_a_style() -> None:
    """Each of them has a look of their own and works in one period: of one fact each, nothing is sure."""
    looks = np.eye(16)[:6]
    artists = np.repeat(np.arange(6), 30)
    vectors = looks[artists] + np.random.default_rng(0).normal(scale=0.05, size=(180, 16))
    years = np.where(artists % 2, 1650.0, 1550.0)
    groups = {"two artists": np.flatnonzero(artists < 2), "six artists": np.arange(180)}
    table = changes(centred(vectors), years, groups, 100, artists)
    assert list(table["group"]) == list(groups)
    assert list(table["moved"]) == pytest.approx(list(table["by_chance"]), rel=0.15)
    alone = changes(centred(vectors), years, {"one": np.arange(180)}, 100, np.zeros(180, int))
    assert alone["times"].min() > 3  # the works of one artist are exchanged


def test_a_group_of_one_period_has_no_changes() -> None:
    vectors, years = drifting(40, 0)
    assert changes(centred(vectors), years * 0 + 1600, {"one": np.arange(40)}, 50, np.zeros(40, int)).empty


@given(st.lists(st.floats(-3000, 2100, allow_nan=False), max_size=30))
def test_there_are_never_too_many_periods(values: list[float]) -> None:
    years = np.array([*values, np.nan])
    width = period_width(years)
    assert width in WIDTHS
    span = np.ptp(years[:-1]) if values else 0
    assert span / width < MAX_PERIODS or width == WIDTHS[-1]


def test_groups_are_the_commonest_values() -> None:
    column = pd.Series(["b", "a", "b", None, "c", "a", "b"], dtype="str")
    found = groups_by(column, 2)
    assert list(found) == ["b", "a"]
    assert found["a"].tolist() == [1, 5]


def test_a_period_before_christ_is_labelled_so() -> None:
    vectors = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    years = np.array([-340.0] * 6 + [20.0] * 6)
    periods = periods_of(vectors, years, np.arange(12), 50)
    assert [period.label for period in periods] == ["350–301 BC", "1–49"]
