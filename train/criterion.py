"""The loss that both trainings share: the attributes' losses, masked and weighted."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from artextract.attributes.losses import masked_cross_entropy, soft_cross_entropy
from artextract.attributes.paintings import LABELLED

DATE_WEIGHT = 0.5
"""Of the date's loss beside the others': in nats it is about twice as large."""
BALANCED = ("style", "genre")
"""Attributes whose rare classes weigh more; of most artists there are too few paintings for it."""


class Criterion:
    """The loss of a batch."""

    def __init__(
        self,
        targets: Mapping[str, np.ndarray],
        years: np.ndarray,
        weights: Mapping[str, np.ndarray],
        smoothing: float,
        log_priors: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        """Keep what the losses are measured against.

        Args:
            targets: attribute → int64 [n], -1 where a painting has no label.
            years: float32 [n, bins], soft targets.
            weights: attribute → float32 [classes]; one without weighs all classes alike.
            smoothing: of the labels.
            log_priors: attribute → float32 [classes], added to its logits: logit adjustment
                (Menon et al. 2021, equation 10).
        """
        self.targets = {name: torch.from_numpy(target) for name, target in targets.items()}
        self.years = torch.from_numpy(years)
        self._weights = {name: torch.from_numpy(weight) for name, weight in weights.items()}
        self._smoothing = smoothing
        self._added = {name: torch.from_numpy(p) for name, p in (log_priors or {}).items()}

    def __call__(self, logits: dict[str, Tensor], rows: np.ndarray) -> Tensor:
        """The loss of the paintings in `rows`, a scalar."""
        loss = DATE_WEIGHT * soft_cross_entropy(logits["date"], self.years[rows])
        for name in LABELLED:
            found = logits[name] + self._added[name] if name in self._added else logits[name]
            loss = loss + masked_cross_entropy(
                found, self.targets[name][rows], self._weights.get(name), self._smoothing
            )
        return loss
