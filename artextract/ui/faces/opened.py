"""The faces and poses of collections, opened once for all people, anew when more are found."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from artextract.collection import Collection
from artextract.detection.detect import Finder, store_of
from artextract.detection.face_finder import face_finder
from artextract.detection.face_similarity import FaceIndex
from artextract.detection.pose_finder import PoseFinder
from artextract.detection.pose_similarity import PoseIndex
from artextract.network_queue import NOW
from artextract.ui.server.rate_limits import LIMITER
from artextract.ui.server.request_costs import charge
from artextract.vision.images import open_picture


def faces(collection: Collection) -> FaceIndex:
    """The faces found in a collection.

    Raises:
        WeightsError: a network can't be had.
    """
    return _faces(collection, _version(collection, face_finder()))


def poses(collection: Collection, finder: str) -> PoseIndex:
    """The poses found in a collection by one of `pose_finder.FINDERS`.

    Raises:
        WeightsError: a network can't be had.
    """
    return _poses(collection, finder, _version(collection, PoseFinder(finder)))


def _version(collection: Collection, finder: Finder) -> tuple[str, ...]:
    return (collection.version(), *store_of(collection, finder).version())


_BY_ROOT: dict[str | type[Any], Callable[[Any], Any]] = {Collection: lambda c: str(c.root)}


@st.cache_resource(show_spinner="Opening the faces …", max_entries=4, hash_funcs=_BY_ROOT)
def _faces(collection: Collection, version: tuple[str, ...]) -> FaceIndex:
    """`version` is in the key because more may be found."""
    return FaceIndex(collection, face_finder())


@st.cache_resource(show_spinner="Opening the poses …", max_entries=4, hash_funcs=_BY_ROOT)
def _poses(collection: Collection, finder: str, version: tuple[str, ...]) -> PoseIndex:
    """`version` is in the key because more may be found."""
    return PoseIndex(collection, PoseFinder(finder))


@st.cache_resource(show_spinner="Looking for faces …", max_entries=LIMITER.limits.results_per_tab, scope="session")
def faces_in(content: bytes, name: str) -> dict[str, np.ndarray]:
    """The faces in an uploaded picture, as `FaceFinder.look` gives them.

    They are remembered as long as its visitor is here.

    Raises:
        ArtExtractError: it can't be read, a network can't be had, or the visitor has asked for too
            much.
    """
    with charge("faces"):
        return face_finder().look(open_picture(content, name).image, priority=NOW)


@st.cache_resource(show_spinner="Looking for people …", max_entries=LIMITER.limits.results_per_tab, scope="session")
def poses_in(content: bytes, name: str, finder: str) -> dict[str, np.ndarray]:
    """The poses in an uploaded picture by a finder, as `PoseFinder.look` gives them.

    They are remembered as long as its visitor is here.

    Raises:
        ArtExtractError: it can't be read, a network can't be had, or the visitor has asked for too
            much.
    """
    with charge("poses"):
        return PoseFinder(finder).look(open_picture(content, name).image, priority=NOW)
