"""How the screen shows the detections of each detector, one row each."""

from collections.abc import Callable, Mapping
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
from artextract.similarity.metrics.registry import Measure
from artextract.ui.galleries import BY_GALLERY
from artextract.ui.server.picture_crops import box_text, draw_pose, points_text, show_face
from artextract.ui.server.public_limits import LIMITER
from artextract.ui.server.request_costs import charge
from artextract.vision.images import open_picture, thumbnail

Index = FaceIndex | PoseIndex
Similar = tuple[Detection, float, bool]  # A detection similar to a query, its score, and whether it is mirrored


@dataclass(frozen=True)
class DetectionView:
    """How the detections of one detector are shown."""

    detector: str  # The detector's name: the plural of what it detects
    noun: str
    icon: str
    score: Measure
    about: str  # Caption below the similar detections
    crops: tuple[str, str]  # Kinds of crops (`picture_crops.draw`) for a detection and for a similar detection
    widths: tuple[int, int, int]  # Widths of cards in pixels: queries, all detections, similar detections
    aspect: float  # Width over height of the pictures of similar detections
    open: Callable[[Collection], Index]
    place: Callable[[Any], str]  # The position of a face or pose in its picture, as text for an address
    crop: Callable[[Image.Image, Any], Image.Image]  # A face or pose in another picture, drawn


DETECTION_VIEWS = {
    "faces": DetectionView(
        detector="faces",
        noun="face",
        icon=":material/face_retouching_off:",
        score=Measure(
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
        crop=show_face,
    ),
    "poses": DetectionView(
        detector="poses",
        noun="pose",
        icon=":material/accessibility_new:",
        score=Measure(
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
        crop=lambda image, pose: draw_pose(thumbnail(image, 480), points_text(pose)),
    ),
}


def open_index(collection: Collection, detector: str) -> Any:
    """The `Index` of a collection, cached; WeightsError if a network is not available."""
    store = DetectionStore(collection, detector, DETECTORS[detector].load(None).key)
    return _open(collection, detector, (collection.version(), *store.version()))


@st.cache_resource(show_spinner="Opening the collection…", max_entries=8, hash_funcs=BY_GALLERY)
def _open(collection: Collection, detector: str, version: tuple[str, ...]) -> Index:
    """`version` is in the key because more works may have been searched."""
    return DETECTION_VIEWS[detector].open(collection)


@st.cache_resource(show_spinner="Searching the picture…", max_entries=LIMITER.limits.results_per_tab, scope="session")
def detect_in_upload(content: bytes, name: str, detector: str) -> Mapping[str, np.ndarray]:
    """The detections in an uploaded picture, cached for its visitor.

    Raises ArtExtractError if the picture cannot be read, a network is missing, or the visitor made too many requests.
    """
    with charge(detector):
        return DETECTORS[detector].load(None).detect(open_picture(content, name, at_least=SIDE).image, priority=NOW)
