"""How the screen shows the detections of each detector, one row each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from artextract.collection import Collection
from artextract.detection.detect import DETECTORS, SIDE
from artextract.detection.detection_store import Detection, DetectionStore
from artextract.detection.face_similarity import FaceIndex
from artextract.detection.pose_similarity import PoseIndex
from artextract.network_queue import NOW
from artextract.ui.components.grid.component import Score
from artextract.ui.galleries import BY_GALLERY
from artextract.ui.server.picture_crops import box_text, draw_pose, points_text, show_face
from artextract.ui.server.rate_limits import LIMITER
from artextract.ui.server.request_costs import charge
from artextract.vision.images import open_picture, thumbnail

NEAREST = 24  # Similar faces, or poses, shown
Similar = tuple[Detection, str, str]  # A detection similar to a query, its score and a remark
SimilarTo = Callable[[int], list[Similar]]  # Takes the number of a detection, from 0


def _similar_faces(faces: Sequence[tuple[Detection, float]]) -> list[Similar]:
    return [(face, f"{distance:.3f}", "") for face, distance in faces]


def _similar_poses(poses: Sequence[tuple[Detection, float, bool]]) -> list[Similar]:
    return [(pose, f"{similarity:.3f}", "mirrored" if mirrored else "") for pose, similarity, mirrored in poses]


def _faces_in(index: FaceIndex, arrays: Mapping[str, np.ndarray], image: Image.Image) -> tuple[list[Any], SimilarTo]:
    crops = [show_face(image, face) for face in DETECTORS["faces"].read(arrays)]
    return crops, lambda number: _similar_faces(index.near(arrays["vector"][number], NEAREST))


def _poses_in(index: PoseIndex, arrays: Mapping[str, np.ndarray], image: Image.Image) -> tuple[list[Any], SimilarTo]:
    poses, small, aspect = DETECTORS["poses"].read(arrays), thumbnail(image, 480), image.width / image.height
    crops = [draw_pose(small, points_text(pose)) for pose in poses]
    return crops, lambda number: _similar_poses(index.near(poses[number].points, aspect, NEAREST))


@dataclass(frozen=True)
class DetectionView:
    """How the detections of one detector are shown. Most functions take its index."""

    detector: str  # The detector's name: the plural of what it detects
    noun: str
    icon: str
    score: Score
    about: str  # Caption below the similar detections
    crops: tuple[str, str]  # Kinds of crops (`picture_crops.draw`) for a detection and for a similar detection
    widths: tuple[int, int, int]  # Widths of cards in pixels: queries, all detections, similar detections
    aspect: float  # Width over height of the pictures of similar detections
    open: Callable[[Collection], Any]
    place: Callable[[Any], str]  # The position of a face or pose in its picture, as text for an address
    similar: Callable[[Any, int], list[Similar]]
    """The detections in other pictures that are most similar to the detection at a position."""
    in_picture: Callable[[Any, Mapping[str, np.ndarray], Image.Image], tuple[list[Image.Image], SimilarTo]]
    """Takes what was detected in another picture; returns the crops, and the function that finds similar detections."""


DETECTION_VIEWS = {
    "faces": DetectionView(
        detector="faces",
        noun="face",
        icon=":material/face_retouching_off:",
        score=Score(
            "Distance",
            False,
            "Distance between the two face embeddings (0 = identical). In photographs, below 0.6 usually means the "
            "same person; in paintings it does not. Use it for ranking only.",
        ),
        about="Each face is shown next to its work. ↓ Lower is closer. Click one to open its work.",
        crops=("face", "beside"),
        widths=(110, 110, 250),
        aspect=2.0,
        open=FaceIndex,
        place=box_text,
        similar=lambda index, position: _similar_faces(index.near_face(position, NEAREST)),
        in_picture=_faces_in,
    ),
    "poses": DetectionView(
        detector="poses",
        noun="pose",
        icon=":material/accessibility_new:",
        score=Score(
            "Similarity",
            True,
            "Mean cosine of the directions of the limbs. Position, size and mirroring do not matter; hidden limbs are "
            "neutral. The same pose reaches about 0.9 with the whole body and 0.75 as a bust.",
        ),
        about="↑ Higher is closer. Click one to open its work. The network was trained on photographs: it finds most "
        "people shown close up and in full, and few in crowds, from behind or in abstract styles.",
        crops=("pose", "pose"),
        widths=(170, 150, 200),
        aspect=1.0,
        open=PoseIndex,
        place=points_text,
        similar=lambda index, position: _similar_poses(index.near_pose(position, NEAREST)),
        in_picture=_poses_in,
    ),
}


def open_index(collection: Collection, detector: str) -> Any:
    """The `FaceIndex` or `PoseIndex` of a collection, cached; WeightsError if a network is not available."""
    store = DetectionStore(collection, detector, DETECTORS[detector].load(None).key)
    return _open(collection, detector, (collection.version(), *store.version()))


@st.cache_resource(show_spinner="Opening the collection…", max_entries=8, hash_funcs=BY_GALLERY)
def _open(collection: Collection, detector: str, version: tuple[str, ...]) -> Any:
    """`version` is in the key because more works may have been searched."""
    return DETECTION_VIEWS[detector].open(collection)


@st.cache_resource(show_spinner="Searching the picture…", max_entries=LIMITER.limits.results_per_tab, scope="session")
def detect_in_upload(content: bytes, name: str, detector: str) -> Mapping[str, np.ndarray]:
    """The detections in an uploaded picture, cached for its visitor.

    Raises:
        ArtExtractError: the picture cannot be read, a network is not available, or the visitor made too many requests.
    """
    with charge(detector):
        return DETECTORS[detector].load(None).detect(open_picture(content, name, at_least=SIDE).image, priority=NOW)
