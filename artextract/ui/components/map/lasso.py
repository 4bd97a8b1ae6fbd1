"""The works that an outline on the map holds.

The browser sends the outline and not the works: a lasso around a million stays a kilobyte.
"""

from collections.abc import Sequence

import numpy as np
from skimage.measure import points_in_poly

Outline = Sequence[tuple[float, float]]
"""Corners of a polygon, in the map's own coordinates; it closes by itself."""


def rows_within(positions: np.ndarray, passing: np.ndarray, outline: Outline) -> np.ndarray:
    """The rows of the works inside, int64, rising.

    Args:
        positions: of all works, float32 [n, 2].
        passing: the works that count, bool [n]: those that a filter greys can't be selected.
        outline: fewer than three corners hold nothing.
    """
    if len(outline) < 3:
        return np.empty(0, dtype=np.int64)
    corners = np.asarray(outline, dtype=np.float64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = passing & ((positions >= low) & (positions <= high)).all(axis=1)
    rows = np.flatnonzero(near)
    held: np.ndarray = points_in_poly(positions[rows].astype(np.float64), corners)  # type: ignore[no-untyped-call]
    return rows[held]
