"""Dates as distributions over years: soft targets for training, quantiles for prediction."""

import numpy as np

FIRST, LAST, WIDTH = 1200, 2020, 5  # First and last year that the date head knows, and years per bin
BINS = (LAST - FIRST) // WIDTH
EDGES = np.arange(FIRST, LAST + 1, WIDTH, dtype=np.float64)
"""float64 [BINS + 1]: bin i holds the years from EDGES[i] to EDGES[i + 1]."""
SPREAD = 6.0  # Standard deviation of a soft target, years


def soft_targets(years: np.ndarray) -> np.ndarray:
    """A normal distribution around each of the years float [n], over the bins: float32 [n, BINS].

    Rows sum to 1; where the year is NaN (unknown), the row is 0.
    """
    from scipy.stats import norm

    known = ~np.isnan(years)
    centre = np.clip(np.where(known, years, FIRST), FIRST, LAST)[:, None] + 0.5
    mass = np.diff(norm.cdf((EDGES[None] - centre) / SPREAD), axis=1)
    mass /= mass.sum(axis=1, keepdims=True)
    mass[~known] = 0.0
    return mass.astype(np.float32)


def quantiles(probabilities: np.ndarray, levels: tuple[float, ...]) -> np.ndarray:
    """Years float64 [n, levels] at which distributions float [n, BINS] reach each level (0…1), linear within a bin."""
    rising = np.cumsum(probabilities.astype(np.float64) + 1e-12, axis=1)  # strictly, so that it has an inverse
    cumulative = np.concatenate([np.zeros((len(probabilities), 1)), rising], axis=1)
    cumulative /= cumulative[:, -1:]
    return np.stack([np.interp(levels, row, EDGES) for row in cumulative])
