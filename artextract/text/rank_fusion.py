"""Reciprocal rank fusion: several rankings of the same works as one.

Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank
learning methods", SIGIR 2009.
"""

from collections.abc import Sequence

import numpy as np

RANK_CONSTANT = 60
"""The paper's k: the larger, the less the first ranks stand out."""


def ranks(scores: np.ndarray) -> np.ndarray:
    """The rank of each work from 1, float64 [n]; ties share the first of their ranks.

    Args:
        scores: [n], higher is better; NaN is not ranked and gets the rank NaN.
    """
    ranks_of_all = np.full(len(scores), np.nan)
    ranked = ~np.isnan(scores)
    values, places, counts = np.unique(-scores[ranked], return_inverse=True, return_counts=True)
    first = np.concatenate([[1], 1 + np.cumsum(counts)[:-1]]) if len(values) else values
    ranks_of_all[ranked] = first[places]
    return ranks_of_all


def fuse(rankings: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """One score per work, float64 [n]; higher is better, 0 where no ranking has the work.

    Args:
        rankings: the scores of each ranking, [n], as for `ranks`.
        weights: of each ranking, from 0.
    """
    reciprocals = [np.nan_to_num(1 / (RANK_CONSTANT + ranks(scores))) for scores in rankings]
    return np.sum([weight * scores for weight, scores in zip(weights, reciprocals, strict=True)], axis=0)
