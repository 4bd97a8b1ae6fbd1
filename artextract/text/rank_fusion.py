"""Reciprocal rank fusion: one ranking out of several text rankings."""

from collections.abc import Sequence

import numpy as np

RANK_CONSTANT = 60  # k of reciprocal rank fusion: the larger, the less the first ranks stand out


def ranks(scores: np.ndarray) -> np.ndarray:
    """The rank from 1 of scores [n], higher is better: float64 [n]; ties share the first rank, NaN stays NaN."""
    ranks_of_all = np.full(len(scores), np.nan)
    ranked = ~np.isnan(scores)
    values, places, counts = np.unique(-scores[ranked], return_inverse=True, return_counts=True)
    first = np.concatenate([[1], 1 + np.cumsum(counts)[:-1]]) if len(values) else values
    ranks_of_all[ranked] = first[places]
    return ranks_of_all


def fuse(rankings: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009) of weighted scores [n] as for `ranks`.

    One score per work, float64 [n]; higher is better, 0 where no ranking has the work.
    """
    reciprocals = [np.nan_to_num(1 / (RANK_CONSTANT + ranks(scores))) for scores in rankings]
    return np.sum([weight * scores for weight, scores in zip(weights, reciprocals, strict=True)], axis=0)
