"""What Similar is asked: a picture of one's own or a work, words, or both."""

from dataclasses import dataclass
from functools import cached_property

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract.files import read_regular
from artextract.text.search import LONGEST_QUERY
from artextract.ui import address, layout
from artextract.ui.galleries import Gallery
from artextract.ui.layout import PICTURE_FORMATS
from artextract.ui.server.request_costs import content_of
from artextract.ui.server.urls import thumbnails_url
from artextract.ui.work_picker import choose_work

EVEN = 50
"""Per cent that the words count beside a picture unless the person says otherwise."""


@dataclass(frozen=True)
class Query:
    """What is asked. Without a picture and without words there is nothing to look for."""

    gallery: Gallery
    uploaded: UploadedFile | None
    work: str | None
    """A work of the gallery; an uploaded picture comes before it."""
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
        """The bytes of the picture given.

        Raises:
            ArtExtractError: the work's picture can't be read, or a public server doesn't take the
                uploaded one.
        """
        if self.uploaded is not None:
            return content_of(self.uploaded)
        collection, row = self.gallery.collection, self.gallery.searcher.row_of(str(self.work))
        return read_regular(collection.image_path(str(self.gallery.works["image"].iloc[row])))


def ask(gallery: Gallery) -> Query:
    """The fields of the query; what stands in the address is in them already."""
    by_picture, by_words = st.columns(2, gap="medium")
    with by_picture:
        uploaded = st.file_uploader("A picture", type=PICTURE_FORMATS, key="_upload")
        with st.expander("Or a work of this collection", expanded=bool(address.get("work"))):
            work = choose_work(gallery, "work", "Work")
            if work is not None:
                row = gallery.searcher.row_of(work)
                url = thumbnails_url(gallery.collection.name) + gallery.thumbnails[row]
                layout.show_picture(url, gallery.alternatives[row], small=True)
    with by_words:
        address.control(
            st.text_input,
            "In words",
            name="words",
            value=address.get("words"),
            max_chars=LONGEST_QUERY,
            icon=":material/search:",
            placeholder="a ship in a storm",
        )
        described = int(gallery.works["description"].notna().sum())
        st.caption(
            "Finds works by their titles, artists, terms, media and the descriptions of their "
            f"pictures ({described:,} of {len(gallery.works):,} works have one): those that have "
            "the words, and those whose words mean the like. With a picture beside them the words "
            "say how what you look for differs from it."
        )
    return Query(
        gallery,
        uploaded,
        work,
        address.get("words"),
    )


def choose_weight() -> float:
    """How much the words count beside the picture, 0 to 1, by a slider."""
    percent = address.choice(
        st.select_slider,
        "How much the words count beside the picture",
        range(0, 101, 5),
        name="mix",
        default=EVEN,
        format_func=lambda value: f"{value}%",
        help="0%: only the picture counts. 100%: only the words count.",
    )
    return percent / 100


def choose_picture_search(gallery: Gallery) -> bool:
    """Whether the words are compared with the pictures themselves, by a toggle.

    At first where fewer than half of the works have a description of their picture.
    """
    usually = bool(gallery.works["description"].notna().mean() < 0.5)
    chosen = {"yes": True, "no": False}.get(address.get("pictures"), usually)
    address.control(st.toggle, "Search the pictures, too", name="pictures", value=chosen, default=usually)
    return chosen
