"""Works in groups on a map: stacked over a time axis, or side by side by category.

Each group is a small grid in which similar works are together (`maps.grid`). All cells have the same size: the largest
with which everything has room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from artextract.maps.grid import PROPORTIONS, assign, cells
from artextract.metadata.dates import span_text, year_text

SPANS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)  # Possible years per column
COLUMNS = 24  # Most columns of the time axis
LABEL = 0.1  # Height of a label; the map's height is 2
BETWEEN = 1.15  # Distance of two columns of the time axis, in widths of a column
MIN_SHARE = 1 / 16  # Least share of the map's width for a group: room for its label


@dataclass(frozen=True)
class Group:
    """Works that are together on a map."""

    name: str
    label: str
    rows: np.ndarray  # int64, rising
    x: float
    y: float  # x and y: the middle of the label


@dataclass(frozen=True)
class Arrangement:
    """Works of a map in cells that do not overlap."""

    positions: np.ndarray  # float32 [n, 2], within ±1
    cell: float  # Width of a cell; its height is `PROPORTIONS` as large, so it is square in the panel
    groups: Sequence[Group] = ()


def years_per_column(first: int, last: int) -> int:
    """The shortest of `SPANS` that divides the years from `first` to `last` into at most `COLUMNS` columns."""
    return next((span for span in SPANS if last // span - first // span < COLUMNS), SPANS[-1])


def by_year(positions: np.ndarray, years: np.ndarray) -> Arrangement:
    """The works of a map stacked over a time axis; those without a year are at the right end.

    Args:
        positions: on the map, float [n, 2]; they decide which works are together within a column.
        years: float [n], NaN for an unknown year.

    Returns:
        The works in columns; the groups are the columns that have works.
    """
    undated = np.flatnonzero(np.isnan(years))
    known = np.floor(years[~np.isnan(years)]).astype(np.int64)
    first, last = (int(known.min()), int(known.max())) if len(known) else (0, 0)
    span = years_per_column(first, last)
    column = np.floor(years / span) - first // span  # NaN for the undated
    columns = last // span - first // span + 1
    stacks = [np.flatnonzero(column == number) for number in range(columns)]
    largest = max(map(len, stacks))
    high = 0
    while high < max(largest, len(undated)):  # the higher the stacks, the fewer cells side by side, and the larger
        stacked = ceil(largest / (high + 1))
        beside = ceil(len(undated) / (high + 1))
        width = 2 / (columns * stacked * BETWEEN + (beside + stacked if beside else 0))
        if high and (high + 1) * width * PROPORTIONS > 2 - LABEL:
            break
        high, side, wide, wide_undated = high + 1, width, stacked, beside
    placed, groups = np.empty((len(positions), 2), dtype=np.float32), []
    bottom = LABEL - 1
    for number, rows in enumerate([*stacks, undated]):
        if not len(rows):
            continue
        is_dated = number < columns
        left = -1 + number * wide * BETWEEN * side + (0 if is_dated else wide * side)
        free = cells(len(rows), wide if is_dated else wide_undated)
        top = bottom + (free[-1, 1] + 1) * side * PROPORTIONS
        placed[rows] = _in_block(positions[rows], free * [1, -1] + [0, free[-1, 1]], left, top, side)
        begin = (first // span + number) * span
        name = span_text(begin, begin + span - 1) if is_dated else "No year"
        label = year_text(begin or 1) if is_dated else name
        middle = left + (wide if is_dated else wide_undated) * side / 2
        groups.append(Group(name, label, rows, middle, bottom - LABEL / 2))
    return Arrangement(placed, side, groups)


def by_category(positions: np.ndarray, codes: np.ndarray, names: Sequence[str]) -> Arrangement:
    """The works of a map in one block per category, side by side in rows.

    Args:
        positions: on the map, float [n, 2]; they decide which works are together within a block.
        codes: int [n], the place in `names`, which is the order of the blocks; -1 for works without a value, the last.

    Returns:
        The works in blocks; the groups are the blocks that have works.
    """
    named = [(np.flatnonzero(codes == code), name) for code, name in [*enumerate(names), (-1, "Not recorded")]]
    named = [(rows, name) for rows, name in named if len(rows)]
    counts = [len(rows) for rows, _ in named]
    across = ceil((len(codes) * PROPORTIONS) ** 0.5)
    while (shelves := _shelves(counts, across)) is None:
        across += 1 + across // 30
    side = 2 / across
    placed, groups, top = np.empty((len(positions), 2), dtype=np.float32), [], 1.0
    remaining = iter(named)
    for widths, high in shelves:
        left = -1.0
        for wide in widths:
            rows, name = next(remaining)
            placed[rows] = _in_block(positions[rows], cells(len(rows), wide), left, top - LABEL, side)
            label = f"{name} ({len(rows):,})"
            groups.append(Group(name, label, rows, left + wide * side / 2, top - LABEL / 2))
            left += (wide + _gap(across)) * side
        top -= LABEL + high * side * PROPORTIONS
    return Arrangement(placed, side, groups)


def _in_block(positions: np.ndarray, free: np.ndarray, left: float, top: float, side: float) -> np.ndarray:
    """Works in the cells `free`, int [n, 2], of a block with this upper left corner; `side` is a cell's width."""
    return (assign(positions, free) + 0.5) * [side, -side * PROPORTIONS] + [left, top]


def _gap(across: int) -> int:
    """Cells between two blocks, if `across` cells are side by side."""
    return ceil(across / 60)


def _shelves(counts: Sequence[int], across: int) -> list[tuple[list[int], int]] | None:
    """Blocks of `counts` works in rows of at most `across` cells: the widths of a row's blocks, and its height.

    The blocks keep their order, and the rows have the least height together, by dynamic programming over the first
    block of a row. None if the map is not high enough.
    """
    label = LABEL * across / 2 / PROPORTIONS  # in cells
    best: list[tuple[float, list[tuple[list[int], int]]]] = [(0.0, [])]  # for the last blocks, most first
    for first in reversed(range(len(counts))):
        fitting = []
        for behind in range(first + 1, len(counts) + 1):
            if (shelf := _shelf(counts[first:behind], across)) is not None:
                total, further = best[behind - first - 1]
                fitting.append((shelf[1] + label + total, [shelf, *further]))
        best.insert(0, min(fitting, key=lambda option: option[0]))
    height, shelves = best[0]
    return shelves if height <= across / PROPORTIONS else None


def _shelf(counts: Sequence[int], across: int) -> tuple[list[int], int] | None:
    """The widths and the least height, in cells, of blocks side by side; None if there are too many."""
    least, room = ceil(across * MIN_SHARE), across - _gap(across) * (len(counts) - 1)
    if least * len(counts) > room:
        return None
    low, high = 1, max(counts)
    while low < high:
        middle = (low + high) // 2
        if sum(max(ceil(count / middle), least) for count in counts) <= room:
            high = middle
        else:
            low = middle + 1
    return [max(ceil(count / low), least) for count in counts], low
