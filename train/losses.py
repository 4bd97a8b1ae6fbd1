"""The loss that both trainings share: masked where a painting has no label, weighted by class."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from artextract.attributes.labels import LABELLED

STYLE_WEIGHT = 3.0
"""Of the style's loss beside the genre's and the artist's: of many paintings only the style is
known, and those would count little beside the others."""
DATE_WEIGHT = 0.5
"""Of the date's loss: in nats it is about twice as large as the others'."""
BALANCED = ("style", "genre")
"""Attributes whose rare classes weigh more; of most artists there are too few paintings for it."""


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
    return (weights / weights[present].mean()).astype(np.float32)


def masked_cross_entropy(
    logits: Tensor, target: Tensor, weights: Tensor | None = None, smoothing: float = 0.0
) -> Tensor:
    """Class-weighted cross-entropy over the paintings that have a label.

    Args:
        logits: float [n, classes].
        target: int64 [n]; -1 where there is no label.
        weights: float [classes], or None for none.
        smoothing: of the labels, between 0 and 1.

    Returns:
        The weighted mean, a scalar; 0 (with a gradient of 0) where no painting has a label.
    """
    # Summed over all and divided here, so that a GPU needn't tell first how many are labelled.
    total = cross_entropy(logits, target, weights, ignore_index=-1, reduction="sum", label_smoothing=smoothing)
    labelled = (target >= 0).float()
    weight = labelled if weights is None else labelled * weights[target.clamp(min=0)]
    return total / weight.sum().clamp(min=1e-12)


def soft_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy to distributions over the paintings that have one.

    Args:
        logits: float [n, bins].
        target: float [n, bins], rows sum to 1, or to 0 where the date is not known.

    Returns:
        The mean, a scalar; 0 where no painting has a date.
    """
    known = target.sum(dim=1) > 0
    total = -(target * logits.log_softmax(dim=1)).sum()
    return total / known.sum().clamp(min=1)


class Criterion:
    """The loss of a batch."""

    def __init__(
        self,
        targets: Mapping[str, np.ndarray],
        years: np.ndarray,
        weights: Mapping[str, np.ndarray],
        smoothing: float,
        log_priors: Mapping[str, np.ndarray] | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        """Move what the losses are measured against to the device of the logits.

        Args:
            targets: attribute → int64 [n], -1 where a painting has no label.
            years: float32 [n, bins], soft targets.
            weights: attribute → float32 [classes]; one without weighs all classes alike.
            smoothing: of the labels.
            log_priors: attribute → float32 [classes], added to its logits: logit adjustment
                (Menon et al. 2021, equation 10).
            device: where the logits will be.
        """

        def moved(arrays: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
            return {name: torch.from_numpy(array).to(device) for name, array in arrays.items()}

        self.device = torch.device(device)
        self.targets, self._weights, self._added = map(moved, (targets, weights, log_priors or {}))
        self.years = torch.from_numpy(years).to(device)
        self._smoothing = smoothing

    def __call__(self, logits: dict[str, Tensor], rows: np.ndarray) -> Tensor:
        """The loss of the paintings in `rows`, a scalar."""
        chosen = torch.from_numpy(rows).to(self.device)
        loss = DATE_WEIGHT * soft_cross_entropy(logits["date"], self.years[chosen])
        for name in LABELLED:
            found = logits[name] + self._added[name] if name in self._added else logits[name]
            own = masked_cross_entropy(found, self.targets[name][chosen], self._weights.get(name), self._smoothing)
            loss = loss + (STYLE_WEIGHT * own if name == "style" else own)
        return loss
