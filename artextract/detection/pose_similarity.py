"""The poses of a collection's people: which are alike, wherever and however large they stand."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from artextract.collection import Collection
from artextract.detection.detect import FindReport, find_in_collection, store_of
from artextract.detection.detection_index import FoundIndex, Place
from artextract.detection.detection_store import Found
from artextract.detection.face_finder import face_finder, faces_of
from artextract.detection.face_similarity import find_faces
from artextract.detection.faces import Face
from artextract.detection.pose_finder import BLAZEPOSE, PoseFinder, poses_of
from artextract.detection.poses import Pose
from artextract.errors import WeightsError
from artextract.progress import Report, silent

LIMBS = (
    (11, 12),
    (23, 24),
    (11, 23),
    (12, 24),
    (11, 13),
    (13, 15),
    (12, 14),
    (14, 16),
    (23, 25),
    (25, 27),
    (24, 26),
    (26, 28),
    (11, 0),
    (12, 0),
)
"""Lines of the body, by BlazePose's points: shoulders, hips, sides, arms, legs, neck."""
MIRRORED = (0, 1, 3, 2, 6, 7, 4, 5, 10, 11, 8, 9, 13, 12)
"""Which limb each becomes in a mirror; shoulders and hips, which go across, turn around."""
ACROSS = 2
"""The first so many of `LIMBS` go across the body."""
WEIGHTS = np.array([0.5] * 4 + [1.0] * 8 + [0.5] * 2, np.float32)
"""Of `LIMBS`: arms and legs make a pose, the trunk is much the same in all."""
UNKNOWN = 0.5
"""What a limb of the query counts, as neither alike nor unlike, where the other's is not seen."""
DOUBT = 1.0
"""A limb's worth of it, added: who shows little of themselves is like nobody very much."""
SEEN = 0.5
"""A point that is less likely to be seen than this has no part in a comparison."""


@dataclass(frozen=True)
class WorkPose(Place):
    """A person's pose in a work of a collection."""

    pose: Pose


@dataclass(frozen=True)
class NearPose:
    """A pose near a query."""

    pose: WorkPose
    likeness: float
    """Mean cosine between the query's limbs and its: -1 to 1, higher is closer."""
    mirrored: bool
    """Whether it is the mirror image that is near."""


def find_poses(
    collection: Collection,
    report: Report = silent,
    finder: str = BLAZEPOSE,
    weights_file: Path | None = None,
) -> FindReport:
    """Find the poses of a collection's people in pictures that the finder didn't look at yet.

    For BlazePose its faces are found first, for a body is where a face is.

    Args:
        collection: whose pictures.
        report: told of the progress.
        finder: one of `pose_finder.FINDERS`.
        weights_file: of Keypoint R-CNN, instead of where they are usually found.

    Raises:
        ArtExtractError: no such finder, a network can't be had, no works, or the disk is full.
    """
    if finder != BLAZEPOSE:
        return find_in_collection(collection, PoseFinder(finder, weights_file=weights_file), report)
    known: dict[str, list[Face]] = {}
    with contextlib.suppress(WeightsError):  # what compares faces is missing: they are found anew
        find_faces(collection, report)
        known = _by_picture(store_of(collection, face_finder()).read())
    return find_in_collection(collection, PoseFinder(faces=known), report)


def limbs_of(points: np.ndarray, aspect: float) -> tuple[np.ndarray, np.ndarray]:
    """A pose as directions, which forgive place and size.

    Args:
        points: float [33, 3], as in `Pose`.
        aspect: the picture's width over its height: fractions of both are made alike by it.

    Returns:
        Unit vectors float32 [14, 2] along `LIMBS`, and how far each is seen, 0…1, float32 [14]:
        0 where an end of it isn't.
    """
    ends = points[np.array(LIMBS)]
    along = (ends[:, 1, :2] - ends[:, 0, :2]) * (aspect, 1.0)
    length = np.linalg.norm(along, axis=1, keepdims=True)
    seen = ends[:, :, 2].min(axis=1)
    seen = np.where((seen < SEEN) | (length[:, 0] < 1e-6), 0.0, seen)
    return (along / np.maximum(length, 1e-6)).astype(np.float32), seen.astype(np.float32)


def mirror(limbs: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The limbs of the mirror image: left is right, and what went left goes right."""
    order = list(MIRRORED)
    turned = limbs[order] * (-1.0, 1.0)
    turned[:ACROSS] *= -1
    return turned.astype(np.float32), seen[order]


class PoseIndex(FoundIndex):
    """The poses in a collection's works. Safe to share."""

    def __init__(self, collection: Collection, finder: PoseFinder) -> None:
        """Bring what was found to the collection's works."""
        super().__init__(collection, finder)
        every = poses_of(self.found.arrays) if self.places else []
        self.poses = [WorkPose(**vars(one), pose=every[one.row]) for one in self.places]
        limbs = [limbs_of(one.pose.points, one.aspect) for one in self.poses]
        count = len(LIMBS)
        self._limbs = np.array([along for along, _ in limbs], np.float32).reshape(-1, count, 2)
        self._seen = np.array([seen for _, seen in limbs], np.float32).reshape(-1, count)

    def near(self, points: np.ndarray, aspect: float, k: int, but: Sequence[int] = ()) -> list[NearPose]:
        """The `k` poses most like one, or like its mirror image, without those at `but`.

        Args:
            points: float [33, 3], as in `Pose`.
            aspect: its picture's width over its height.
            k: how many at the most.
            but: places in `poses`.
        """
        limbs, seen = limbs_of(points, aspect)
        plain = self._likeness(limbs, seen)
        turned = self._likeness(*mirror(limbs, seen))
        best = np.maximum(plain, turned)
        best[list(but)] = -np.inf
        order = np.argsort(-best, kind="stable")[:k]
        return [NearPose(self.poses[i], float(best[i]), bool(turned[i] > plain[i])) for i in order if best[i] > -np.inf]

    def near_pose(self, place: int, k: int) -> list[NearPose]:
        """The poses in other pictures most like the one at `place`."""
        one = self.poses[place]
        return self.near(one.pose.points, one.aspect, k, self.in_the_same_picture(place))

    def _likeness(self, limbs: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Mean cosine of each pose's limbs with the query's; one that is not seen counts 0."""
        asked = WEIGHTS * seen
        weights = self._seen * asked
        cosines = np.einsum("nld,ld->nl", self._limbs, limbs)
        counted = (UNKNOWN * asked + (1 - UNKNOWN) * weights).sum(axis=1)
        return (weights * cosines).sum(axis=1) / (counted + DOUBT)


def _by_picture(faces: Found) -> dict[str, list[Face]]:
    every, first = faces_of(faces.arrays) if len(faces) else [], 0
    known = {}
    for sha256, count in zip(faces.hashes, faces.counts, strict=True):
        known[sha256] = every[first : first + int(count)]
        first += int(count)
    return known
