"""The poses in a picture: BlazePose on the bodies that it detects, and below the faces that RetinaFace finds."""

from collections.abc import Mapping
from contextlib import suppress

import numpy as np
from PIL import Image

from artextract.collection import Collection
from artextract.detection.detection_store import DetectionStore
from artextract.detection.face_detector import face_detector, faces_of
from artextract.detection.faces import Face, retinaface
from artextract.detection.poses import POINTS, Pose, blazepose
from artextract.errors import WeightsError
from artextract.network_queue import BACKGROUND


class PoseDetector:
    """Finds the poses of pictures."""

    def __init__(self, faces: Mapping[str, list[Face]]) -> None:
        """Find the networks. Raises WeightsError if one is not available.

        `faces` are faces found before, by the SHA-256 of the picture; they are not searched again.
        """
        self._known_faces = faces
        self._faces, self._poses = retinaface(), blazepose()
        self.key = f"{self._poses.key}-{self._faces.key}"

    def detect(self, image: Image.Image, sha256: str = "", priority: int = BACKGROUND) -> dict[str, np.ndarray]:
        """The poses in an RGB picture, the most certain first.

        `score` float32 [n]; `points` float32 [n, 33, 3], as in `Pose`.
        """
        faces = self._known_faces.get(sha256)
        poses = self._poses.find(image, self._faces.find(image, priority) if faces is None else faces, priority)
        return {
            "score": np.array([pose.score for pose in poses], np.float32),
            "points": np.array([pose.points for pose in poses], np.float32).reshape(-1, POINTS, 3),
        }


def pose_detector(collection: Collection | None = None) -> PoseDetector:
    """The detector, with the faces that were found in a collection; raises WeightsError like `PoseDetector`."""
    known: dict[str, list[Face]] = {}
    if collection is not None:
        with suppress(WeightsError):  # without the face embedder, no faces are stored
            stored = DetectionStore(collection, "faces", face_detector().key).joined()
            if stored is not None:
                faces = iter(faces_of(stored.arrays))
                pictures = zip(stored.hashes, stored.arrays["count"], strict=True)
                known = {sha256: [next(faces) for _ in range(count)] for sha256, count in pictures}
    return PoseDetector(known)


def poses_of(arrays: Mapping[str, np.ndarray]) -> list[Pose]:
    """The poses in the arrays of `PoseDetector.detect`."""
    return [Pose(float(score), points) for score, points in zip(arrays["score"], arrays["points"], strict=True)]
