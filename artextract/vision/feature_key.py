"""The feature key: names everything that changes a vector, except the picture. Another key means that embeddings
are computed again.

The arithmetic is part of the key: the ten nearest works differ between bfloat16 and float32. The device is not,
because devices agree within a tolerance (`artextract.vision.networks.load`).
"""

import re
from dataclasses import dataclass
from typing import cast

from artextract.vision.backbones import Backbone
from artextract.vision.device import ARITHMETICS, Arithmetic
from artextract.vision.weights import Weights

_KEY = re.compile(
    r"(?P<backbone>\w+)-(?P<weights>[0-9a-f]{12})-(?P<preprocessing>.+)"
    rf"-(?P<arithmetic>{'|'.join(ARITHMETICS)})"
)


@dataclass(frozen=True)
class FeatureKey:
    """The key of features. `str` makes the name of their folder, `parse` reads the name."""

    backbone: str
    weights: str  # The weights' fingerprint
    preprocessing: str
    arithmetic: Arithmetic

    def __str__(self) -> str:
        return f"{self.backbone}-{self.weights}-{self.preprocessing}-{self.arithmetic}"

    @staticmethod
    def parse(text: str) -> "FeatureKey | None":
        """Read a key; None if `text` is not a key."""
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        arithmetic = cast("Arithmetic", match["arithmetic"])
        return FeatureKey(match["backbone"], match["weights"], match["preprocessing"], arithmetic)


def embedding_key(backbone: Backbone, weights: Weights, arithmetic: Arithmetic) -> FeatureKey:
    """The key of embeddings of pictures from `preprocessing.prepare`."""
    return FeatureKey(backbone.name, weights.fingerprint, backbone.preprocessing.key, arithmetic)
