"""The faces of a collection: which are alike, and an order in which alike ones stand together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from artextract.collection import Collection
from artextract.detection.detect import FindReport, find_in_collection
from artextract.detection.detection_index import FoundIndex, Place
from artextract.detection.face_finder import FaceFinder, face_finder, faces_of
from artextract.detection.faces import Face
from artextract.errors import NotReadyError
from artextract.features.ray_engine import RayEngine
from artextract.progress import Report, silent
from artextract.similarity.neighbour_scores import neighbourly_order


@dataclass(frozen=True)
class WorkFace(Place):
    """A face in a work of a collection."""

    face: Face


@dataclass(frozen=True)
class NearFace:
    """A face near a query."""

    face: WorkFace
    distance: float
    """Between the two faces' vectors: Euclidean, from 0, lower is closer. Photographs of one
    person are mostly below 0.6 (King 2017); in paintings different people are, too."""


def find_faces(collection: Collection, report: Report = silent, engine: RayEngine | None = None) -> FindReport:
    """Find the faces of a collection in pictures that weren't looked at yet; with an engine its
    workers do.

    Raises:
        ArtExtractError: a network can't be had, no works, or the disk is full.
    """
    return find_in_collection(collection, face_finder(), report, engine, face_finder)


class FaceIndex(FoundIndex):
    """The faces of a collection's works. Safe to share."""

    def __init__(self, collection: Collection, finder: FaceFinder) -> None:
        """Bring what was found to the collection's works."""
        super().__init__(collection, finder)
        every = faces_of(self.found.arrays) if self.places else []
        self.faces = [WorkFace(**vars(one), face=every[one.row]) for one in self.places]
        rows = [one.row for one in self.places]
        vectors = self.found.arrays["vector"] if rows else np.zeros((0, 1))
        self.vectors = vectors[rows].astype(np.float32)

    def near(self, vector: np.ndarray, k: int, but: Sequence[int] = ()) -> list[NearFace]:
        """The `k` faces nearest to a vector, the nearest first, without those at `but`.

        Args:
            vector: float [dimension].
            k: how many at the most.
            but: places in `faces`.
        """
        distances = np.linalg.norm(self.vectors - vector.astype(np.float32), axis=1)
        distances[list(but)] = np.inf
        order = np.argsort(distances, kind="stable")[:k]
        return [NearFace(self.faces[i], float(distances[i])) for i in order if distances[i] < np.inf]

    def near_face(self, place: int, k: int) -> list[NearFace]:
        """The faces of other pictures nearest to the face at `place`."""
        return self.near(self.vectors[place], k, self.in_the_same_picture(place))

    @cached_property
    def by_likeness(self) -> list[int]:
        """All places in `faces`, in an order in which alike faces stand near one another."""
        order: list[int] = neighbourly_order(self.vectors).tolist() if len(self.faces) > 1 else [0]
        return order[: len(self.faces)]


def load_faces(collection: Collection, finder: FaceFinder | None = None) -> FaceIndex:
    """The faces that were found in a collection.

    Raises:
        NotReadyError: none of its pictures was looked at yet.
        WeightsError: a network can't be had.
    """
    index = FaceIndex(collection, finder or face_finder())
    if not index.found.hashes:
        raise NotReadyError(
            f"The faces of {collection.name} haven't been looked for yet: run `artextract detect-faces "
            f"{collection.name}`, or use the Faces screen."
        )
    return index
