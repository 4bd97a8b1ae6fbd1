"""The poses of the people in a picture: 33 points of the body each (BlazePose, Bazarevsky et al. 2020).

LiteRT runs the two networks of MediaPipe's package (Apache-2.0). Detector, anchors and regions follow
MediaPipe's `pose_detection` and `pose_landmark` graphs, except that all people are kept.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from PIL import Image

from artextract.collection import Collection
from artextract.detection.detection_store import DetectionStore
from artextract.detection.face_detector import face_detector, faces_of
from artextract.detection.faces import Face, retinaface
from artextract.errors import WeightsError
from artextract.network_queue import BACKGROUND, network_queue
from artextract.vision.weights import package_folder

NAME = "blazepose"
DETECTOR, LANDMARKER = "pose_detection", "pose_landmark_full"
DETECTOR_SIDE, LANDMARK_SIDE = 224, 256
STRIDES = ((8, 2), (16, 2), (32, 6))  # The detector's grids: pixels per cell, and anchors in each cell
MIN_DETECTOR_SCORE = 0.3  # Minimum score of a person in the detector. The landmarks decide later.
MIN_SCORE = 0.9  # Minimum score of a pose. About half of the poses in paintings with a lower score are wrong.
SAME = 0.3  # Overlap from which two boxes are one person
MAX_PEOPLE = 8  # Most people in a picture
REGION = 1.25  # Side of the landmarks' region over the diameter of the circle around the body
POINTS = 33


@dataclass(frozen=True)
class Pose:
    """The pose of one person in a picture."""

    score: float  # Confidence that there is a person, 0…1
    points: np.ndarray
    """float32 [33, 3]: x and y as fractions of the picture's width and height (points may be outside),
    and the probability that the point is visible, 0…1."""


@dataclass(frozen=True)
class _BodyRegion:
    """A rotated square of the picture, in which the body is upright."""

    x: float
    y: float  # The middle, pixels
    side: float
    angle: float  # Radians, clockwise

    def matrix(self, side: int) -> np.ndarray:
        """The map from a `side` × `side` crop to the picture, in pixels: float64 [2, 3]."""
        scale = self.side / side
        turn = scale * np.array([[np.cos(self.angle), -np.sin(self.angle)], [np.sin(self.angle), np.cos(self.angle)]])
        return np.column_stack([turn, (self.x, self.y) - turn @ (side / 2, side / 2)])


class BlazePose:
    """Finds people and their poses, on the CPU."""

    def __init__(self) -> None:
        """Find the networks. Raises WeightsError if a package is missing."""
        folder = package_folder("mediapipe")
        if folder is None or package_folder("ai_edge_litert") is None:
            raise WeightsError(
                "The pose detector is not installed. Run `pip install --no-deps "
                "-r requirements-no-deps.txt` with Python 3.11 or 3.12. Everything else works without it."
            )
        places = ("pose_detection", DETECTOR), ("pose_landmark", LANDMARKER)
        self._files = [folder / "modules" / module / f"{network}.tflite" for module, network in places]
        digest = hashlib.sha256(repr((MIN_DETECTOR_SCORE, MIN_SCORE, SAME, MAX_PEOPLE, REGION)).encode())
        for file in self._files:
            if not file.is_file():
                raise WeightsError(
                    f"{file.name} is missing from the package mediapipe. Install the version in "
                    "requirements-no-deps.txt."
                )
            digest.update(file.read_bytes())
        self.key = f"{NAME}-{digest.hexdigest()[:12]}"

    def find(self, image: Image.Image, faces: Sequence[Face] = (), priority: int = BACKGROUND) -> list[Pose]:
        """The poses in an RGB picture of any size, the most certain people first.

        A body is expected below each of the picture's faces, because the detector was trained on photographs
        and misses many painted people. For `priority` see `artextract.network_queue`.
        """
        return network_queue().run(lambda: self._poses(np.asarray(image), faces), priority)

    def _poses(self, pixels: np.ndarray, faces: Sequence[Face]) -> list[Pose]:
        height, width = pixels.shape[:2]
        regions = self._people(pixels) + [_below(face, width, height) for face in faces]
        # The first region is a guess; the pose in it gives a better one.
        guesses = [guess for region in regions if (guess := self._pose(pixels, region))]
        better = [found[0] for _, region in guesses if (found := self._pose(pixels, region))]
        poses: list[Pose] = []
        for pose in sorted(better, key=lambda pose: -pose.score):
            if pose.score >= MIN_SCORE and not any(_same_person(pose, known) for known in poses):
                poses.append(pose)
        return poses[:MAX_PEOPLE]

    def _people(self, pixels: np.ndarray) -> list[_BodyRegion]:
        """The regions of people, the most certain first."""
        import cv2

        height, width = pixels.shape[:2]
        whole = _BodyRegion(width / 2, height / 2, max(width, height), 0.0)
        view = _crop(pixels, whole, DETECTOR_SIDE) / 127.5 - 1
        boxes, logits = self._run(0, view.astype(np.float32))
        scores = _sigmoid(logits[0, :, 0])
        sure = np.flatnonzero(scores >= MIN_DETECTOR_SCORE)
        boxes, scores = boxes[0, sure] / DETECTOR_SIDE, scores[sure]
        # A box, then points: first the middle of the hips, then the rim of the body's circle.
        places = boxes.reshape(len(sure), 6, 2)
        places[:, (0, 2, 3, 4, 5)] += _anchors()[sure, None]
        corners = np.concatenate([places[:, 0] - places[:, 1] / 2, places[:, 1]], axis=1)
        kept = cv2.dnn.NMSBoxes(corners.tolist(), scores.tolist(), MIN_DETECTOR_SCORE, SAME)
        matrix = whole.matrix(DETECTOR_SIDE)
        people = places[np.array(kept, int).ravel()[:MAX_PEOPLE], 2:4] * DETECTOR_SIDE
        regions = [_around(*(matrix[:, :2] @ place + matrix[:, 2] for place in person)) for person in people]
        return [region for region in regions if region is not None]

    def _pose(self, pixels: np.ndarray, region: _BodyRegion) -> tuple[Pose, _BodyRegion] | None:
        """The pose of the person in a region, and the region around that pose; None without a person."""
        height, width = pixels.shape[:2]
        view = _crop(pixels, region, LANDMARK_SIDE) / 255
        points, presence = self._run(1, view.astype(np.float32))[:2]
        score = float(presence.ravel()[0])
        points = points.reshape(-1, 5)
        matrix = region.matrix(LANDMARK_SIDE)
        places = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        around = _around(places[POINTS], places[POINTS + 1])
        if score < MIN_DETECTOR_SCORE or around is None:
            return None
        visible = _sigmoid(np.minimum(points[:POINTS, 3], points[:POINTS, 4]))
        points = np.column_stack([places[:POINTS] / (width, height), visible])
        return Pose(score, points.astype(np.float32)), around

    def _run(self, which: int, picture: np.ndarray) -> list[np.ndarray]:
        network = self._networks[which]
        network.set_tensor(network.get_input_details()[0]["index"], picture[None])
        network.invoke()
        return [network.get_tensor(output["index"]) for output in network.get_output_details()]

    @cached_property
    def _networks(self) -> list[Any]:
        from ai_edge_litert.interpreter import Interpreter

        networks = [Interpreter(model_path=str(file), num_threads=2) for file in self._files]
        for network in networks:
            network.allocate_tensors()
        return networks


def _around(hips: np.ndarray, rim: np.ndarray) -> _BodyRegion | None:
    """The region of a body, from the middle of the hips and a point above the head or below the feet."""
    along = rim - hips
    side = 2 * float(np.hypot(*along)) * REGION
    angle = float(np.arctan2(along[0], -along[1]))  # 0 where the rim is above the hips
    return _BodyRegion(float(hips[0]), float(hips[1]), side, angle) if side >= 8 else None


def _below(face: Face, width: int, height: int) -> _BodyRegion:
    """The likely region of the body that a face belongs to: the hips are three heads below."""
    head = max(face.width * width, face.height * height) * 1.25
    x, y = (face.x + face.width / 2) * width, (face.y + face.height / 2) * height
    return _BodyRegion(x, y + 2.6 * head, 7.5 * head, 0.0)


def _same_person(left: Pose, right: Pose) -> bool:
    """Whether two poses are of one person: nose and shoulders are at nearly the same position."""
    first, second = (pose.points[[0, 11, 12], :2] for pose in (left, right))
    size = max(np.ptp(first, axis=0).max(), np.ptp(second, axis=0).max(), 1e-6)
    return bool(np.abs(first - second).mean() < SAME * size)


@cache
def blazepose() -> BlazePose:
    """The networks of this process. Raises WeightsError if a package is missing."""
    return BlazePose()


class PoseDetector:
    """Finds the poses of pictures: on the bodies that BlazePose detects, and below the faces that RetinaFace finds."""

    def __init__(self, faces: Mapping[str, list[Face]]) -> None:
        """Find the networks, else WeightsError. `faces`, by the SHA-256 of the picture, are not searched again."""
        self._known_faces = faces
        self._faces, self._poses = retinaface(), blazepose()
        self.key = f"{self._poses.key}-{self._faces.key}"

    def detect(self, image: Image.Image, sha256: str = "", priority: int = BACKGROUND) -> dict[str, np.ndarray]:
        """The poses in an RGB picture, the most certain first: `score` float32 [n] and `points` float32 [n, 33, 3]."""
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


@cache
def _anchors() -> np.ndarray:
    """The middle of each cell of the detector's grids, once per anchor: float [2254, 2]."""
    middles = []
    for stride, count in STRIDES:
        cells = DETECTOR_SIDE // stride
        along = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
        middles.append(np.repeat(grid, count, axis=0))
    return np.concatenate(middles)


def _crop(pixels: np.ndarray, region: _BodyRegion, side: int) -> np.ndarray:
    """The region as uint8 [side, side, 3], black outside the picture."""
    import cv2

    return cv2.warpAffine(pixels, region.matrix(side), (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
