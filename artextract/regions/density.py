"""Regions of a map by density, at several levels of detail.

HDBSCAN (Campello, Moulavi and Sander 2013, "Density-based clustering based on hierarchical density
estimates") finds groups of any shape and number, and leaves works between the groups out. Its only
setting is the least size of a group: a share of the works, smaller from level to level. The groups are those that
a person sees on the map; the layout can split or join groups of the embedding.
"""

import numpy as np

SHARES = (1 / 40, 1 / 160, 1 / 500)  # Least share of the works in a region, by level, the coarsest first
MIN_WORKS = 6  # Minimum number of works in a region
MIN_SAMPLES = 5  # The distance to a work's fifth nearest work is its density; HDBSCAN's min_samples
SAMPLE = 8000
"""Works that are clustered; each other work joins the region of the nearest of these. HDBSCAN's time
grows with the square of their number."""
SEED = 0
NOWHERE = -1  # The region number of a work that is in no region


def density_levels(positions: np.ndarray) -> np.ndarray:
    """The region of each work at each level, of positions float [n, 2] on a map: int32 [levels, n].

    Numbers from 0 within each level, `NOWHERE` between regions. A finer region need not be within a coarser one.
    """
    from sklearn.cluster import HDBSCAN
    from sklearn.neighbors import KDTree

    count = len(positions)
    points = positions.astype(np.float64)
    nearest = np.arange(count)
    if count > SAMPLE:
        sample = np.sort(np.random.default_rng(SEED).choice(count, SAMPLE, replace=False))
        nearest = KDTree(points[sample]).query(points, return_distance=False)[:, 0]
        points = points[sample]
    levels = np.full((len(SHARES), count), NOWHERE, dtype=np.int32)
    for level, share in enumerate(SHARES):
        least = max(MIN_WORKS, round(share * len(points)))
        if len(points) >= 2 * least:
            clusters = HDBSCAN(min_cluster_size=least, min_samples=MIN_SAMPLES, copy=True).fit(points)
            levels[level] = clusters.labels_[nearest]
    return levels
