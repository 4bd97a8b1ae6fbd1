"""The works inside an outline on the map.

The browser sends the outline, not the works: a lasso around a million works is one kilobyte.
"""

from collections.abc import Sequence

import numpy as np
from skimage.measure import points_in_poly

Outline = Sequence[tuple[float, float]]  # Corners of a polygon in map coordinates; the last joins the first


def rows_within(positions: np.ndarray, passing: np.ndarray, outline: Outline) -> np.ndarray:
    """The rows of the works inside, int64, rising; an outline with fewer than three corners contains none.

    `positions`, float32 [n, 2], has all works; only works that pass the filters (`passing`, bool [n]) count.
    """
    if len(outline) < 3:
        return np.empty(0, dtype=np.int64)
    corners = np.asarray(outline, dtype=np.float64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = passing & ((positions >= low) & (positions <= high)).all(axis=1)
    rows = np.flatnonzero(near)
    inside: np.ndarray = points_in_poly(positions[rows].astype(np.float64), corners)  # type: ignore[no-untyped-call]
    return rows[inside]
