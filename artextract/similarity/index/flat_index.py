"""Unit vectors for FAISS: in memory, or in a file mapped into memory.

    index/<key>-<digest>.vectors

The file is a flat index of FAISS: a header, then float32 [n, d]. A mapped file opens at once, all
processes of a machine share it, and the system can free its memory.
"""

import hashlib
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from artextract.errors import StorageError
from artextract.files import only_writer, sweep_temporary, write_atomic
from artextract.similarity.vectors import BLOCK, checked_shape, checked_unit

# The type stubs of faiss are incomplete: hence each `type: ignore` below.

_HEADER = 45
"""Bytes before the vectors in the file."""


def flat_index(vectors: np.ndarray) -> Any:
    """An exact index of vectors, floats [n, d], in memory.

    Raises:
        ValueError: `vectors` is not a finite array [n, d].
    """
    _, dimension = checked_shape(vectors)
    flat = faiss.IndexFlatIP(dimension)
    # Reserves memory: otherwise it would double and be copied as blocks are added.
    flat.codes.resize(vectors.size * np.dtype(np.float32).itemsize)
    flat.codes.resize(0)
    for start in range(0, len(vectors), BLOCK):
        flat.add(checked_unit(vectors[start : start + BLOCK]))
    return flat


def mapped_flat_index(vectors: np.ndarray, graph_file: Path, digest: bytes) -> Any:
    """As `flat_index`, mapped from a file beside the graph; the file is written if it does not exist.

    Args:
        vectors: floats [n, d].
        graph_file: the name of the vectors' file begins with its name.
        digest: identifies these vectors.

    Raises:
        ValueError: `vectors` is not a finite array [n, d].
    """
    file = graph_file.with_name(f"{graph_file.stem}-{digest.hex()[:16]}.vectors")
    if (mapped := _mapped(file, vectors)) is not None:
        return mapped
    flat = flat_index(vectors)
    try:
        with only_writer(file.parent, f"vectors {file.name}"):
            sweep_temporary(file.parent)
            for old in file.parent.glob(f"{graph_file.stem}-*.vectors"):
                old.unlink(missing_ok=True)  # processes that have mapped it keep it
            with write_atomic(file) as temporary:
                faiss.write_index(flat, str(temporary))
    except StorageError:  # the disk is full or read-only
        return flat
    return _mapped(file, vectors) or flat


def _mapped(file: Path, vectors: np.ndarray) -> Any:
    """The index in a file; None if the file does not exist or holds other vectors."""
    # Checked before faiss reads the file, because faiss trusts the sizes in it.
    expected = _HEADER + vectors.size * np.dtype(np.float32).itemsize
    if not file.is_file() or file.stat().st_size != expected:
        return None
    try:
        index: Any = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError:  # damaged
        return None
    return index if (index.ntotal, index.d) == vectors.shape else None


def digest_of(flat: Any) -> bytes:
    """SHA-256 of an index's vectors."""
    digest = hashlib.sha256(f"{flat.ntotal} × {flat.d}".encode())
    if flat.ntotal:
        vectors: Any = faiss.rev_swig_ptr(flat.get_xb(), flat.ntotal * flat.d)
        digest.update(vectors)
    return digest.digest()
