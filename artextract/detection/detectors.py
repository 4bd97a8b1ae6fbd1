"""The detectors, one row each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from PIL import Image

from artextract.collection import Collection
from artextract.detection.face_detector import face_detector, faces_of
from artextract.detection.poses import pose_detector, poses_of
from artextract.network_queue import BACKGROUND


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
