"""A query: an uploaded picture or a work, words, or both."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract.files import read_regular
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.ui import address
from artextract.ui.galleries import Gallery
from artextract.ui.server.public_limits import LIMITER
from artextract.ui.server.request_costs import content_of
from artextract.vision.images import encode_jpeg, open_picture

Box = tuple[float, float, float, float]
"""Left, top, width and height in parts of a picture's width and height, 0 to 1."""
SMALLEST = 16  # Pixels of the shorter side of a detail
DEFAULT_WEIGHT = 50  # Default weight of the words beside a picture, per cent


@dataclass(frozen=True)
class Query:
    """What a person searches with; empty without a picture and without words."""

    gallery: Gallery
    uploaded: UploadedFile | None
    words: str
    filters: Filters = NO_FILTERS  # Which works may be results
    work: str | None = None  # The id of a work of the gallery; an uploaded picture takes precedence
    box: Box | None = None  # The detail of the picture that is searched with; None for the whole picture

    @property
    def name(self) -> str:
        """The uploaded picture's file name; "" without one."""
        return "" if self.uploaded is None else str(self.uploaded.name)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to search with."""
        return not (self.words or self.has_picture)

    @property
    def has_picture(self) -> bool:
        """Whether a picture or a work is given."""
        return self.uploaded is not None or self.work is not None

    @property
    def row(self) -> int | None:
        """The row of the work that is searched with; None for a detail, and for a picture of no work."""
        return None if self.box is not None else self.source_row

    @property
    def source_row(self) -> int | None:
        """The row of the work that the picture, or its detail, belongs to."""
        if self.uploaded is not None:
            return self.gallery.searcher.find_picture(self.whole)
        return None if self.work is None else self.gallery.find(self.work)

    @property
    def picture(self) -> bytes:
        """The bytes of the picture, or of the detail as a JPEG.

        Raises:
            ArtExtractError: the work's picture can't be read, or the upload is too large for a public server.
        """
        return self.whole if self.box is None else _detail(self.whole, self.name, self.box)

    @cached_property
    def whole(self) -> bytes:
        """The bytes of the whole picture; raises ArtExtractError like `picture`."""
        if self.uploaded is not None:
            return content_of(self.uploaded)
        collection, row = self.gallery.collection, self.gallery.searcher.row_of(str(self.work))
        return read_regular(collection.image_path(str(self.gallery.works["image"].iloc[row])))


def box_of(text: str) -> Box | None:
    """The box that an address gives as "x,y,width,height"; None if it is not a part of a picture."""
    try:
        x, y, width, height = map(float, text.split(","))
    except ValueError:
        return None
    is_part = 0 <= x < 1 and 0 <= y < 1 and width > 0 and height > 0
    return (x, y, min(width, 1 - x), min(height, 1 - y)) if is_part else None


def cut_out(content: bytes, name: str, box: Box) -> bytes:
    """A part of a picture file, at least `SMALLEST` pixels wide and high, as a JPEG."""
    image = open_picture(content, name).image
    size = np.array(image.size)
    centre = (np.array(box[:2]) + np.array(box[2:]) / 2) * size
    half = np.maximum(np.array(box[2:]) * size, SMALLEST) / 2
    left, top = np.clip(np.floor(centre - half), 0, size - 1).astype(int).tolist()
    right, bottom = np.clip(np.ceil(centre + half), 1, size).astype(int).tolist()
    return encode_jpeg(image.crop((left, top, right, bottom)), 95)


_detail = st.cache_resource(show_spinner=False, max_entries=LIMITER.limits.results_per_tab, scope="session")(cut_out)


def choose_weight() -> float:
    """A slider for the weight of the words beside the picture; returns 0 to 1."""
    percent = address.choice(
        st.select_slider,
        "Weight of the words (the rest is the picture)",
        range(0, 101, 5),
        name="mix",
        default=DEFAULT_WEIGHT,
        format_func=lambda value: f"{value}%",
        help="0%: only the picture counts. 100%: only the words count.",
    )
    return percent / 100
