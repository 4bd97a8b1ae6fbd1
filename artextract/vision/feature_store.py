"""The feature store: what a backbone saw in each picture, computed once.

    features/<backbone>-<weights>-<preprocessing>-<arithmetic>/part-<random>.safetensors

A part (`artextract.features.shards`) holds `image_sha256` uint8 [n, 32] and `vectors` float16
[n, dimension]. A vector is found by the SHA-256 of the picture file's bytes, so a changed picture
is never served an old vector, and what else changes a vector is another folder.
"""

from collections.abc import Sequence

import numpy as np

from artextract.collection import Collection
from artextract.features.shards import PATTERN, Parts, as_digests, as_hashes
from artextract.vision.feature_key import FeatureKey

_Vectors = tuple[list[str], np.ndarray]


class FeatureStore(Parts[_Vectors]):
    """The vectors of one collection under one feature key."""

    def __init__(self, collection: Collection, key: FeatureKey) -> None:
        folder = collection.root / "features" / str(key)
        super().__init__(folder, f"{key.backbone} embedding of {collection.name}", _understood)

    def append(self, hashes: Sequence[str], vectors: np.ndarray) -> None:
        """Add one part.

        Args:
            hashes: SHA-256 of each picture, 64 hexadecimal digits.
            vectors: [len(hashes), dimension], stored as float16.

        Raises:
            StorageError: it could not be written; nothing was added.
        """
        self.write_part({"image_sha256": as_digests(hashes), "vectors": vectors.astype(np.float16)})

    def read(self) -> dict[str, np.ndarray]:
        """All vectors by the SHA-256 of their picture, float16 [dimension] each."""
        found: dict[str, np.ndarray] = {}
        for hashes, vectors in self.read_parts():
            found.update(zip(hashes, vectors, strict=True))
        return found


def stored_keys(collection: Collection) -> list[FeatureKey]:
    """The feature keys under which the collection has vectors, by name."""
    folder = collection.root / "features"
    names = sorted({part.parent.name for part in folder.glob(f"*/{PATTERN}")})
    return [key for name in names if (key := FeatureKey.parse(name)) is not None]


def _understood(tensors: dict[str, np.ndarray]) -> _Vectors | None:
    hashes, vectors = as_hashes(tensors["image_sha256"]), tensors["vectors"]
    return (hashes, vectors) if len(vectors) == len(hashes) else None
