"""The poses in a collection's works: which are similar, regardless of position and size."""

from collections.abc import Mapping, Sequence

import numpy as np

from artextract.collection import Collection
from artextract.detection.detect import DETECTORS
from artextract.detection.detection_store import Detection, DetectionIndex

_STARTS = (11, 23, 11, 12, 11, 13, 12, 14, 23, 25, 24, 26, 11, 12)
_ENDS = (12, 24, 23, 24, 13, 15, 14, 16, 25, 27, 26, 28, 0, 0)
LIMBS = tuple(zip(_STARTS, _ENDS, strict=True))
"""Lines between BlazePose's points: shoulders, hips, sides, arms, legs, neck."""
MIRRORED = (0, 1, 3, 2, 6, 7, 4, 5, 10, 11, 8, 9, 13, 12)
"""The limb that each limb becomes in a mirror. Shoulders and hips also reverse their direction."""
ACROSS = 2  # This many limbs, the first ones, go across the body
WEIGHTS = np.array([0.5] * 4 + [1.0] * 8 + [0.5] * 2, np.float32)
"""Weights of `LIMBS`: arms and legs determine a pose, trunks hardly differ."""
UNKNOWN = 0.5  # Weight, in the mean, of a limb that only the query shows; its cosine counts 0
DOUBT = 1.0  # Added to the sum of weights, so that a person with few visible limbs is not very similar to anyone
VISIBLE = 0.5  # Least probability of a point's visibility; points below have no part in a comparison


def limbs_of(points: np.ndarray, aspect: float) -> tuple[np.ndarray, np.ndarray]:
    """A pose as directions, which do not depend on position and size.

    `points` are float [33, 3] as in `Pose`, `aspect` is the picture's width over its height. Unit vectors float32
    [14, 2] along `LIMBS`, and their visibility, float32 [14], 0…1: 0 if an end is not visible.
    """
    ends = points[np.array(LIMBS)]
    along = (ends[:, 1, :2] - ends[:, 0, :2]) * (aspect, 1.0)
    length = np.linalg.norm(along, axis=1, keepdims=True)
    visible = ends[:, :, 2].min(axis=1)
    visible = np.where((visible < VISIBLE) | (length[:, 0] < 1e-6), 0.0, visible)
    return (along / np.maximum(length, 1e-6)).astype(np.float32), visible.astype(np.float32)


def mirror(limbs: np.ndarray, visible: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The limbs of the mirror image: left and right change places and directions."""
    order = list(MIRRORED)
    mirrored = limbs[order] * (-1.0, 1.0)
    mirrored[:ACROSS] *= -1
    return mirrored.astype(np.float32), visible[order]


class PoseIndex(DetectionIndex):
    """The poses in a collection's works."""

    def __init__(self, collection: Collection) -> None:
        """Read the stored poses. Raises WeightsError if a network is not available."""
        super().__init__(collection, DETECTORS["poses"])
        limbs = [limbs_of(pose.found.points, pose.aspect) for pose in self.detections]
        self._limbs = np.array([along for along, _ in limbs], np.float32).reshape(-1, len(LIMBS), 2)
        self._visible = np.array([visible for _, visible in limbs], np.float32).reshape(-1, len(LIMBS))

    def near(
        self, points: np.ndarray, aspect: float, k: int, without: Sequence[int] = ()
    ) -> list[tuple[Detection, float, bool]]:
        """The `k` poses (or fewer) most similar to a pose or its mirror image, and whether the mirror image is closer.

        The similarity is the mean cosine between the limbs, reduced by `DOUBT`: higher is closer. A whole body reaches
        0.92, a bust 0.75. The arguments are those of `limbs_of`; `without` has positions to leave out.
        """
        limbs, visible = limbs_of(points, aspect)
        plain = self._similarities(limbs, visible)
        mirrored = self._similarities(*mirror(limbs, visible))
        best = np.maximum(plain, mirrored)
        best[list(without)] = -np.inf
        order = [i for i in np.argsort(-best, kind="stable")[:k] if best[i] > -np.inf]
        return [(self.detections[i], float(best[i]), bool(mirrored[i] > plain[i])) for i in order]

    def near_found(
        self, arrays: Mapping[str, np.ndarray], number: int, aspect: float, k: int
    ) -> list[tuple[Detection, float, bool]]:
        """The poses most similar to one that was found in another picture, as from `near`."""
        return self.near(DETECTORS["poses"].read(arrays)[number].points, aspect, k)

    def near_stored(self, position: int, k: int) -> list[tuple[Detection, float, bool]]:
        """The poses in other pictures most similar to the pose at a position, as from `near`."""
        query = self.detections[position]
        return self.near(query.found.points, query.aspect, k, self.in_same_picture(position))

    def _similarities(self, limbs: np.ndarray, visible: np.ndarray) -> np.ndarray:
        """Mean cosine of each pose's limbs with the query's, float [n]."""
        query = WEIGHTS * visible
        weights = self._visible * query
        cosines = np.einsum("nld,ld->nl", self._limbs, limbs)
        total = (UNKNOWN * query + (1 - UNKNOWN) * weights).sum(axis=1)
        return (weights * cosines).sum(axis=1) / (total + DOUBT)
