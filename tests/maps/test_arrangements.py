"""Works of a map in a grid and in groups: nothing overlaps, and what was together stays together."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from artextract.maps import grid as grid_module
from artextract.maps.grid import PROPORTIONS, grid, spread
from artextract.maps.groups import LABEL, Group, by_category, by_year, years_per_column


def projection(count: int) -> np.ndarray:
    """A map in heaps, as t-SNE makes them, with two works at one point."""
    random = np.random.default_rng(count)
    centres = random.uniform(-1, 1, (1 + count // 40, 2))
    positions = centres[random.integers(len(centres), size=count)] + random.normal(scale=0.05, size=(count, 2))
    positions[-1] = positions[0]
    return positions.clip(-1.05, 1.05).astype(np.float32)


def kept(before: np.ndarray, after: np.ndarray, k: int = 10) -> float:
    """The share of the `k` nearest works that are among the `k` nearest afterwards."""
    near, still = (
        NearestNeighbors(n_neighbors=k).fit(each).kneighbors(return_distance=False)
        for each in (before, after * [PROPORTIONS, 1])
    )
    return float(np.mean([len({*left} & {*right}) / k for left, right in zip(near, still, strict=True)]))


def assert_apart(positions: np.ndarray) -> None:
    """No two cells overlap, in the proportions of the panel."""
    assert np.abs(positions).max() <= 1
    panel = positions.astype(np.float64) * [PROPORTIONS, 1]
    distances = NearestNeighbors(n_neighbors=1).fit(panel).kneighbors()[0][:, 0]
    assert distances.min() > 0.9 * np.median(distances)


@pytest.mark.parametrize("count", [300, 2_000])
def test_a_grid_has_no_overlap_and_keeps_neighbours(count: int) -> None:
    before = projection(count)
    after = grid(before)
    assert_apart(after)
    shuffled = after[np.random.default_rng(0).permutation(count)]
    assert kept(before, after) > 0.45
    assert kept(before, shuffled) < 0.1
    np.testing.assert_array_equal(grid(before), after)
    assert all(np.corrcoef(before[:, axis], after[:, axis])[0, 1] > 0.5 for axis in (0, 1))  # not upside down


def test_a_spread_map_fills_its_frame_and_keeps_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    before = projection(2_000)
    before[5] = [90, -70]  # an outlier

    def filled(positions: np.ndarray) -> int:
        return len(np.unique((positions * 10).astype(int), axis=0))

    after = spread(before)
    assert np.abs(after).max() <= 1
    assert filled(after) > 1.2 * filled(np.delete(before, 5, axis=0))
    assert kept(before, after) > 0.6
    monkeypatch.setattr(grid_module, "SAMPLE", 500)
    assert np.abs(spread(before) - after).mean() < 0.1


@given(st.integers(1, 200))
def test_a_grid_fills_the_panel_at_any_number_of_works(count: int) -> None:
    after = grid(projection(count)).astype(np.float64)
    assert len(np.unique(after, axis=0)) == count
    columns, rows = (len(np.unique(after[:, axis])) for axis in (0, 1))
    assert columns * (rows - 1) < count <= columns * rows
    assert after[:, 0].max() < 1 + 1e-6 > after[:, 1].max()


def everyone(groups: Sequence[Group]) -> list[int]:
    return sorted(row for group in groups for row in group.rows.tolist())


def test_years_are_columns_from_left_to_right_with_the_undated_at_the_end() -> None:
    before, random = projection(600), np.random.default_rng(1)
    years = np.where(random.random(600) < 0.1, np.nan, random.normal(1880, 30, 600)).astype(np.float32)
    arranged = by_year(before, years)
    after, groups = arranged.positions, arranged.groups
    assert_apart(after)
    assert everyone(groups) == list(range(600))
    span = years_per_column(int(np.nanmin(years)), int(np.nanmax(years)))
    for earlier, later in pairwise(groups):
        assert after[earlier.rows, 0].max() < after[later.rows, 0].min()
    *columns, undated = groups
    assert undated.name == undated.label == "No year"
    assert np.isnan(years[undated.rows]).all()
    for column in columns:
        begin = int(column.label)
        assert column.name == f"{begin}–{begin + span - 1}"
        assert ((years[column.rows] >= begin) & (years[column.rows] < begin + span)).all()
        assert after[column.rows, 1].min() == pytest.approx(after[:, 1].min())  # all stand on the axis
        assert column.y < after[:, 1].min()


def test_columns_of_years_bc_and_works_without_any_year() -> None:
    some = by_year(projection(4), np.array([-350.0, -349, 5, np.nan]))
    assert [group.label for group in some.groups] == ["360 BC", "1", "No year"]
    none = by_year(projection(50), np.full(50, np.nan))
    assert [group.name for group in none.groups] == ["No year"]
    assert_apart(none.positions)


@given(st.lists(st.integers(-1, 14), min_size=1, max_size=300))
def test_categories_are_apart_each_under_its_label(codes: list[int]) -> None:
    names = [f"style {code}" for code in range(15)]
    arranged = by_category(projection(len(codes)), np.array(codes), names)
    after, groups = arranged.positions, arranged.groups
    assert len(np.unique(after, axis=0)) == len(codes)
    assert np.abs(after).max() <= 1
    assert everyone(groups) == list(range(len(codes)))
    for group in groups:
        assert {(names + ["Not recorded"])[codes[row]] for row in group.rows} == {group.name}
        assert group.label == f"{group.name} ({len(group.rows):,})"
        assert after[group.rows, 1].max() < group.y < after[group.rows, 1].max() + LABEL + 2 / len(codes) ** 0.5
        (left, low), (right, high) = after[group.rows].min(axis=0), after[group.rows].max(axis=0)
        others = np.delete(after, group.rows, axis=0)
        inside = (others >= [left, low]) & (others <= [right, high])
        assert not inside.all(axis=1).any()


def test_a_category_keeps_neighbours_together() -> None:
    before = projection(900)
    codes = np.arange(900) % 3
    arranged = by_category(before, codes, ["first", "second", "third"])
    after = arranged.positions
    assert_apart(after)
    for group in arranged.groups:
        assert kept(before[group.rows], after[group.rows]) > 0.4
