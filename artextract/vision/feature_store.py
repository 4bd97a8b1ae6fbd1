"""The feature store: the vector that a backbone computed for each picture.

    features/<backbone>-<weights>-<preprocessing>-<arithmetic>/shard-<random>.safetensors

A shard (`artextract.features.shards`) holds `vectors` float16 [n, dimension] by the SHA-256 of the picture's file, so a
changed picture never gets an old vector. Whatever else changes a vector is part of the folder's name (`FeatureKey`).

    features/<key>/mapped/<stamp>-works.safetensors    `rows` int64 [n], rows of the work table
    features/<key>/mapped/<stamp>-vectors.npy          float32 [n, dimension]

The vectors of a large collection are memory-mapped from one sealed file (`artextract.files.seal`): processes share its
memory, and the collection opens at once. The file is written when the vectors are first read, and again when works or
shards change. If the folder is read-only (a public server), the vectors stay in memory.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from artextract.collection import Collection
from artextract.errors import StorageError
from artextract.features.shards import PATTERN, ShardStore
from artextract.files import is_sealed, only_writer, remove, say_damaged, seal, write_atomic
from artextract.tensor_files import read_cached, write_tensors
from artextract.vision.feature_key import FeatureKey


class FeatureStore(ShardStore):
    """The vectors of one collection under one feature key."""

    def __init__(self, collection: Collection, key: FeatureKey) -> None:
        folder = collection.root / "features" / str(key)
        super().__init__(folder, f"{key.backbone} embedding of {collection.name}", {"vectors": None})

    def read(self) -> dict[str, np.ndarray]:
        """All vectors by the SHA-256 of their picture, float16 [dimension] each."""
        parts = ((shard.hashes, shard.arrays["vectors"]) for shard in self.shards())
        return {sha256: vector for part in parts for sha256, vector in zip(*part, strict=True)}


def stored_keys(collection: Collection) -> list[FeatureKey]:
    """The feature keys under which the collection has vectors, by name."""
    folder = collection.root / "features"
    names = sorted({shard.parent.name for shard in folder.glob(f"*/{PATTERN}")})
    return [key for name in names if (key := FeatureKey.parse(name)) is not None]


MAPPED_FROM = 50_000  # Works from which the vectors are mapped; fewer are read in under a second
BLOCK = 8192  # Vectors written at once


def map_features(store: FeatureStore, works_version: str, hashes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The vectors of the works whose pictures have one, given each work's SHA-256 in the table's order.

    `works_version` is the table's `Collection.version`. Returns their rows of the table, int64 [n], and the vectors,
    float32 [n, dimension], which must not be written to.
    """
    if len(hashes) < MAPPED_FROM:
        return _in_memory(store.read(), hashes)
    stamp = hashlib.sha256(repr((works_version, store.version())).encode()).hexdigest()[:16]
    folder = store.folder / "mapped"
    works_file, vectors_file = folder / f"{stamp}-works.safetensors", folder / f"{stamp}-vectors.npy"
    if (works := read_cached(works_file, ("rows",))) is not None:
        if is_sealed(vectors_file):
            return works["rows"], np.load(vectors_file, mmap_mode="r")
        say_damaged(vectors_file, "It is written again.")
    vectors = store.read()
    rows = np.array([row for row, sha256 in enumerate(hashes) if sha256 in vectors], np.int64)
    if not len(rows):
        return _in_memory(vectors, hashes)
    try:
        with only_writer(folder, f"vectors of {store.folder.name}"):
            for old in folder.glob("*-*.*"):  # a process that has mapped the file can still read it
                remove(old)
            with write_atomic(vectors_file) as temporary:
                _write_vectors(temporary, vectors, [hashes[row] for row in rows])
                seal(temporary)
            write_tensors(works_file, {"rows": rows})
            return rows, np.load(vectors_file, mmap_mode="r")
    except StorageError:
        return _in_memory(vectors, hashes)


def _in_memory(vectors: dict[str, np.ndarray], hashes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    rows = [row for row, sha256 in enumerate(hashes) if sha256 in vectors]
    stacked = np.stack([vectors[hashes[row]] for row in rows]) if rows else np.empty((0, 0))
    return np.array(rows, np.int64), stacked.astype(np.float32)


def _write_vectors(path: Path, vectors: dict[str, np.ndarray], hashes: Sequence[str]) -> None:
    """Write the vectors block by block, so that memory holds them only once.

    They are not written through a mapping: on a full disk, that would end the process (SIGBUS).
    """
    header = {"descr": "<f4", "fortran_order": False, "shape": (len(hashes), len(vectors[hashes[0]]))}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, len(hashes), BLOCK):
            block = np.stack([vectors[sha256] for sha256 in hashes[start : start + BLOCK]])
            file.write(block.astype("<f4").data)
