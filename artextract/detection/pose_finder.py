"""The poses of a picture, by whichever network is named."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from artextract.collection import Collection
from artextract.detection import keypoint_rcnn, poses
from artextract.detection.detection_store import stored_kinds
from artextract.detection.faces import Face, FaceDetector, face_detector
from artextract.detection.keypoint_rcnn import KeypointRCNN
from artextract.detection.poses import POINTS, BlazePose, Pose
from artextract.errors import ArtExtractError
from artextract.network_queue import BACKGROUND

BLAZEPOSE = poses.NAME
FINDERS = {BLAZEPOSE: "BlazePose (MediaPipe)", keypoint_rcnn.NAME: "Keypoint R-CNN (torchvision)"}
"""What finds poses, by name: the one that comes with the program first."""


class PoseNetwork(Protocol):
    """What finds poses."""

    key: str
    """Its name, then all that its findings depend on."""

    def find(self, image: Image.Image, faces: Sequence[Face] = (), priority: int = BACKGROUND) -> list[Pose]:
        """The poses in an RGB picture, the surest people first; `faces` are those found in it."""
        ...


class PoseFinder:
    """Finds the poses of pictures: BlazePose where faces are, too, Keypoint R-CNN by itself."""

    kind = "poses"

    def __init__(
        self,
        name: str = BLAZEPOSE,
        faces: Mapping[str, list[Face]] | None = None,
        weights_file: Path | None = None,
    ) -> None:
        """Find the networks.

        Args:
            name: one of `FINDERS`.
            faces: those that are known already, by the SHA-256 of their picture.
            weights_file: of Keypoint R-CNN, instead of where they are usually found.

        Raises:
            ArtExtractError: there is no finder of that name, or its weights can't be had.
        """
        check_finder(name)
        self._faces = faces or {}
        self._detector: FaceDetector | None = None
        self._network: PoseNetwork
        if name == BLAZEPOSE:
            self._network, self._detector = _blazepose(), face_detector()
            self.key = f"{self._network.key}-{self._detector.key}"
        else:
            self._network = _keypoint_rcnn(weights_file)
            self.key = self._network.key

    def look(self, image: Image.Image, sha256: str = "", priority: int = BACKGROUND) -> dict[str, np.ndarray]:
        """The poses in an RGB picture, the surest first.

        Returns:
            `score` float32 [n]; `points` float32 [n, 33, 3], as in `Pose`.
        """
        faces = self._faces.get(sha256)
        if faces is None:
            faces = [] if self._detector is None else self._detector.find(image, priority)
        found = self._network.find(image, faces, priority)
        points = [pose.points for pose in found]
        return {
            "score": np.array([pose.score for pose in found], np.float32),
            "points": np.array(points, np.float32).reshape(-1, POINTS, 3),
        }


def check_finder(name: str) -> None:
    """Raise an ArtExtractError if nothing that finds poses is called `name`."""
    if name not in FINDERS:
        raise ArtExtractError(f"Nothing that finds poses is called {name!r}; there are {', '.join(FINDERS)}.")


def finders_used(collection: Collection) -> list[str]:
    """The names of those that have looked for poses in a collection."""
    keys = stored_kinds(collection, PoseFinder.kind)
    return [name for name in FINDERS if any(key.startswith(f"{name}-") for key in keys)]


def poses_of(found: dict[str, np.ndarray]) -> list[Pose]:
    """The poses that `PoseFinder.look` found."""
    pairs = zip(found["score"], found["points"], strict=True)
    return [Pose(float(score), points) for score, points in pairs]


@lru_cache(maxsize=1)
def _blazepose() -> BlazePose:
    return BlazePose()


@lru_cache(maxsize=1)
def _keypoint_rcnn(weights_file: Path | None) -> KeypointRCNN:
    return KeypointRCNN(weights_file)
