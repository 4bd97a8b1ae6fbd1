"""Linear heads: logits of each attribute from the pooled outputs of networks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

PREFIX = "pooled_heads."  # Of the heads' tensors in a model's file


@dataclass(frozen=True)
class Shape:
    """The sizes of a model's tensors."""

    features: int  # Channels of the backbone's feature map; 0 for a model without it
    gabor: int  # Channels of the Gabor sequence; 0 for a model without it
    outputs: dict[str, int]  # Attribute → number of classes (for the date: bins)
    hidden: int = 256  # Units of the LSTM in each direction; 0 for a model of linear heads alone


@dataclass(frozen=True)
class LinearHeads:
    """One linear layer per attribute."""

    weights: dict[str, np.ndarray]  # Attribute → float32 [classes, width]; for the date: bins
    biases: dict[str, np.ndarray]  # Attribute → float32 [classes]

    @staticmethod
    def of(tensors: Mapping[str, np.ndarray], names: Iterable[str], prefix: str = PREFIX) -> "LinearHeads":
        """The heads of the attributes `names` among tensors. KeyError if one is missing."""
        return LinearHeads(
            {name: tensors[f"{prefix}{name}.weight"].astype(np.float32) for name in names},
            {name: tensors[f"{prefix}{name}.bias"].astype(np.float32) for name in names},
        )

    def tensors(self) -> dict[str, np.ndarray]:
        """The tensors to store, float16."""
        return {
            f"{PREFIX}{name}.{kind}": arrays[name].astype(np.float16)
            for kind, arrays in (("weight", self.weights), ("bias", self.biases))
            for name in arrays
        }

    def logits(self, pooled: np.ndarray) -> dict[str, np.ndarray]:
        """Attribute → logits float32 [n, classes] of float32 [n, at least the width]; further columns are not read.

        A row's logits do not depend on the other rows.
        """
        found = {}
        for name, weight in self.weights.items():
            rows = [weight @ row + self.biases[name] for row in pooled[:, : weight.shape[1]].astype(np.float32)]
            found[name] = np.stack(rows) if rows else np.zeros((0, len(weight)), np.float32)
        return found
