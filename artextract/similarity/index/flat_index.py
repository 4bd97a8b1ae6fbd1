"""Vectors at unit length as FAISS compares with them: in memory, or in a file mapped into it.

    index/<key>-<digest>.vectors

The file is FAISS's own (a flat index: a header, then float32 [n, d]). Mapped, it takes no time to
open, the processes of a machine share what of it is in memory, and the system may let go of it.
"""

import hashlib
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from artextract.errors import StorageError
from artextract.files import only_writer, sweep_temporary, write_atomic
from artextract.similarity.vectors import BLOCK, checked_shape, checked_unit

# faiss's own type stubs know only a part of it: hence each `type: ignore` below.

_HEADER = 45
"""Bytes before the vectors in the file."""


def flat_index(vectors: np.ndarray) -> Any:
    """An exact index of vectors, floats [n, d], at unit length, in memory.

    Raises:
        ValueError: `vectors` isn't a finite array [n, d].
    """
    _, dimension = checked_shape(vectors)
    flat = faiss.IndexFlatIP(dimension)
    # There is no `reserve`. Without it the memory would double, and be copied, as blocks are added.
    flat.codes.resize(vectors.size * np.dtype(np.float32).itemsize)
    flat.codes.resize(0)
    for start in range(0, len(vectors), BLOCK):
        flat.add(checked_unit(vectors[start : start + BLOCK]))
    return flat


def mapped_flat_index(vectors: np.ndarray, graph_file: Path, digest: bytes) -> Any:
    """As `flat_index`, mapped from a file beside that of the graph, which is written if need be.

    Args:
        vectors: as there.
        graph_file: whose name that of the vectors begins with.
        digest: tells these vectors from all others.

    Raises:
        ValueError: `vectors` isn't a finite array [n, d].
    """
    file = graph_file.with_name(f"{graph_file.stem}-{digest.hex()[:16]}.vectors")
    if (mapped := _mapped(file, vectors)) is not None:
        return mapped
    flat = flat_index(vectors)
    try:
        with only_writer(file.parent, f"vectors {file.name}"):
            sweep_temporary(file.parent)
            for old in file.parent.glob(f"{graph_file.stem}-*.vectors"):
                old.unlink(missing_ok=True)  # whoever has it mapped keeps it
            with write_atomic(file) as temporary:
                faiss.write_index(flat, str(temporary))
    except StorageError:  # a disk that is full, or not to be written to
        return flat
    return _mapped(file, vectors) or flat


def _mapped(file: Path, vectors: np.ndarray) -> Any:
    """The index in a file; None if there is none of that many vectors."""
    # Checked before faiss reads it: faiss trusts the sizes that it finds in a file.
    expected = _HEADER + vectors.size * np.dtype(np.float32).itemsize
    if not file.is_file() or file.stat().st_size != expected:
        return None
    try:
        found: Any = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError:  # damaged
        return None
    return found if (found.ntotal, found.d) == vectors.shape else None


def digest_of(flat: Any) -> bytes:
    """SHA-256 of an index's vectors."""
    digest = hashlib.sha256(f"{flat.ntotal} × {flat.d}".encode())
    if flat.ntotal:
        vectors: Any = faiss.rev_swig_ptr(flat.get_xb(), flat.ntotal * flat.d)
        digest.update(vectors)
    return digest.digest()
