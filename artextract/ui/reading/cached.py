"""What the Read screen asks of the library, remembered as long as the visitor is here."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from artextract.attributes import dates
from artextract.attributes.certainty.knn_similarity import NearPainting
from artextract.attributes.evaluation.confusion import Trust, trust
from artextract.attributes.reader import open_to_read
from artextract.attributes.reading import Predictions, Reading
from artextract.attributes.saliency import overlay, saliency
from artextract.ui import galleries
from artextract.ui.server.request_costs import charge
from artextract.vision.gabor import Texture, texture
from artextract.vision.images import open_picture, thumbnail

NEAREST = 6
"""Training paintings shown."""


@dataclass(frozen=True)
class Read:
    """A picture and what was read of it."""

    image: Image.Image
    """RGB, at most `galleries.VIEW_SIDE` pixels long."""
    reading: Reading
    predictions: Predictions

    @property
    def date_probabilities(self) -> np.ndarray:
        """float64 [dates.BINS]."""
        return self.predictions.probabilities["date"][0]


@st.cache_resource(show_spinner="Reading …", max_entries=100, scope="session")
def read_picture(content: bytes, name: str) -> Read:
    """Read a picture file.

    Raises:
        ArtExtractError: it can't be read, or the visitor has asked for too much.
    """
    with charge("reading"):
        reader = galleries.reader()
        predictions = reader.predict([open_to_read(content, name)])
    view = open_picture(content, name, at_least=galleries.VIEW_SIDE).image
    reading = reader.readings(predictions)[0]
    return Read(thumbnail(view, galleries.VIEW_SIDE), reading, predictions)


@st.cache_resource(show_spinner=False, max_entries=200, scope="session")
def saliency_of(content: bytes, name: str, attribute: str, label: str) -> np.ndarray:
    """How much each cell of the picture speaks for a label; of the date: for its median."""
    reader = galleries.reader()
    if attribute == "date":
        median = read_picture(content, name).reading.date.median
        index = int(np.clip((median - dates.FIRST) // dates.WIDTH, 0, dates.BINS - 1))
    else:
        index = reader.facts.classes.shown(attribute).index(label)
    with charge("saliency"):
        return saliency(reader, open_to_read(content, name), attribute, index)


@st.cache_resource(show_spinner=False, max_entries=20, scope="session")
def texture_of(content: bytes, name: str) -> Texture:
    """The picture's Gabor texture."""
    with charge("texture"):
        return texture(read_picture(content, name).image, galleries.reader().bank)


def salient(content: bytes, name: str, attribute: str, label: str, opacity: float) -> Image.Image:
    """The picture with the saliency of a label laid over it."""
    cells = saliency_of(content, name, attribute, label)
    return overlay(read_picture(content, name).image, cells, opacity)


@st.cache_resource(show_spinner=False, max_entries=500)
def trust_in(attribute: str, label: str) -> Trust:
    """How far to trust a label."""
    return trust(galleries.bundle(), attribute, label)


def nearest_training(found: Read) -> list[tuple[NearPainting, dict[str, object]]]:
    """The training paintings nearest to a picture, and what is known of each."""
    near = galleries.reader().nearest.near(found.predictions.vectors[0], NEAREST)
    paintings = galleries.bundle().training
    return [(one, {str(k): v for k, v in paintings.iloc[one.row].items()}) for one in near]
