"""The poses of a picture, looked for where its faces are, too."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from PIL import Image

from artextract.network_queue import BACKGROUND
from artextract.vision.faces import Face, face_detector
from artextract.vision.poses import POINTS, BlazePose, Pose


class PoseFinder:
    """Finds the poses of pictures."""

    kind = "poses"

    def __init__(self, faces: Mapping[str, list[Face]] | None = None) -> None:
        """Find the networks.

        Args:
            faces: those that are known already, by the SHA-256 of their picture.

        Raises:
            WeightsError: a network can't be had.
        """
        self._poses, self._detector = _blazepose(), face_detector()
        self._faces = faces or {}
        self.key = f"{self._poses.key}-{self._detector.key}"

    def look(
        self, image: Image.Image, sha256: str = "", priority: int = BACKGROUND
    ) -> dict[str, np.ndarray]:
        """The poses in an RGB picture, the surest first.

        Returns:
            `score` float32 [n]; `points` float32 [n, 33, 3], as in `Pose`.
        """
        faces = self._faces.get(sha256)
        if faces is None:
            faces = self._detector.find(image, priority)
        found = self._poses.find(image, faces, priority)
        points = [pose.points for pose in found]
        return {
            "score": np.array([pose.score for pose in found], np.float32),
            "points": np.array(points, np.float32).reshape(-1, POINTS, 3),
        }


def poses_of(found: dict[str, np.ndarray]) -> list[Pose]:
    """The poses that `PoseFinder.look` found."""
    pairs = zip(found["score"], found["points"], strict=True)
    return [Pose(float(score), points) for score, points in pairs]


@lru_cache(maxsize=1)
def _blazepose() -> BlazePose:
    return BlazePose()
