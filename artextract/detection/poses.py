"""How the people in a picture hold themselves: 33 points of the body each (BlazePose).

Bazarevsky et al. 2020. The two networks are files of MediaPipe's package (Apache-2.0); LiteRT runs
them without its code. Detector, anchors and regions follow MediaPipe's `pose_detection` and
`pose_landmark` graphs, but that all people are kept, not the clearest alone.
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artextract.detection.faces import Face
from artextract.errors import WeightsError
from artextract.network_queue import BACKGROUND, network_queue

NAME = "blazepose"
DETECTOR, LANDMARKER = "pose_detection", "pose_landmark_full"
DETECTOR_SIDE, LANDMARK_SIDE = 224, 256
STRIDES = ((8, 2), (16, 2), (32, 6))
"""The detector's grids: pixels a cell, and anchors in each."""
LIKELY = 0.3
"""A person's least score at first sight: the second look decides."""
LEAST_SCORE = 0.9
"""A pose's least score: how sure the landmarks are that somebody is there. Of the few in paintings
that score less, about half are wrong."""
SAME = 0.3
"""People whose boxes overlap so much are one."""
MOST = 8
"""People of a picture at the most."""
REGION = 1.25
"""The landmarks' region over the circle that holds the body."""
POINTS = 33


@dataclass(frozen=True)
class Pose:
    """How one person in a picture holds themselves."""

    score: float
    """0…1, how sure it is that somebody is there."""
    points: np.ndarray
    """float32 [33, 3]: x and y as fractions of the picture's width and height (they may lie
    outside of it), and how likely the point can be seen, 0…1."""


@dataclass(frozen=True)
class _Region:
    """A square of the picture, turned so that the body stands upright in it."""

    x: float
    y: float
    """Its middle, pixels."""
    side: float
    angle: float
    """Radians, clockwise."""

    def matrix(self, side: int) -> np.ndarray:
        """From pixels of a `side` × `side` cut-out to pixels of the picture: float64 [2, 3]."""
        scale = self.side / side
        turn = scale * np.array([[np.cos(self.angle), -np.sin(self.angle)], [np.sin(self.angle), np.cos(self.angle)]])
        return np.column_stack([turn, (self.x, self.y) - turn @ (side / 2, side / 2)])


