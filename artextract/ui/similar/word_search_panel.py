"""What was found by words, or by words and a picture together."""

import numpy as np
import streamlit as st

from artextract import settings
from artextract.text.search import WordSearcher
from artextract.ui import cached_search, navigation, work_text
from artextract.ui.components.grid.cards import FOUND_SCORES, found_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.galleries import Gallery
from artextract.ui.jobs.panel import show_jobs
from artextract.ui.jobs.start import start_words
from artextract.ui.neighbour_count import offer_more
from artextract.ui.server.request_costs import charge
from artextract.ui.similar.query import Query, choose_picture_search, choose_weight


def show_found(gallery: Gallery, query: Query, k: int) -> None:
    """The works that the query finds, with why and by which numbers.

    Raises:
        ArtExtractError: the words or the picture can't be looked for.
    """
    if not start_words(gallery):  # what was read so far is searched meanwhile
        st.info(
            "What was written of these works hasn’t all been read yet."
            if settings.public()
            else "What was written of the works is being read.",
            icon=":material/hourglass_empty:",
        )
        show_jobs()
    searcher = cached_search.word_searcher(gallery)
    if searcher is None:
        return
    weight = choose_weight() if query.has_picture else 1.0
    with charge("words"):
        likeness = _likeness(searcher, query) if query.has_picture else None
        shown = list(gallery.works["id"])
        here = ~np.isnan(searcher.aligned(shown, np.zeros(len(shown))))
        seen = _seen(searcher, query)
        found = searcher.search(query.words, k, seen, likeness, weight, here)
    names = [name for name in FOUND_SCORES if any(getattr(one, name) is not None for one in found)]
    if len(names) == 2:  # one ranking: fused it is the same
        names.remove("score")
    if not found:
        st.info("None of the works has a text.", icon=":material/search_off:")
        return
    st.caption(_explanation(query))
    picture_grid(
        key="found",
        cards=found_cards(gallery, found, names),
        scores=[FOUND_SCORES[name] for name in names],
        on_open=lambda work: navigation.switch_to(navigation.EXPLORE, work=work),
        column_width=190,
    )
    if len(found) == k:
        offer_more(k)


def _seen(searcher: WordSearcher, query: Query) -> np.ndarray | None:
    """How near the pictures themselves are to the words; None where they aren't to be asked."""
    gallery = query.gallery
    asker = cached_search.asker_of(gallery)
    if isinstance(asker, str):
        st.caption(f":material/info: {work_text.plain(asker, '')}")
        return None
    if not choose_picture_search(gallery):
        return None
    st.caption(f":material/info: {work_text.plain(asker.sentence, '')}")
    return searcher.aligned(list(gallery.works["id"]), asker.cosines(query.words))


def _likeness(searcher: WordSearcher, query: Query) -> np.ndarray:
    gallery = query.gallery
    vector = gallery.searcher.vector_of(query.picture, query.name)
    cosines = gallery.searcher.cosines_with(vector)
    if query.uploaded is None:
        cosines[gallery.searcher.row_of(str(query.work))] = np.nan
    return searcher.aligned(list(gallery.works["id"]), cosines)


def _explanation(query: Query) -> str:
    words = (
        "Words that stand in a work are named with their field; “≈” is what of it is nearest in "
        "meaning. The rankings by words count alike in the order."
    )
    if not query.has_picture:
        return words
    return f"{words} The picture's likeness counts beside them as the slider says."
