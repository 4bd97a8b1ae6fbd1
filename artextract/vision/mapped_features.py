"""The vectors of a large collection's works in one file that is mapped into memory.

    features/<key>/gathered/<stamp>-works.npy      int64 [n], rows of the work table
    features/<key>/gathered/<stamp>-vectors.npy    float32 [n, dimension]

A million works have gigabytes of vectors. Mapped, they are read where they are used, the processes
of a machine share what of them is in memory, and the collection opens without reading them. The
file is made of the parts when they are first read, and made anew when works or parts change; where
it can't be written (a public server's cache) the vectors are held in memory.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from artextract.errors import StorageError
from artextract.files import only_writer, sweep_temporary, write_atomic
from artextract.vision.feature_store import FeatureStore

MAPPED_FROM = 50_000
"""Works from which the vectors are mapped: below, reading them takes no second."""
BLOCK = 8192
"""Vectors written at once."""


def gather(store: FeatureStore, works_version: str, hashes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The vectors of the works whose pictures have one.

    Args:
        store: the vectors.
        works_version: `Collection.version` of the table that `hashes` are of.
        hashes: SHA-256 of each work's picture, in the table's order.

    Returns:
        Their rows of the table, int64 [n], and the vectors, float32 [n, dimension], which are not
        to be written to.
    """
    if len(hashes) < MAPPED_FROM:
        rows, found = _found(store, hashes)
        return rows, _stacked(found, [hashes[row] for row in rows])
    stamp = hashlib.sha256(repr((works_version, store.version())).encode()).hexdigest()[:16]
    folder = store.folder / "gathered"
    works_file, vectors_file = folder / f"{stamp}-works.npy", folder / f"{stamp}-vectors.npy"
    try:
        return np.load(works_file), np.load(vectors_file, mmap_mode="r")
    except (OSError, ValueError):  # not made yet, or damaged
        pass
    rows, found = _found(store, hashes)
    wanted = [hashes[row] for row in rows]
    if not wanted:
        return rows, _stacked(found, wanted)
    try:
        with only_writer(folder, f"vectors of {store.folder.name}"):
            sweep_temporary(folder)
            for old in folder.glob("*.npy"):  # whoever has it mapped keeps it
                old.unlink(missing_ok=True)
            with write_atomic(vectors_file) as temporary:
                _write_vectors(temporary, found, wanted)
            with write_atomic(works_file) as temporary:
                np.save(temporary, rows)
            return rows, np.load(vectors_file, mmap_mode="r")
    except StorageError:
        return rows, _stacked(found, wanted)


def _found(store: FeatureStore, hashes: Sequence[str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The rows whose pictures have a vector, and all vectors by their picture."""
    found = store.read()
    return np.array([row for row, sha in enumerate(hashes) if sha in found], np.int64), found


def _stacked(found: dict[str, np.ndarray], hashes: Sequence[str]) -> np.ndarray:
    if not hashes:
        return np.empty((0, 0), np.float32)
    return np.stack([found[sha] for sha in hashes]).astype(np.float32)


def _write_vectors(path: Path, found: dict[str, np.ndarray], hashes: Sequence[str]) -> None:
    """Write vectors without holding them all once more."""
    shape = (len(hashes), len(found[hashes[0]]))
    written = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    for start in range(0, len(hashes), BLOCK):
        written[start : start + BLOCK] = _stacked(found, hashes[start : start + BLOCK])
    written.flush()
