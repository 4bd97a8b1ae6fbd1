"""What features are named by: all that changes a vector, and nothing else.

The device is not in the key, for devices agree within a tolerance (`artextract.vision.network`);
the arithmetic is: of the ten nearest by bfloat16 and by float32 some differ.
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
    """The name of features: `str` of it is a folder's name, `parse` reads that."""

    backbone: str
    weights: str
    """The weights' fingerprint."""
    preprocessing: str
    arithmetic: Arithmetic

    def __str__(self) -> str:
        return f"{self.backbone}-{self.weights}-{self.preprocessing}-{self.arithmetic}"

    @staticmethod
    def parse(text: str) -> "FeatureKey | None":
        """The key that `text` is; None if it is none."""
        found = _KEY.fullmatch(text)
        if found is None:
            return None
        arithmetic = cast("Arithmetic", found["arithmetic"])
        return FeatureKey(found["backbone"], found["weights"], found["preprocessing"], arithmetic)


def embedding_key(backbone: Backbone, weights: Weights, arithmetic: Arithmetic) -> FeatureKey:
    """The key of a backbone's embeddings, pictures prepared by `preprocessing.prepare`."""
    return FeatureKey(backbone.name, weights.fingerprint, backbone.preprocessing.key, arithmetic)


def feature_map_key(backbone: Backbone, weights: Weights, size: int, arithmetic: Arithmetic) -> FeatureKey:
    """The key of a backbone's feature maps, pictures prepared by `preprocessing.prepare_whole`."""
    return FeatureKey(backbone.name, weights.fingerprint, f"{size}px-whole", arithmetic)
