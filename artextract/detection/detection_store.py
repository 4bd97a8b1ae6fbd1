"""What was found in the pictures of a collection: several faces, or bodies, in each, or none.

    found/<kind>-<key>/part-<random>.safetensors

A part (`artextract.features.shards`) holds `image_sha256` uint8 [pictures, 32], `count` int32
[pictures] (how many were found in each, 0 as well: that picture was looked at) and further arrays,
one row for each that was found, in the pictures' order. What was found goes by the picture's
content, and other networks or another way of looking are another folder.

    found/<kind>-<key>/unreadable.json

names the pictures that the last whole run could not read, and why.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.collection import Collection
from artextract.features.parts import Parts, as_digests, as_hashes
from artextract.files import write_bytes

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


class FoundStore(Parts[Found]):
    """What one finder found in one collection."""

    def __init__(self, collection: Collection, kind: str, key: str) -> None:
        """Name the store.

        Args:
            collection: whose pictures.
            kind: what is found in them: "faces".
            key: all that the findings depend on.
        """
        folder = collection.root / "found" / f"{kind}-{key}"
        super().__init__(folder, f"{kind} of {collection.name}", _understood)
        self._unreadable = folder / "unreadable.json"

    def append(self, found: Found) -> None:
        """Add one part.

        Raises:
            StorageError: it could not be written; nothing was added.
        """
        counts = found.counts.astype(np.int32)
        self.write_part(found.arrays | {_HASHES: as_digests(found.hashes), _COUNT: counts})

    def read(self) -> Found:
        """All that was found, each picture once; damaged parts are left out."""
        return joined(self.read_parts())

    def note_unreadable(self, why: dict[str, str]) -> None:
        """Keep which pictures could not be read, SHA-256 → why, instead of those noted before.

        Raises:
            StorageError: it could not be written.
        """
        write_bytes(self._unreadable, json.dumps(why, ensure_ascii=False).encode())

    def unreadable(self) -> dict[str, str]:
        """The pictures that the last whole run could not read, SHA-256 → why."""
        try:
            why: dict[str, str] = json.loads(self._unreadable.read_bytes())
        except (OSError, ValueError):
            return {}
        return why

    def version(self) -> tuple[str, ...]:
        """Changes whenever more was found, or other pictures could not be read."""
        try:
            stamp = str(self._unreadable.stat().st_mtime_ns)
        except OSError:
            stamp = ""
        return (*super().version(), stamp)


def stored_kinds(collection: Collection, kind: str) -> list[str]:
    """The keys under which something of that kind was looked for in a collection."""
    folders = (collection.root / "found").glob(f"{kind}-*")
    return sorted(folder.name.removeprefix(f"{kind}-") for folder in folders)


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


def _understood(tensors: dict[str, np.ndarray]) -> Found | None:
    hashes, counts = as_hashes(tensors.pop(_HASHES)), tensors.pop(_COUNT)
    if len(counts) != len(hashes) or any(len(one) != counts.sum() for one in tensors.values()):
        return None
    return Found(hashes, counts, tensors)
