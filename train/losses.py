"""The loss of both trainings: masked where a painting has no label, weighted by class."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from artextract.attributes.labels import LABELLED
from train.data.paintings import Paintings

STYLE_WEIGHT = 3.0  # Weight of the style's loss beside genre and artist: most paintings only have a style
DATE_WEIGHT = 0.5  # Weight of the date's loss: in nats it is about twice as large as the others
BALANCED = ("style", "genre")  # Attributes whose rare classes weigh more; most artists have too few paintings for it
BETA = 0.995  # Of `effective_number_weights`


def effective_number_weights(counts: np.ndarray, beta: float = BETA) -> np.ndarray:
    """Class weights by the effective number of samples (Cui et al. 2019, equation 2), float32 [classes].

    Their mean is 1 over the classes that have images; those without get 0. `beta` is between 0 (all
    classes equal) and 1 (nearly the inverse of the counts).
    """
    present = counts > 0
    effective = (1.0 - np.power(beta, counts)) / (1.0 - beta)
    weights = np.where(present, 1.0 / np.where(present, effective, 1.0), 0.0)
    return (weights / weights[present].mean()).astype(np.float32)


def masked_cross_entropy(
    logits: Tensor, target: Tensor, weights: Tensor | None = None, smoothing: float = 0.0
) -> Tensor:
    """Class-weighted mean cross-entropy of logits float [n, classes] over the paintings that have a label, a scalar.

    The target is int64 [n], -1 without a label. The loss is 0, with a gradient of 0, if no painting has a label.
    """
    # Sum first and divide here: a GPU then does not have to report how many are labelled.
    total = cross_entropy(logits, target, weights, ignore_index=-1, reduction="sum", label_smoothing=smoothing)
    labelled = (target >= 0).float()
    weight = labelled if weights is None else labelled * weights[target.clamp(min=0)]
    return total / weight.sum().clamp(min=1e-12)


def soft_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Mean cross-entropy of logits float [n, bins] to distributions; 0 if no painting has a date.

    Rows of the target sum to 1, or to 0 if the date is unknown.
    """
    known = target.sum(dim=1) > 0
    return -(target * logits.log_softmax(dim=1)).sum() / known.sum().clamp(min=1)


class TrainingLoss:
    """The loss of a batch."""

    def __init__(self, paintings: Paintings, smoothing: float, device: torch.device | str) -> None:
        """Move labels and class weights to the device of the logits."""
        weights = {name: effective_number_weights(paintings.counts(name)) for name in BALANCED}
        self._device, self._smoothing = device, smoothing
        self._years = torch.from_numpy(paintings.years).to(device)
        self._targets, self._weights = (
            {name: torch.from_numpy(array).to(device) for name, array in arrays.items()}
            for arrays in (paintings.targets, weights)
        )

    def __call__(self, logits: dict[str, Tensor], rows: np.ndarray) -> Tensor:
        """The loss of the paintings in `rows`, a scalar."""
        chosen = torch.from_numpy(rows).to(self._device)
        loss = DATE_WEIGHT * soft_cross_entropy(logits["date"], self._years[chosen])
        for name in LABELLED:
            target = self._targets[name][chosen]
            own = masked_cross_entropy(logits[name], target, self._weights.get(name), self._smoothing)
            loss = loss + (STYLE_WEIGHT * own if name == "style" else own)
        return loss


def logits_in_batches(
    forward: Callable[[np.ndarray], Mapping[str, Tensor]], rows: np.ndarray, batch: int
) -> dict[str, np.ndarray]:
    """Attribute → logits float32 [rows, classes], without gradients. `forward` gets up to `batch` rows at a time."""
    with torch.inference_mode():
        batches = [forward(rows[start : start + batch]) for start in range(0, len(rows), batch)]
        return {name: torch.cat([values[name] for values in batches]).cpu().numpy() for name in batches[0]}


def accuracies(logits: Mapping[str, np.ndarray], paintings: Paintings, rows: np.ndarray) -> dict[str, float]:
    """`<attribute>_accuracy`: the share of right answers among the labelled rows, 0…1."""
    shares = {}
    for name in LABELLED:
        target = paintings.targets[name][rows]
        if (known := target >= 0).any():
            shares[f"{name}_accuracy"] = float((logits[name].argmax(axis=1)[known] == target[known]).mean())
    return shares
