"""Several rankings of the same works as one (reciprocal rank fusion).

Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank
learning methods", SIGIR 2009.
"""

from collections.abc import Sequence

import numpy as np

CONSTANT = 60
"""The paper's k: how little the first ranks stand out."""


def ranks(scores: np.ndarray) -> np.ndarray:
    """The place of each work, float64 [n], from 1; those equally good share the first of theirs.

    Args:
        scores: [n], higher is better; NaN is not ranked, and has the place NaN.
    """
    found = np.full(len(scores), np.nan)
    ranked = ~np.isnan(scores)
    values, places, counts = np.unique(-scores[ranked], return_inverse=True, return_counts=True)
    first = np.concatenate([[1], 1 + np.cumsum(counts)[:-1]]) if len(values) else values
    found[ranked] = first[places]
    return found


def fuse(rankings: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """One score a work out of several: float64 [n], higher is better, 0 where none ranks it.

    Args:
        rankings: scores of each ranking, [n] each, as for `ranks`.
        weights: how much each counts, from 0.
    """
    parts = [
        weight * np.nan_to_num(1 / (CONSTANT + ranks(scores))) for scores, weight in zip(rankings, weights, strict=True)
    ]
    return np.sum(parts, axis=0)
