"""The query of Similar: an uploaded picture or a work, words, or both."""

from dataclasses import dataclass
from functools import cached_property

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract.files import read_regular
from artextract.text.search import LONGEST_QUERY
from artextract.ui import address, layout
from artextract.ui.galleries import Gallery
from artextract.ui.server.request_costs import content_of
from artextract.ui.work_picker import choose_work

DEFAULT_WEIGHT = 50  # Default weight of the words beside a picture, per cent


@dataclass(frozen=True)
class Query:
    """What a person searches with; empty without a picture and without words."""

    gallery: Gallery
    uploaded: UploadedFile | None
    work: str | None  # The id of a work of the gallery; an uploaded picture takes precedence
    words: str

    @property
    def name(self) -> str:
        """The uploaded picture's file name; "" without one."""
        return "" if self.uploaded is None else str(self.uploaded.name)

    @property
    def has_picture(self) -> bool:
        """Whether a picture or a work is given."""
        return self.uploaded is not None or self.work is not None

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


def enter_query(gallery: Gallery) -> Query:
    """The fields of the query. The address keeps the work and the words."""
    by_picture, by_words = st.columns(2, gap="medium")
    with by_picture:
        uploaded = st.file_uploader("Upload a picture", key="_upload")
        with st.expander("Or choose a work of this collection", expanded=bool(address.get("work"))):
            work = choose_work(gallery, "work", "Work")
            if work is not None:
                row = gallery.searcher.row_of(work)
                layout.show_picture(gallery, row, small=True)
    with by_words:
        address.control(
            st.text_input,
            "Search text",
            name="words",
            value=address.get("words"),
            max_chars=LONGEST_QUERY,
            icon=":material/search:",
            placeholder="a ship in a storm",
        )
        described = int(gallery.works["description"].notna().sum())
        st.caption(
            "Finds works whose title, artist, terms, medium or description contains your words or similar ones "
            f"({described:,} of {len(gallery.works):,} works have a description). With a picture, describe how the "
            "result should differ from it."
        )
    return Query(gallery, uploaded, work, address.get("words"))


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


def choose_picture_search() -> bool:
    """A toggle, on by default: whether the words are also compared with the pictures."""
    chosen = address.get("pictures") != "no"
    address.control(st.toggle, "Also search the pictures", name="pictures", value=chosen, default=True)
    return chosen
