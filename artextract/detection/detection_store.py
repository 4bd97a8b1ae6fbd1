"""Stored detections: the faces, or the poses, in the pictures of a collection, and which works they are in.

    detections/<detector>-<key>/shard-<random>.safetensors

A shard (`artextract.features.shards`) holds `count` int32 [n], the number of detections in each picture (0: none), and
further arrays with one row per detection, in the pictures' order. Another version of a detector has another key.

    detections/<detector>-<key>/unreadable.json

names the pictures that the last finished job could not use, and why.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from artextract.collection import Collection
from artextract.features.shards import ShardStore
from artextract.files import stamp, write_bytes

if TYPE_CHECKING:
    from artextract.detection.detect import Detector


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


@dataclass(frozen=True)
class Detection:
    """A face or a pose in a work. Works that share a picture have the same detections."""

    work: str  # The work's id
    sha256: str  # SHA-256 of the work's picture
    number: int  # Index among the work's detections, the most certain first
    row: int  # Row of the stored arrays
    aspect: float  # The picture's width over its height
    found: Any  # The `Face` or the `Pose`


class DetectionIndex:
    """The detections of one detector in a collection's works. Safe to share."""

    def __init__(self, collection: Collection, detector: "Detector") -> None:
        """Read the store. Raises WeightsError if a network of the detector is not available."""
        store = DetectionStore(collection, detector.name, detector.load(None).key)
        stored, reasons, works = store.joined(), store.unreadable(), collection.works()
        self.arrays: dict[str, np.ndarray] = {}
        rows, found = dict[str, range](), list[Any]()
        if stored is not None:
            self.arrays, found = stored.arrays, detector.read(stored.arrays)
            counts, ends = self.arrays["count"].tolist(), self.arrays["count"].cumsum().tolist()
            pictures = zip(stored.hashes, counts, ends, strict=True)
            rows = {sha256: range(end - count, end) for sha256, count, end in pictures}
        self.works = len(works)
        self.searched = 0
        """Works whose picture was searched."""
        self.unreadable: dict[str, str] = {}
        """ID of each work whose picture could not be used → why."""
        self.detections: list[Detection] = []
        self._of_work: dict[str, list[int]] = {}
        self._of_picture: dict[str, list[int]] = {}
        columns = ("id", "image_sha256", "width", "height")
        for work, sha256, width, height in zip(*(works[name] for name in columns), strict=True):
            if sha256 not in rows:
                if sha256 in reasons:
                    self.unreadable[work] = reasons[sha256]
                continue
            self.searched += 1
            for number, row in enumerate(rows[sha256]):
                self._of_work.setdefault(work, []).append(len(self.detections))
                self._of_picture.setdefault(sha256, []).append(len(self.detections))
                self.detections.append(Detection(work, sha256, number, row, width / height, found[row]))

    def of_work(self, work: str) -> list[int]:
        """Positions of a work's detections in `detections`."""
        return self._of_work.get(work, [])

    def in_same_picture(self, position: int) -> list[int]:
        """Positions of the detections in the same picture as the one at `position`, itself included."""
        return self._of_picture[self.detections[position].sha256]
