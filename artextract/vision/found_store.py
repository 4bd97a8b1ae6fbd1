"""What was found in the pictures of a collection: several faces, or bodies, in each, or none.

    found/<kind>-<key>/part-<random>.safetensors

A part holds `image_sha256` uint8 [pictures, 32], `count` int32 [pictures] (how many were found in
each, 0 as well: that picture was looked at) and further arrays, one row for each that was found, in
the pictures' order. As with features (`artextract.vision.feature_store`) parts are appended, each
whole or not at all; what was found goes by the picture's content, and other networks or another way
of looking are another folder.
"""

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from artextract.collection import Collection
from artextract.files import only_writer, sweep_temporary, write_atomic

_HASHES, _COUNT = "image_sha256", "count"


@dataclass(frozen=True)
class Found:
    """What was found in pictures."""

    hashes: list[str]
    """SHA-256 of each picture that was looked at."""
    counts: np.ndarray
    """int32 [pictures], how many were found in each."""
    arrays: dict[str, np.ndarray]
    """By name, [found, …] each, in the pictures' order."""

    def __len__(self) -> int:
        return int(self.counts.sum())


class FoundStore:
    """What one finder found in one collection."""

    def __init__(self, collection: Collection, kind: str, key: str) -> None:
        """Name the store.

        Args:
            collection: whose pictures.
            kind: what is found in them: "faces".
            key: all that the findings depend on.
        """
        self.folder = collection.root / "found" / f"{kind}-{key}"
        self._label = f"{kind} of {collection.name}"

    def writing(self) -> AbstractContextManager[None]:
        """Hold the store for appending: a second process waits, then finds the work done."""
        return only_writer(self.folder, self._label)

    def sweep(self) -> None:
        """Remove unfinished and unreadable parts. Call it only within `writing()`."""
        sweep_temporary(self.folder)
        for part in self._parts():
            if _read_part(part) is None:
                part.unlink(missing_ok=True)

    def append(self, found: Found) -> None:
        """Add one part.

        Raises:
            StorageError: it could not be written; nothing was added.
        """
        digests = np.frombuffer(bytes.fromhex("".join(found.hashes)), np.uint8).reshape(-1, 32)
        tensors = {name: np.ascontiguousarray(array) for name, array in found.arrays.items()}
        tensors[_HASHES] = np.ascontiguousarray(digests)
        tensors[_COUNT] = found.counts.astype(np.int32)
        with write_atomic(self.folder / f"part-{uuid.uuid4().hex}.safetensors") as temporary:
            save_file(tensors, temporary)

    def read(self) -> Found:
        """All that was found, each picture once; damaged parts are left out."""
        parts = [part for path in self._parts() if (part := _read_part(path)) is not None]
        return joined(parts)

    def version(self) -> tuple[str, ...]:
        """Changes whenever parts are added or removed: the key of what screens cache."""
        return tuple(part.name for part in self._parts())

    def _parts(self) -> list[Path]:
        return sorted(self.folder.glob("part-*.safetensors"))


def joined(parts: Sequence[Found]) -> Found:
    """Several as one; of a picture that is in two the first counts."""
    hashes: list[str] = []
    counts: list[int] = []
    rows: dict[str, list[np.ndarray]] = {}
    known: set[str] = set()
    for part in parts:
        ends = np.cumsum(part.counts)
        for sha256, count, end in zip(part.hashes, part.counts, ends, strict=True):
            if sha256 in known:
                continue
            known.add(sha256)
            hashes.append(sha256)
            counts.append(int(count))
            if count:
                for name, array in part.arrays.items():
                    rows.setdefault(name, []).append(array[end - count : end])
    arrays = {name: np.concatenate(found) for name, found in rows.items()}
    return Found(hashes, np.array(counts, np.int32), arrays)


def _read_part(path: Path) -> Found | None:
    """A part; None if it is damaged."""
    try:
        tensors = load_file(path)
        digests, counts = tensors.pop(_HASHES), tensors.pop(_COUNT)
    except (SafetensorError, OSError, KeyError, ValueError):
        return None
    if digests.ndim != 2 or digests.shape[1] != 32 or len(counts) != len(digests):
        return None
    if any(len(array) != counts.sum() for array in tensors.values()):
        return None
    text = digests.tobytes().hex()
    return Found([text[i : i + 64] for i in range(0, len(text), 64)], counts, tensors)
