"""Losses of the attributes: masked where a painting has no label, weighted by class."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor


def effective_number_weights(counts: np.ndarray, beta: float) -> np.ndarray:
    """Class weights by the effective number of samples (Cui et al. 2019, equation 2).

    Args:
        counts: int [classes], images a class.
        beta: between 0 (all classes alike) and 1 (nearly the inverse of the counts).

    Returns:
        float32 [classes], mean 1 over the classes that have images; 0 for those without.
    """
    present = counts > 0
    effective = (1.0 - np.power(beta, counts)) / (1.0 - beta)
    weights = np.where(present, 1.0 / np.where(present, effective, 1.0), 0.0)
    result: np.ndarray = (weights / weights[present].mean()).astype(np.float32)
    return result


def masked_cross_entropy(
    logits: "Tensor", target: "Tensor", weights: "Tensor | None" = None, smoothing: float = 0.0
) -> "Tensor":
    """Class-weighted cross-entropy over the paintings that have a label.

    Args:
        logits: float [n, classes].
        target: int64 [n]; -1 where there is no label.
        weights: float [classes], or None for none.
        smoothing: of the labels, between 0 and 1.

    Returns:
        The weighted mean, a scalar; 0 (with a gradient of 0) where no painting has a label.
    """
    from torch.nn.functional import cross_entropy

    labelled = target >= 0
    if not labelled.any():
        return logits.sum() * 0.0
    return cross_entropy(
        logits[labelled], target[labelled], weight=weights, label_smoothing=smoothing
    )


def soft_cross_entropy(logits: "Tensor", target: "Tensor") -> "Tensor":
    """Cross-entropy to distributions over the paintings that have one.

    Args:
        logits: float [n, bins].
        target: float [n, bins], rows sum to 1, or to 0 where the date is not known.

    Returns:
        The mean, a scalar; 0 where no painting has a date.
    """
    known = target.sum(dim=1) > 0
    total = -(target * logits.log_softmax(dim=1)).sum()
    result: Tensor = total / known.sum().clamp(min=1)
    return result
