"""The detectors, one row each, and the job that runs one on the pictures of a collection."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
from PIL import Image

from artextract.collection import Collection
from artextract.detection.detection_store import DetectionIndex, DetectionStore
from artextract.detection.face_detector import face_detector, faces_of
from artextract.detection.poses import pose_detector, poses_of
from artextract.errors import WeightsError
from artextract.features.compute_missing import compute_missing
from artextract.features.ray_engine import RayEngine
from artextract.features.workers import JobResult, Worker
from artextract.network_queue import BACKGROUND
from artextract.progress import Report, silent
from artextract.vision.images import open_picture

SIDE = 1024  # Longest side that a detector needs, pixels


class LoadedDetector(Protocol):
    """A detector with its networks."""

    key: str  # Names everything that the detections depend on

    def detect(self, image: Image.Image, sha256: str = "", priority: int = BACKGROUND) -> dict[str, np.ndarray]:
        """The detections in an RGB picture: arrays [detections, …], the same names each time.

        `sha256` is the hash of the picture's file, "" for a picture of no collection. See `network_queue` for
        `priority`.
        """
        ...


@dataclass(frozen=True)
class Detector:
    """A kind of thing that can be found in pictures."""

    name: str  # Plural: the name of the command, the job and the store
    label: str  # The name on screens
    load: Callable[[Collection | None], LoadedDetector]
    """Makes the detector, for a collection or for other pictures. WeightsError if a network is not available."""
    read: Callable[[Mapping[str, np.ndarray]], list[Any]]  # The detections in the arrays of `LoadedDetector.detect`
    uses: str | None = None  # A detector that is run first because this one starts from its detections


DETECTORS = {
    detector.name: detector
    for detector in (
        Detector("faces", "Faces", face_detector, faces_of),
        Detector("poses", "Poses", pose_detector, poses_of, uses="faces"),
    )
}


@dataclass(frozen=True)
class DetectionResult(JobResult):
    """What a detection job did."""

    detector: str
    detections: int  # Detections that the collection has now

    def sentence(self) -> str:
        """What the job did, for a person."""
        return f"{super().sentence()} The collection has {self.detections:,} {self.detector}."


def detect(
    collection: Collection, detector: Detector, report: Report = silent, engine: RayEngine | None = None
) -> DetectionResult:
    """Run a detector on pictures that it has not searched yet, like `compute_missing`. WeightsError without a
    network."""
    if detector.uses:
        with suppress(WeightsError):  # the detector then finds those itself
            detect(collection, DETECTORS[detector.uses], report, engine)
    worker = DetectionWorker(collection, detector)
    store = DetectionStore(collection, detector.name, worker.key)
    result = compute_missing(collection, store, worker, report, engine)
    hashes = collection.works().set_index("id")["image_sha256"]
    store.write_unreadable({hashes[work]: why for work, why in result.failed.items()})
    count = len(DetectionIndex(collection, detector).detections)
    return DetectionResult(**vars(result), detector=detector.name, detections=count)


class DetectionWorker(Worker[tuple[Image.Image, str]]):
    """Runs one detector on pictures; raises WeightsError if a network is not available."""

    done = "searched"
    batch = 4
    shard = 32

    def __init__(self, collection: Collection, detector: Detector) -> None:
        self.title = f"Finding {detector.name}"
        self.factory = partial(DetectionWorker, collection, detector)
        self._loaded = detector.load(collection)
        self.key = self._loaded.key

    def prepare(self, content: bytes, name: str) -> tuple[Image.Image, str]:
        """The picture, no larger than needed, and its SHA-256."""
        return open_picture(content, name, at_least=SIDE).image, hashlib.sha256(content).hexdigest()

    def compute(self, pictures: Sequence[tuple[Image.Image, str]]) -> dict[str, np.ndarray]:
        """`count` int32 [n], and the detector's arrays."""
        detections = [self._loaded.detect(image, sha256) for image, sha256 in pictures]
        counts = [len(next(iter(arrays.values()))) for arrays in detections]
        joined = {name: np.concatenate([arrays[name] for arrays in detections]) for name in detections[0]}
        return {"count": np.array(counts, np.int32), **joined}
