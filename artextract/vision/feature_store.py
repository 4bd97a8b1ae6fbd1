"""The feature store: the vector that a backbone computed for each picture.

    features/<backbone>-<weights>-<preprocessing>-<arithmetic>/shard-<random>.safetensors

A shard (`artextract.features.shards`) holds `vectors` float16 [n, dimension] by the SHA-256 of the
picture's file, so a changed picture never gets an old vector. Whatever else changes a vector is part
of the folder's name.
"""

import numpy as np

from artextract.collection import Collection
from artextract.features.shards import PATTERN, ShardStore
from artextract.vision.feature_key import FeatureKey


class FeatureStore(ShardStore):
    """The vectors of one collection under one feature key."""

    def __init__(self, collection: Collection, key: FeatureKey) -> None:
        folder = collection.root / "features" / str(key)
        super().__init__(folder, f"{key.backbone} embedding of {collection.name}", {"vectors": None})

    def read(self) -> dict[str, np.ndarray]:
        """All vectors by the SHA-256 of their picture, float16 [dimension] each."""
        vectors: dict[str, np.ndarray] = {}
        for shard in self.shards():
            vectors.update(zip(shard.hashes, shard.arrays["vectors"], strict=True))
        return vectors


def stored_keys(collection: Collection) -> list[FeatureKey]:
    """The feature keys under which the collection has vectors, by name."""
    folder = collection.root / "features"
    names = sorted({shard.parent.name for shard in folder.glob(f"*/{PATTERN}")})
    return [key for name in names if (key := FeatureKey.parse(name)) is not None]
