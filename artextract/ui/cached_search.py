"""Searches and their evaluation, cached for all visitors."""

import numpy as np
import streamlit as st

from artextract.errors import ArtExtractError, NotReadyError
from artextract.files import stamp
from artextract.similarity.filters import Filters
from artextract.similarity.search import Neighbour
from artextract.text.index import index_file
from artextract.text.projection import PictureSearch, open_picture_search
from artextract.text.search import TextResults, TextSearcher
from artextract.ui.galleries import BY_GALLERY, Gallery, embedder
from artextract.ui.server.public_limits import LIMITER
from artextract.ui.server.request_costs import charge
from artextract.ui.work_text import redact


@st.cache_resource(show_spinner=False, max_entries=2000, hash_funcs=BY_GALLERY)
def neighbours_of(gallery: Gallery, work: str, k: int, filters: Filters) -> list[Neighbour]:
    """The neighbours of a work, cached; LimitError if the visitor made too many requests that compute scores."""
    if gallery.searcher.has_scores(work, k, filters):
        return gallery.searcher.near_work(work, k, filters)
    with charge("scores"):
        return gallery.searcher.near_work(work, k, filters)


@st.cache_resource(
    show_spinner="Analysing your picture…",
    max_entries=LIMITER.limits.results_per_tab,
    hash_funcs=BY_GALLERY,
    scope="session",
)
def neighbours_of_picture(gallery: Gallery, content: bytes, k: int, filters: Filters, name: str) -> list[Neighbour]:
    """The neighbours of an uploaded picture, cached for its visitor.

    Raises ArtExtractError if the picture can't be read, or the visitor made too many requests.
    """
    with charge("picture"):
        return gallery.searcher.near_image(content, k, filters, name)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=BY_GALLERY)
def picture_search(gallery: Gallery) -> PictureSearch | str:
    """The search of a gallery's pictures by words, or why it is not available."""
    embeddings = gallery.searcher.embeddings
    try:
        return open_picture_search(embeddings, lambda: embedder(embeddings))
    except ArtExtractError as error:
        return redact(error)


def text_searcher(gallery: Gallery) -> TextSearcher | None:
    """The text search of a gallery; None if its texts are not indexed."""
    version = stamp(index_file(gallery.collection))
    return _text_searcher(gallery, version) if version else None


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=BY_GALLERY)
def _text_searcher(gallery: Gallery, version: str) -> TextSearcher | None:
    """`version` is in the key because the index may change."""
    try:
        return TextSearcher(gallery.collection)
    except NotReadyError:  # being built
        return None


def text_results(gallery: Gallery, words: str, k: int, filters: Filters) -> TextResults:
    """The works for words among those that pass the filters, cached. The texts must be indexed.

    Raises ArtExtractError if the words cannot be searched, or the visitor made too many requests.
    """
    return _text_results(gallery, stamp(index_file(gallery.collection)), words, k, filters)


@st.cache_resource(show_spinner=False, max_entries=500, hash_funcs=BY_GALLERY)
def _text_results(gallery: Gallery, version: str, words: str, k: int, filters: Filters) -> TextResults:
    searcher, pictures = _text_searcher(gallery, version), picture_search(gallery)
    if searcher is None:
        raise NotReadyError(f"The texts of {gallery.collection.name} are being indexed. Try again in a moment.")
    with charge("words"):
        known = None if isinstance(pictures, str) else pictures
        return searcher.search(words, k, known, among(gallery, searcher, filters))


def among(gallery: Gallery, searcher: TextSearcher, filters: Filters) -> np.ndarray:
    """Which of the indexed works are in the gallery and pass the filters, bool [n] in the order of the index."""
    return searcher.aligned(gallery.searcher.embeddings.ids, gallery.searcher.allowed(filters)) == 1
