"""The faces of a collection: which are similar, and an order that keeps similar faces together."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from artextract.collection import Collection
from artextract.detection.detect import DETECTORS
from artextract.detection.detection_store import Detection, DetectionIndex
from artextract.similarity.neighbour_scores import neighbourly_order


class FaceIndex(DetectionIndex):
    """The faces in a collection's works."""

    def __init__(self, collection: Collection) -> None:
        """Read the stored faces. Raises WeightsError if a network is not available."""
        super().__init__(collection, DETECTORS["faces"])
        rows = [detection.row for detection in self.detections]
        self.vectors = self.arrays["vector"][rows].astype(np.float32) if rows else np.zeros((0, 1), np.float32)

    def near(self, vector: np.ndarray, k: int, without: Sequence[int] = ()) -> list[tuple[Detection, float, bool]]:
        """The `k` faces (or fewer) nearest to an embedding, float [dimension], nearest first: distance, never mirrored.

        The Euclidean distance of the embeddings is at least 0, lower is closer. Photographs of one person are mostly
        below 0.6 (King 2017); in paintings, so are different people. `without` has positions to leave out.
        """
        distances = np.linalg.norm(self.vectors - vector.astype(np.float32), axis=1)
        distances[list(without)] = np.inf
        order = np.argsort(distances, kind="stable")[:k]
        return [(self.detections[i], float(distances[i]), False) for i in order if distances[i] < np.inf]

    def near_stored(self, position: int, k: int) -> list[tuple[Detection, float, bool]]:
        """The faces in other pictures nearest to the face at a position, as from `near`."""
        return self.near(self.vectors[position], k, self.in_same_picture(position))

    def near_found(
        self, arrays: Mapping[str, np.ndarray], number: int, aspect: float, k: int
    ) -> list[tuple[Detection, float, bool]]:
        """The faces nearest to one that was found in another picture, as from `near`."""
        return self.near(arrays["vector"][number], k)

    @cached_property
    def by_similarity(self) -> list[int]:
        """All positions, in an order that keeps similar faces together."""
        count = len(self.detections)
        return neighbourly_order(self.vectors).tolist() if count > 1 else [*range(count)]
