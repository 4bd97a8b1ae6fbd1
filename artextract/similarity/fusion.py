"""Several embeddings at once: their rankings of the same works made one.

Scores are arrays float [queries, works], higher is nearer; NaN marks what isn't ranked (a work
with itself), the same places in all of them.
"""

from collections.abc import Sequence

import numpy as np

RANK_OFFSET = 60
"""Of reciprocal rank fusion, as its authors set it."""


def reciprocal_ranks(scores: Sequence[np.ndarray]) -> np.ndarray:
    """The sum over the rankings of 1 / (60 + rank), rank 1 the nearest, float32.

    Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
    Learning Methods", SIGIR 2009.
    """
    fused = np.zeros(scores[0].shape, dtype=np.float32)
    for one in scores:
        fused += 1 / (RANK_OFFSET + ranks(one))
    fused[np.isnan(scores[0])] = np.nan
    return fused


def standardised(scores: Sequence[np.ndarray]) -> np.ndarray:
    """The mean of the scores after each query's are brought to mean 0 and deviation 1, float32."""
    fused = np.zeros(scores[0].shape, dtype=np.float32)
    for one in scores:
        mean = np.nanmean(one, axis=1, keepdims=True)
        deviation = np.maximum(np.nanstd(one, axis=1, keepdims=True), 1e-6)
        fused += (one - mean) / deviation / len(scores)
    return fused


def ranks(scores: np.ndarray) -> np.ndarray:
    """The rank of each score in its row, int64: 1 is the highest; NaN comes last."""
    order = np.argsort(-scores, axis=1, kind="stable")
    found = np.empty_like(order)
    np.put_along_axis(found, order, np.arange(1, scores.shape[1] + 1)[None], axis=1)
    return found
