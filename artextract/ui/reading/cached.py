"""What the Read screen computes, cached for the visitor's session."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from artextract.attributes.certainty.ood_score import NearPainting
from artextract.attributes.evaluation.confusion import LabelConfusion, label_confusion
from artextract.attributes.reader import open_to_read
from artextract.attributes.reading import Predictions, Reading
from artextract.attributes.saliency import overlay, saliency
from artextract.ui import galleries
from artextract.ui.server.rate_limits import LIMITER
from artextract.ui.server.request_costs import charge
from artextract.vision.gabor import Texture, texture
from artextract.vision.images import open_picture, thumbnail

NEAREST = 6  # Training paintings shown


@dataclass(frozen=True)
class ReadPicture:
    """A picture and its predictions."""

    image: Image.Image  # RGB, at most `galleries.VIEW_SIDE` pixels long
    remark: str  # What is wrong with a file that can be shown; usually ""
    reading: Reading
    predictions: Predictions

    @property
    def date_probabilities(self) -> np.ndarray:
        """The probability of each bin of years, float64 [BINS] (see `date_bins`)."""
        return self.predictions.probabilities["date"][0]


@st.cache_resource(show_spinner="Reading…", max_entries=LIMITER.limits.readings_per_tab, scope="session")
def read_picture(content: bytes, name: str) -> ReadPicture:
    """Read a picture file; ArtExtractError if it is damaged, or the visitor made too many requests."""
    with charge("reading"):
        reader = galleries.reader()
        predictions = reader.predict([open_to_read(content, name)])
    picture = open_picture(content, name, at_least=galleries.VIEW_SIDE)
    view = thumbnail(picture.image, galleries.VIEW_SIDE)
    return ReadPicture(view, picture.remark, reader.readings(predictions)[0], predictions)


@st.cache_resource(show_spinner=False, max_entries=LIMITER.limits.saliency_maps_per_tab, scope="session")
def _saliency(content: bytes, name: str, attribute: str, label: str) -> np.ndarray:
    reader = galleries.reader()
    if attribute == "date":
        index = int(read_picture(content, name).date_probabilities.argmax())
    else:
        index = reader.facts.classes.shown(attribute).index(label)
    with charge("saliency"):
        return saliency(reader, open_to_read(content, name), attribute, index)


def saliency_overlay(content: bytes, name: str, attribute: str, label: str, opacity: float) -> Image.Image:
    """The picture with the saliency of a label (for the date: of its likeliest years) as an overlay."""
    return overlay(read_picture(content, name).image, _saliency(content, name, attribute, label), opacity)


@st.cache_resource(show_spinner=False, max_entries=LIMITER.limits.results_per_tab, scope="session")
def texture_of(content: bytes, name: str) -> Texture:
    """The picture's Gabor texture."""
    with charge("texture"):
        return texture(read_picture(content, name).image, galleries.reader().bank)


@st.cache_resource(show_spinner=False, max_entries=500)
def confusion_of(attribute: str, label: str) -> LabelConfusion:
    """The model's mistakes with a label, cached."""
    return label_confusion(galleries.bundle(), attribute, label)


def nearest_training(picture: ReadPicture) -> list[tuple[NearPainting, dict[str, object]]]:
    """The training paintings nearest to a picture, and their rows of `Bundle.training`."""
    near = galleries.reader().nearest.near(picture.predictions.vectors[0], NEAREST)
    rows = galleries.bundle().training
    return [(painting, {str(k): v for k, v in rows.iloc[painting.row].items()}) for painting in near]
