"""Whether the server is alive and ready for visitors."""

import shutil
from dataclasses import dataclass

import streamlit as st

from artextract import settings
from artextract.collection import survey
from artextract.files import nearest_existing
from artextract.ui.server import metrics
from artextract.vision.embedding import embedded_by

FRESH = 5.0  # Seconds for which an answer is reused, so that frequent requests cost nothing
MIN_FREE = 2**28  # Bytes that must be free on the disk of a server that writes


@dataclass(frozen=True)
class Health:
    """The state of the server. One that is not ready answers, but should get no visitors."""

    ready: bool  # At least one collection can be opened, and the disk of a server that writes has enough space
    collections: int  # Collections that can be opened
    damaged: int
    disk_free_mib: int


@st.cache_resource(ttl=FRESH, show_spinner=False)
def health() -> Health:
    """The state of the server, at most `FRESH` seconds old."""
    collections = survey()
    usable = [collection for collection in collections.collections if collection.count() and embedded_by(collection)]
    free = shutil.disk_usage(nearest_existing(settings.cache_dir())).free  # a new server has no cache folder yet
    space = settings.public() or free >= MIN_FREE
    metrics.DAMAGED.set(len(collections.damaged))
    return Health(bool(usable) and space, len(usable), len(collections.damaged), free // 2**20)
