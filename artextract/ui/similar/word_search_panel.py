"""The results of a search by words, or by words and a picture."""

import numpy as np
import streamlit as st

from artextract import settings
from artextract.similarity.filters import NO_FILTERS
from artextract.similarity.ranking import TextRanking
from artextract.text.projection import PictureSearch
from artextract.text.search import TextSearcher
from artextract.ui import cached_search, navigation, work_text
from artextract.ui.galleries import Gallery
from artextract.ui.jobs.panel import show_jobs
from artextract.ui.jobs.start import start_text_index
from artextract.ui.ranking_panel import more_button, show_ranking
from artextract.ui.server.request_costs import charge
from artextract.ui.similar.query import Query, choose_picture_search, choose_weight


def show_text_matches(gallery: Gallery, query: Query, k: int) -> None:
    """The results of the query, each with its scores and the reason; ArtExtractError if the search is not possible."""
    if not start_text_index(gallery):  # the search uses what is indexed so far
        st.info(
            "Some texts of this collection are not indexed yet, so results may be missing."
            if settings.public()
            else "The texts of this collection are being indexed. Results may be missing until then.",
            icon=":material/hourglass_empty:",
        )
        show_jobs()
    searcher = cached_search.text_searcher(gallery)
    if searcher is None:
        return
    weight = choose_weight() if query.has_picture else 1.0
    with charge("words"):
        similarity = _similarity(searcher, query) if query.has_picture else None
        shown = list(gallery.works["id"])
        in_gallery = ~np.isnan(searcher.aligned(shown, np.zeros(len(shown))))
        matches = searcher.search(query.words, k, _pictures(query), similarity, weight, in_gallery)
    if not matches:
        st.info("No work of this collection has a text.", icon=":material/search_off:")
        return
    show_ranking(
        gallery,
        TextRanking(gallery.searcher, matches, _explanation(query)),
        k,
        NO_FILTERS,
        key="text_matches",
        on_open=navigation.open_in_explore,
        column_width=190,
    )
    if len(matches) == k:
        more_button(k)


def _pictures(query: Query) -> PictureSearch | None:
    """What compares the words with the pictures; None if pictures are not searched."""
    gallery = query.gallery
    search = cached_search.picture_search(gallery)
    if isinstance(search, str):
        st.caption(f":material/info: {work_text.escaped(search, '')}")
        return None
    if not choose_picture_search():
        return None
    st.caption(f":material/info: {work_text.escaped(search.explanation, '')}")
    return search


def _similarity(searcher: TextSearcher, query: Query) -> np.ndarray:
    gallery = query.gallery
    vector = gallery.searcher.vector_of(query.picture, query.name)
    cosines = gallery.searcher.cosines_with(vector)
    if query.uploaded is None:
        cosines[gallery.searcher.row_of(str(query.work))] = np.nan
    return searcher.aligned(list(gallery.works["id"]), cosines)


def _explanation(query: Query) -> str:
    words = (
        "Each result names the matching words with their field. “≈” marks the passage that is nearest in "
        "meaning. Meaning counts twice as much as matching words, and the picture half as much."
    )
    if not query.has_picture:
        return words
    return f"{words} The slider sets how much similarity to the picture counts."
