"""Stored detections: the faces, or the poses, in the pictures of a collection.

    detections/<detector>-<key>/shard-<random>.safetensors

A shard (`artextract.features.shards`) holds `count` int32 [n], the number of detections in each picture
(0: none), and further arrays with one row per detection, in the pictures' order. Another version of a
detector has another key.

    detections/<detector>-<key>/unreadable.json

names the pictures that the last finished job could not use, and why.
"""

import json
from dataclasses import dataclass

import numpy as np

from artextract.collection import Collection
from artextract.features.shards import Shard, ShardStore
from artextract.files import stamp, write_bytes


@dataclass(frozen=True)
class Detections:
    """The detections in pictures."""

    hashes: list[str]
    """SHA-256 of each searched picture."""
    counts: np.ndarray
    """int32 [pictures], detections in each."""
    arrays: dict[str, np.ndarray]
    """By name, [detections, …] each, in the pictures' order; no arrays if no picture was searched."""

    def __len__(self) -> int:
        return int(self.counts.sum())


class DetectionStore(ShardStore):
    """The detections of one detector in one collection."""

    def __init__(self, collection: Collection, detector: str, key: str) -> None:
        """Name the store.

        Args:
            collection: whose pictures.
            detector: the detector's name: "faces".
            key: names everything that the detections depend on.
        """
        folder = collection.root / "detections" / f"{detector}-{key}"
        super().__init__(folder, f"{detector} of {collection.name}", ["count"], _is_valid)
        self._unreadable = folder / "unreadable.json"

    def read(self) -> Detections:
        """All detections; damaged shards are left out."""
        shards = list(self.shards())
        arrays = {
            name: np.concatenate([shard.arrays[name] for shard in shards])
            for name in (shards[0].arrays if shards else ())
        }
        counts = arrays.pop("count", np.zeros(0, np.int32))
        return Detections([sha256 for shard in shards for sha256 in shard.hashes], counts, arrays)

    def write_unreadable(self, why: dict[str, str]) -> None:
        """Replace the list of pictures that could not be used, SHA-256 → why.

        Raises:
            StorageError: the list could not be written.
        """
        write_bytes(self._unreadable, json.dumps(why, ensure_ascii=False).encode())

    def unreadable(self) -> dict[str, str]:
        """The pictures that the last finished job could not use, SHA-256 → why."""
        try:
            why: dict[str, str] = json.loads(self._unreadable.read_bytes())
        except (OSError, ValueError):
            return {}
        return why

    def version(self) -> tuple[str, ...]:
        """Changes whenever there are new detections, or other unreadable pictures."""
        return (*super().version(), stamp(self._unreadable))


def _is_valid(shard: Shard) -> bool:
    counts = shard.arrays["count"]
    rows = {len(array) for name, array in shard.arrays.items() if name != "count"}
    return len(counts) == len(shard.keys) and rows == {int(counts.sum())}
