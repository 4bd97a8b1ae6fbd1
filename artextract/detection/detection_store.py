"""Stored detections: the faces, or the poses, in the pictures of a collection.

    detections/<detector>-<key>/shard-<random>.safetensors

A shard (`artextract.features.shards`) holds `count` int32 [n], the number of detections in each picture (0: none), and
further arrays with one row per detection, in the pictures' order. Another version of a detector has another key.

    detections/<detector>-<key>/unreadable.json

names the pictures that the last finished job could not use, and why.
"""

import json

from artextract.collection import Collection
from artextract.features.shards import ShardStore
from artextract.files import stamp, write_bytes


class DetectionStore(ShardStore):
    """The detections of one detector in one collection."""

    def __init__(self, collection: Collection, detector: str, key: str) -> None:
        """Name the store of a detector such as "faces"; `key` names everything that the detections depend on."""
        folder = collection.root / "detections" / f"{detector}-{key}"
        super().__init__(folder, f"{detector} of {collection.name}", {"count": ()})
        self._unreadable = folder / "unreadable.json"

    def write_unreadable(self, why: dict[str, str]) -> None:
        """Replace the list of pictures that could not be used, SHA-256 → why. Raises StorageError."""
        if why != self.unreadable():  # the cache may be read-only
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
