"""What the Read screen computes, cached for the visitor's session."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from artextract.attributes import date_bins
from artextract.attributes.evaluation.confusion import LabelConfusion, label_confusion
from artextract.attributes.labels import ATTRIBUTES, LABELLED
from artextract.attributes.reader import open_to_read
from artextract.attributes.reading import Predictions, Reading
from artextract.attributes.saliency import overlay, saliency
from artextract.ui import galleries
from artextract.ui.server.public_limits import LIMITER
from artextract.ui.server.request_costs import charge
from artextract.vision.gabor import texture
from artextract.vision.images import open_picture, thumbnail

NEAREST = 6  # Training paintings shown, at most
AMONG = 30  # They are among this many nearest


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


@dataclass(frozen=True)
class SaliencyMap:
    """The saliency of a label over the picture."""

    label: str
    image: Image.Image  # RGB, as large as `ReadPicture.image`
    share: float  # `Saliency.share`


def explained(reading: Reading) -> list[str]:
    """The attributes that have saliency maps: those with an answer."""
    stated = {name: not reading.answer(name).none_of_these for name in LABELLED} | {"date": reading.date is not None}
    return [name for name in ATTRIBUTES if stated[name]]


@st.cache_resource(show_spinner=False, max_entries=LIMITER.limits.saliency_maps_per_tab, scope="session")
def saliency_maps(content: bytes, name: str, attribute: str) -> list[SaliencyMap]:
    """The maps of the likeliest label and the runner-up, in one scale of colours; of the date, one map."""
    reader, picture = galleries.reader(), read_picture(content, name)
    if attribute == "date" and (date := picture.reading.date) is not None:
        inside = np.flatnonzero((date_bins.EDGES[1:] > date.low) & (date_bins.EDGES[:-1] < date.high))
        groups = {f"{date.low:.0f}–{date.high:.0f}": inside.tolist()}
    else:
        classes = reader.facts.classes.shown(attribute)
        labels = picture.reading.answer(attribute).labels[:2]
        groups = {label.name: [classes.index(label.name)] for label in labels}
    with charge("saliency"):
        found = saliency(reader, open_to_read(content, name), attribute, list(groups.values()))
    most = max(float(np.abs(each.cells).max()) for each in found) or 1.0
    return [
        SaliencyMap(label, overlay(picture.image, each.cells, most), each.share)
        for label, each in zip(groups, found, strict=True)
    ]


@st.cache_resource(show_spinner=False, max_entries=LIMITER.limits.results_per_tab, scope="session")
def texture_of(content: bytes, name: str) -> Image.Image:
    """The picture's Gabor texture."""
    with charge("texture"):
        return texture(read_picture(content, name).image, galleries.reader().bank)


@st.cache_resource(show_spinner=False, max_entries=500)
def confusion_of(attribute: str, label: str) -> LabelConfusion:
    """The model's mistakes with a label, cached."""
    return label_confusion(galleries.bundle(), attribute, label)


def nearest_training(picture: ReadPicture, files: Container[str]) -> list[Mapping[str, object]]:
    """The training paintings nearest to a picture whose `file` is one of `files`, as rows of `Bundle.training`."""
    rows = galleries.bundle().training
    nearest = rows.iloc[galleries.reader().nearest.near(picture.predictions.vectors[0], AMONG)]
    seen = nearest[[file in files for file in nearest["file"]]][:NEAREST]
    return [dict(row) for _, row in seen.iterrows()]
