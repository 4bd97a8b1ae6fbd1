"""Regions of a map by density: where works lie close together, at several levels of detail.

HDBSCAN (Campello, Moulavi and Sander 2013, "Density-based clustering based on hierarchical density
estimates") finds groups of any shape and number, and leaves works between them out. What it asks
for is the least size of a group: a share of the works, smaller from level to level.
"""

import numpy as np

SHARES = (1 / 40, 1 / 160, 1 / 500)
"""Least part of the works that a region has, level by level, the coarsest first."""
LEAST_WORKS = 6
"""A region never has fewer."""
CLOSE = 5
"""A work's density is that of its so-manieth nearest work (min_samples)."""
SAMPLE = 8000
"""Works among which regions are looked for; the others belong where their nearest of these does.
The time HDBSCAN takes grows with the square of their number."""
SEED = 0
NOWHERE = -1
"""Of a work that is in no region."""


def density_levels(positions: np.ndarray) -> np.ndarray:
    """The region of each work at each level.

    Args:
        positions: of the works on a map, float [n, 2].

    Returns:
        int32 [levels, n]: numbers from 0 within each level, `NOWHERE` between regions. A region
        of a finer level need not lie within one of a coarser.
    """
    from sklearn.cluster import HDBSCAN
    from sklearn.neighbors import KDTree

    count = len(positions)
    points = positions.astype(np.float64)
    of_all = None
    if count > SAMPLE:
        sample = np.sort(np.random.default_rng(SEED).choice(count, SAMPLE, replace=False))
        of_all = KDTree(points[sample]).query(points, return_distance=False)[:, 0]
        points = points[sample]
    levels = np.full((len(SHARES), count), NOWHERE, dtype=np.int32)
    for level, share in enumerate(SHARES):
        least = max(LEAST_WORKS, round(share * len(points)))
        if len(points) >= 2 * least:
            density = HDBSCAN(min_cluster_size=least, min_samples=CLOSE, copy=True).fit(points)
            levels[level] = density.labels_ if of_all is None else density.labels_[of_all]
    return levels
