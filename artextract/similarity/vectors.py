"""Helpers that all indexes share: scale to unit length, compute and sort cosines."""

import numpy as np

from artextract.vectors import unit

BLOCK = 8192  # Vectors normalised at once, to save memory


def checked_unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors [n, d] at unit length: float32, computed in float64. Zero vectors stay zero. ValueError if not finite."""
    if not np.isfinite(vectors).all():
        raise ValueError("A vector holds a number that is not finite (NaN or infinity).")
    return unit(vectors.astype(np.float64))


def best_first(positions: np.ndarray, cosines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sort by cosine, highest first, then by position; leave out the positions -1 ("none")."""
    exists = positions >= 0
    positions, cosines = positions[exists], np.clip(cosines[exists], -1.0, 1.0)
    order = np.lexsort((positions, -cosines))
    return positions[order], cosines[order]


def lengths_of(vectors: np.ndarray) -> np.ndarray:
    """The length of each vector [n, d]: float32 [n]; 1 for a zero vector. ValueError if a number is not finite."""
    lengths = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        squares = np.einsum("ij,ij->i", block, block, dtype=np.float64)  # without a copy of the block
        lengths[start : start + BLOCK] = np.sqrt(squares)
    if not np.isfinite(lengths).all():
        raise ValueError("A vector holds a number that is not finite (NaN or infinity).")
    lengths[lengths == 0] = 1
    return lengths


def cosines_of(vectors: np.ndarray, lengths: np.ndarray, query: np.ndarray) -> np.ndarray:
    """The cosine of every vector [n, d] with a query, float [d] of any length: float32 [n]. See `lengths_of`."""
    return np.clip(vectors @ checked_unit(query[np.newaxis])[0] / lengths, -1, 1).astype(np.float32)