class BlazePose:
    """Finds people and their poses. The networks run in their turn, on the processor."""

    def __init__(self) -> None:
        """Find the networks.

        Raises:
            WeightsError: a package is missing.
        """
        spec = importlib.util.find_spec("mediapipe")
        litert = importlib.util.find_spec("ai_edge_litert")
        folders = spec.submodule_search_locations if spec is not None else None
        if not folders or litert is None:
            raise WeightsError(
                "The networks that find poses are not on this machine: run `pip install --no-deps "
                "-r requirements-no-deps.txt` with Python 3.11 or 3.12; all else works without."
            )
        modules = Path(folders[0]) / "modules"
        self._files = (
            modules / "pose_detection" / f"{DETECTOR}.tflite",
            modules / "pose_landmark" / f"{LANDMARKER}.tflite",
        )
        digest = hashlib.sha256(repr((LIKELY, LEAST_SCORE, SAME, MOST, REGION)).encode())
        for file in self._files:
            try:
                digest.update(file.read_bytes())
            except OSError as error:
                raise WeightsError(
                    f"{file.name} is missing from the package mediapipe: install the version that "
                    "requirements-no-deps.txt names."
                ) from error
        self.key = f"{NAME}-{digest.hexdigest()[:12]}"

    def find(self, image: Image.Image, faces: Sequence[Face] = (), priority: int = BACKGROUND) -> list[Pose]:
        """The poses in an RGB picture, the surest people first.

        Args:
            image: any size.
            faces: those that were found in it: where a face is a body is looked for, since the
                detector, which learnt from photographs, passes over many painted people.
            priority: of `artextract.network_queue`.
        """
        pixels = np.asarray(image)
        return network_queue().run(lambda: self._poses(pixels, faces), priority)

    def _poses(self, pixels: np.ndarray, faces: Sequence[Face]) -> list[Pose]:
        height, width = pixels.shape[:2]
        regions = self._people(pixels) + [_below(face, width, height) for face in faces]
        poses: list[Pose] = []
        for region in regions:
            seen = self._pose(pixels, region)
            # Once more where that says that the body is: the first region was a guess.
            if seen is not None and (better := self._pose(pixels, seen[1])) is not None:
                poses.append(better[0])
        poses = [pose for pose in poses if pose.score >= LEAST_SCORE]
        poses.sort(key=lambda pose: -pose.score)
        kept: list[Pose] = []
        for pose in poses:
            if not any(_same_person(pose, other) for other in kept):
                kept.append(pose)
        return kept[:MOST]

    def _people(self, pixels: np.ndarray) -> list[_Region]:
        """Where people are, the surest first."""
        import cv2

        height, width = pixels.shape[:2]
        whole = _Region(width / 2, height / 2, max(width, height), 0.0)
        seen = _cut(pixels, whole, DETECTOR_SIDE) / 127.5 - 1
        boxes, logits = self._run(0, seen.astype(np.float32))
        scores = _sigmoid(logits[0, :, 0])
        sure = np.flatnonzero(scores >= LIKELY)
        boxes, scores = boxes[0, sure] / DETECTOR_SIDE, scores[sure]
        # A box, then points, the first two the hips' middle and the rim of the body's circle.
        places = boxes.reshape(len(sure), 6, 2)
        places[:, (0, 2, 3, 4, 5)] += _anchors()[sure, None]
        corners = np.concatenate([places[:, 0] - places[:, 1] / 2, places[:, 1]], axis=1)
        kept = cv2.dnn.NMSBoxes(corners.tolist(), scores.tolist(), LIKELY, SAME)
        regions = []
        for one in np.array(kept, int).ravel()[:MOST]:
            matrix = whole.matrix(DETECTOR_SIDE)
            hips, rim = (matrix[:, :2] @ (places[one, i] * DETECTOR_SIDE) + matrix[:, 2] for i in (2, 3))
            if (region := _around(hips, rim)) is not None:
                regions.append(region)
        return regions

    def _pose(self, pixels: np.ndarray, region: _Region) -> tuple[Pose, _Region] | None:
        """The pose of the person in a region, and the region it tells of; None without a person."""
        height, width = pixels.shape[:2]
        seen = _cut(pixels, region, LANDMARK_SIDE) / 255
        points, there = self._run(1, seen.astype(np.float32))[:2]
        score = float(there.ravel()[0])
        points = points.reshape(-1, 5)
        matrix = region.matrix(LANDMARK_SIDE)
        places = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        around = _around(places[POINTS], places[POINTS + 1])
        if score < LIKELY or around is None:
            return None
        visible = _sigmoid(np.minimum(points[:POINTS, 3], points[:POINTS, 4]))
        found = np.column_stack([places[:POINTS] / (width, height), visible])
        return Pose(score, found.astype(np.float32)), around

    def _run(self, which: int, picture: np.ndarray) -> list[np.ndarray]:
        network = self._networks[which]
        network.set_tensor(network.get_input_details()[0]["index"], picture[None])
        network.invoke()
        return [network.get_tensor(one["index"]) for one in network.get_output_details()]

    @cached_property
    def _networks(self) -> list[Any]:
        from ai_edge_litert.interpreter import Interpreter

        networks = [Interpreter(model_path=str(file), num_threads=2) for file in self._files]
        for network in networks:
            network.allocate_tensors()
        return networks


def _around(hips: np.ndarray, rim: np.ndarray) -> _Region | None:
    """The region of a body, by its hips' middle and a point above its head or below its feet."""
    along = rim - hips
    side = 2 * float(np.hypot(*along)) * REGION
    angle = float(np.arctan2(along[0], -along[1]))  # 0 where the rim is above the hips
    return _Region(float(hips[0]), float(hips[1]), side, angle) if side >= 8 else None


def _below(face: Face, width: int, height: int) -> _Region:
    """Where the body of a face is likely to be: hips three heads below it."""
    head = max(face.width * width, face.height * height) * 1.25
    across = (face.x + face.width / 2) * width
    down = (face.y + face.height / 2) * height
    return _Region(across, down + 2.6 * head, 7.5 * head, 0.0)


def _same_person(one: Pose, other: Pose) -> bool:
    """Whether two poses are of one person: their shoulders and nose lie nearly at one place."""
    upper = [0, 11, 12]
    first, second = one.points[upper, :2], other.points[upper, :2]
    size = max(np.ptp(first, axis=0).max(), np.ptp(second, axis=0).max(), 1e-6)
    return bool(np.abs(first - second).mean() < SAME * size)


@lru_cache(maxsize=1)
def _anchors() -> np.ndarray:
    """The middle of each cell of the detector's grids, once for each of its anchors: [2254, 2]."""
    middles = []
    for stride, count in STRIDES:
        cells = DETECTOR_SIDE // stride
        along = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
        middles.append(np.repeat(grid, count, axis=0))
    return np.concatenate(middles)


def _cut(pixels: np.ndarray, region: _Region, side: int) -> np.ndarray:
    """The region as uint8 [side, side, 3]; black beyond the picture."""
    import cv2

    return cv2.warpAffine(pixels, region.matrix(side), (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
