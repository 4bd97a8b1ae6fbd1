"""The faces and poses of collections, opened once for all visitors, again when there are more."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from artextract.collection import Collection
from artextract.detection.detection_index import DetectionIndex
from artextract.detection.detection_store import DetectionStore
from artextract.detection.detectors import DETECTORS
from artextract.detection.face_similarity import FaceIndex
from artextract.detection.pose_similarity import PoseIndex
from artextract.network_queue import NOW
from artextract.ui.server.rate_limits import LIMITER
from artextract.ui.server.request_costs import charge
from artextract.vision.images import open_picture

INDEXES: dict[str, Callable[[Collection], DetectionIndex]] = {"faces": FaceIndex, "poses": PoseIndex}
"""By the detector's name."""


def open_index(collection: Collection, detector: str) -> Any:
    """The `FaceIndex` or `PoseIndex` of a collection.

    Raises:
        WeightsError: a network is not available.
    """
    store = DetectionStore(collection, detector, DETECTORS[detector].load(None).key)
    return _index(collection, detector, (collection.version(), *store.version()))


@st.cache_resource(
    show_spinner="Opening the collection …", max_entries=8, hash_funcs={Collection: lambda one: str(one.root)}
)
def _index(collection: Collection, detector: str, version: tuple[str, ...]) -> DetectionIndex:
    """`version` is in the key because there may be more detections."""
    return INDEXES[detector](collection)


@st.cache_resource(show_spinner="Searching the picture …", max_entries=LIMITER.limits.results_per_tab, scope="session")
def detect_in(content: bytes, name: str, detector: str) -> dict[str, np.ndarray]:
    """The detections in an uploaded picture, kept while its visitor is here.

    Raises:
        ArtExtractError: the picture cannot be read, a network is not available, or the visitor made too
            many requests.
    """
    with charge(detector):
        return DETECTORS[detector].load(None).detect(open_picture(content, name).image, priority=NOW)
