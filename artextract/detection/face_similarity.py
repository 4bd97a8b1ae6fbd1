"""The faces of a collection: which are similar, and an order that keeps similar faces together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from artextract.collection import Collection
from artextract.detection.detection_index import Detection, DetectionIndex
from artextract.detection.detectors import DETECTORS
from artextract.detection.face_detector import faces_of
from artextract.detection.faces import Face
from artextract.errors import NotReadyError
from artextract.similarity.neighbour_scores import neighbourly_order


@dataclass(frozen=True)
class WorkFace(Detection):
    """A face in a work of a collection."""

    face: Face


@dataclass(frozen=True)
class NearFace:
    """A face similar to a query."""

    face: WorkFace
    distance: float
    """Euclidean distance of the embeddings, at least 0, lower is closer. Photographs of one person are
    mostly below 0.6 (King 2017); in paintings, so are different people."""


class FaceIndex(DetectionIndex):
    """The faces in a collection's works. Safe to share."""

    def __init__(self, collection: Collection) -> None:
        """Read the stored faces. Raises WeightsError if a network is not available."""
        super().__init__(collection, DETECTORS["faces"])
        faces = faces_of(self.arrays) if self.arrays else []
        self.faces = [WorkFace(**vars(detection), face=faces[detection.row]) for detection in self.detections]
        rows = [detection.row for detection in self.detections]
        self.vectors = self.arrays["vector"][rows].astype(np.float32) if rows else np.zeros((0, 1), np.float32)

    def near(self, vector: np.ndarray, k: int, without: Sequence[int] = ()) -> list[NearFace]:
        """The `k` faces (or fewer) nearest to an embedding, float [dimension], nearest first.

        `without` has positions in `faces` to leave out.
        """
        distances = np.linalg.norm(self.vectors - vector.astype(np.float32), axis=1)
        distances[list(without)] = np.inf
        order = np.argsort(distances, kind="stable")[:k]
        return [NearFace(self.faces[i], float(distances[i])) for i in order if distances[i] < np.inf]

    def near_face(self, position: int, k: int) -> list[NearFace]:
        """The faces in other pictures nearest to the face at a position."""
        return self.near(self.vectors[position], k, self.in_same_picture(position))

    @cached_property
    def by_similarity(self) -> list[int]:
        """All positions in `faces`, in an order that keeps similar faces together."""
        return neighbourly_order(self.vectors).tolist() if len(self.faces) > 1 else [*range(len(self.faces))]


def load_faces(collection: Collection) -> FaceIndex:
    """The faces in a collection's works.

    Raises NotReadyError if no picture was searched yet, WeightsError if a network is not available.
    """
    index = FaceIndex(collection)
    if not index.searched:
        raise NotReadyError(
            f"Faces have not been detected in {collection.name} yet: run `artextract detect-faces "
            f"{collection.name}`, or use the Faces screen."
        )
    return index
