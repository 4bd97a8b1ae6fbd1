"""Searches remembered for all visitors."""

import streamlit as st

from artextract.similarity.filters import Filters
from artextract.similarity.search import Neighbour
from artextract.ui.galleries import BY_GALLERY, Gallery


@st.cache_resource(show_spinner=False, max_entries=2000, hash_funcs=BY_GALLERY)
def neighbours_of(gallery: Gallery, work: str, k: int, filters: Filters) -> list[Neighbour]:
    """The neighbours of a work, remembered."""
    return gallery.searcher.near_work(work, k, filters)


@st.cache_resource(show_spinner="Looking at your picture …", max_entries=50, hash_funcs=BY_GALLERY)
def neighbours_of_picture(gallery: Gallery, content: bytes, k: int, name: str) -> list[Neighbour]:
    """The neighbours of an uploaded picture, remembered."""
    return gallery.searcher.near_image(content, k, name=name)
