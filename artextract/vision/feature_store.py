"""The feature store: what a backbone saw in each picture, computed once.

    features/<backbone>-<weights>-<preprocessing>-<arithmetic>/part-<random>.safetensors

A part holds `image_sha256` uint8 [n, 32] and `vectors` float16 [n, dimension]. Parts are appended,
each written whole or not at all, and never changed: a killed run loses at most the part that it
was at. A vector is found by the SHA-256 of the picture file's bytes, so a changed picture is never
served an old vector, and what else changes a vector is another folder.
"""

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from artextract.collection import Collection
from artextract.files import only_writer, sweep_temporary, write_atomic
from artextract.vision.feature_key import FeatureKey


class FeatureStore:
    """The vectors of one collection under one feature key."""

    def __init__(self, collection: Collection, key: FeatureKey) -> None:
        self.folder = collection.root / "features" / str(key)
        self._label = f"{key.backbone} embedding of {collection.name}"

    def writing(self) -> AbstractContextManager[None]:
        """Hold the store for appending: a second process waits, then finds the work done."""
        return only_writer(self.folder, self._label)

    def sweep(self) -> None:
        """Remove unfinished and unreadable parts. Call it only within `writing()`."""
        sweep_temporary(self.folder)
        for part in self._parts():
            if _read_part(part) is None:
                part.unlink(missing_ok=True)

    def append(self, hashes: Sequence[str], vectors: np.ndarray) -> None:
        """Add one part.

        Args:
            hashes: SHA-256 of each picture, 64 hexadecimal digits.
            vectors: [len(hashes), dimension], stored as float16.

        Raises:
            StorageError: it could not be written; nothing was added.
        """
        digests = np.frombuffer(bytes.fromhex("".join(hashes)), dtype=np.uint8).reshape(-1, 32)
        tensors: dict[str, np.ndarray] = {
            "image_sha256": np.ascontiguousarray(digests),
            "vectors": np.ascontiguousarray(vectors, dtype=np.float16),
        }
        with write_atomic(self.folder / f"part-{uuid.uuid4().hex}.safetensors") as temporary:
            save_file(tensors, temporary)

    def read(self) -> dict[str, np.ndarray]:
        """All vectors by the SHA-256 of their picture, float16 [dimension] each."""
        found: dict[str, np.ndarray] = {}
        for part in self._parts():
            content = _read_part(part)
            if content is None:
                continue  # damaged: the next embedding computes it anew
            hashes, vectors = content
            found.update(zip(hashes, vectors, strict=True))
        return found

    def version(self) -> tuple[str, ...]:
        """Changes whenever parts are added or removed: the key of what screens cache."""
        return tuple(part.name for part in self._parts())

    def _parts(self) -> list[Path]:
        return sorted(self.folder.glob("part-*.safetensors"))


def stored_keys(collection: Collection) -> list[FeatureKey]:
    """The feature keys under which the collection has vectors, by name."""
    folder = collection.root / "features"
    names = sorted({part.parent.name for part in folder.glob("*/part-*.safetensors")})
    return [key for name in names if (key := FeatureKey.parse(name)) is not None]


def _read_part(path: Path) -> tuple[list[str], np.ndarray] | None:
    """A part's hashes and vectors; None if it is damaged."""
    try:
        tensors = load_file(path)
        digests, vectors = tensors["image_sha256"], tensors["vectors"]
    except (SafetensorError, OSError, KeyError, ValueError):
        return None
    if digests.ndim != 2 or digests.shape[1] != 32 or len(vectors) != len(digests):
        return None
    joined = digests.tobytes().hex()
    return [joined[i : i + 64] for i in range(0, len(joined), 64)], vectors
