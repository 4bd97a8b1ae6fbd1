"""Unit vectors."""

import numpy as np


def unit(vectors: np.ndarray) -> np.ndarray:
    """Scale vectors [..., dimension] to unit length: float32. Zero vectors stay zero.

    Lengths are computed in the precision of `vectors`: pass float64 for correctly rounded results.
    """
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)
