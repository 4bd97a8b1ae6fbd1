"""A query: an uploaded picture or a work, words, or both."""

from dataclasses import dataclass
from functools import cached_property

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract.files import read_regular
from artextract.ui import address
from artextract.ui.galleries import Gallery
from artextract.ui.server.request_costs import content_of

DEFAULT_WEIGHT = 50  # Default weight of the words beside a picture, per cent


@dataclass(frozen=True)
class Query:
    """What a person searches with; empty without a picture and without words."""

    gallery: Gallery
    uploaded: UploadedFile | None
    words: str
    work: str | None = None  # The id of a work of the gallery; an uploaded picture takes precedence

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
        """The row of the work, or of the work whose picture was uploaded; None for any other picture."""
        if self.uploaded is not None:
            return self.gallery.searcher.find_picture(self.picture)
        return None if self.work is None else self.gallery.find(self.work)

    @cached_property
    def picture(self) -> bytes:
        """The bytes of the picture.

        Raises:
            ArtExtractError: the work's picture can't be read, or the upload is too large for a public server.
        """
        if self.uploaded is not None:
            return content_of(self.uploaded)
        collection, row = self.gallery.collection, self.gallery.searcher.row_of(str(self.work))
        return read_regular(collection.image_path(str(self.gallery.works["image"].iloc[row])))


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
