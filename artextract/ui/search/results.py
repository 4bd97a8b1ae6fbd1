"""The results of a search by words, by a picture, or by both."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from artextract import settings
from artextract.similarity.ranking import Ranking, TextRanking
from artextract.text.search import TextMatch
from artextract.ui import cached_search, work_text
from artextract.ui.galleries import Gallery
from artextract.ui.jobs.panel import show_jobs
from artextract.ui.jobs.start import start_text_index
from artextract.ui.ranking_panel import more_button, picture_ranking, show_ranking, work_ranking
from artextract.ui.search.query import Query
from artextract.ui.server.request_costs import charge

BESIDE = "Words and picture together. Each result names the matching words with their field."


def find(query: Query, k: int, weight: float = 0.5) -> list[tuple[str, Ranking]]:
    """What the query finds among the works that pass its filters: headings and up to `k` works each.

    `weight` is that of the words beside a picture, 0 to 1.

    Raises:
        ArtExtractError: the query has no word, the picture cannot be read, or the visitor made too many requests.
    """
    searcher = query.gallery.searcher
    if not query.words:
        ranking = ranking_of(query)
        return [] if ranking is None else [("Similar to your picture", ranking)]
    if query.has_picture:
        return [("Near to the words and the picture", TextRanking(searcher, _beside(query, k, weight), BESIDE))]
    results = cached_search.text_results(query.gallery, query.words, k, query.filters)
    return [(heading, TextRanking(searcher, matches, "")) for heading, matches in results.parts()]


def ranking_of(query: Query, criterion: str = "") -> Ranking | None:
    """The works most similar to the query's picture by a key of `LABELS`, or by the chosen one; None without it."""
    if query.row is not None:
        return work_ranking(query.gallery, query.row, criterion)
    return picture_ranking(query.gallery, query.picture, query.name, criterion, query.source_row)


def show_results(
    query: Query, k: int, *, key: str, on_open: Callable[[str], None], weight: float = 0.5, **how: Any
) -> None:
    """Draw what `find` returns as cards; `how` is for `show_ranking`."""
    say_what_is_missing(query.gallery)
    found = find(query, k, weight)
    if query.uploaded is not None:
        say_if_in_collection(query.gallery, query.whole)
    for number, (heading, ranking) in enumerate(found):
        if number:
            st.divider()
        st.markdown(f"##### {heading}")
        show_ranking(query.gallery, ranking, k, query.filters, key=f"{key}_{number}", on_open=on_open, **how)
    if not found:
        st.info("Nothing similar found.", icon=":material/search_off:")
    elif any(len(ranking.rows(k, query.filters)) == k for _, ranking in found):
        more_button(k)


def say_what_is_missing(gallery: Gallery) -> None:
    """Start the index of texts if it is not complete, and say so; say why pictures cannot be searched by words."""
    if not start_text_index(gallery):  # the search uses what is indexed so far
        st.info(
            "Some texts of this collection are not indexed yet, so results may be missing."
            if settings.public()
            else "The texts of this collection are being indexed. Results may be missing until then.",
            icon=":material/hourglass_empty:",
        )
        show_jobs()
    pictures = cached_search.picture_search(gallery)
    if isinstance(pictures, str):
        st.caption(f":material/info: {work_text.escaped(pictures, '')}")


def say_if_in_collection(gallery: Gallery, picture: bytes) -> None:
    """Say that an uploaded picture is one of the works."""
    if (row := gallery.searcher.find_picture(picture)) is not None:
        title = work_text.escaped(gallery.labels[row], "Untitled")
        st.info(f"This is in the collection: {title}", icon=":material/check_circle:")


def _beside(query: Query, k: int, weight: float) -> list[TextMatch]:
    gallery = query.gallery
    searcher, pictures = cached_search.text_searcher(gallery), cached_search.picture_search(gallery)
    if searcher is None:
        return []
    with charge("words"):
        cosines = gallery.searcher.cosines_with(gallery.searcher.vector_of(query.picture, query.name))
        if query.source_row is not None:
            cosines[query.source_row] = np.nan
        similarity = searcher.aligned(list(gallery.works["id"]), cosines)
        known = None if isinstance(pictures, str) else pictures
        among = cached_search.among(gallery, searcher, query.filters)
        return searcher.search_beside(query.words, k, similarity, weight, known, among)
