"""Likeness by all embeddings of a collection at once, where that was measured to be better."""

from collections.abc import Callable, Sequence

import streamlit as st

from artextract.errors import ArtExtractError
from artextract.similarity.evaluation.rivals import FUSED_SCORES
from artextract.similarity.filters import Filters
from artextract.similarity.fused_search import FusedIndex
from artextract.ui.cached_search import likeness_results
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.grid.cards import alike_cards
from artextract.ui.grid.component import Action, Score, picture_grid
from artextract.vision.embedding import load_embeddings

FUSED = "fused"
LABEL = "All embeddings, fused"


def is_offered(gallery: Gallery) -> bool:
    """Whether the fusion was surely better, and nowhere worse, than the gallery's embedding when
    the collection was measured last, and all its works have all of the embeddings."""
    results = likeness_results(gallery.collection)
    row = None if results is None else results.row(FUSED_SCORES.name)
    if results is None or row is None or row.against != gallery.backbone or not row.helps:
        return False
    return _index(gallery, tuple(results.embeddings.items())) is not None


def fused_rows(gallery: Gallery, row: int, k: int, filters: Filters) -> list[int]:
    """Rows of the works nearest to one of them by all embeddings."""
    return [found for found, _ in _nearest(gallery, row, k, filters)]


def show_fused(
    gallery: Gallery, row: int, k: int, filters: Filters, *,
    on_open: Callable[[str], None], actions: Sequence[Action],
    on_action: Callable[[str, str], None],
) -> None:  # fmt: skip
    """Those works, each with its rank by each embedding alone."""
    results = likeness_results(gallery.collection)
    names = list(results.embeddings) if results else []
    st.caption(
        f"Nearest by {', '.join(names)} together (the mean of their standardised scores): measured "
        "to be better here than the chosen embedding alone, see Model report. Below each work its "
        "rank by each of them: what it contributed."
    )
    found = _nearest(gallery, row, k, filters)
    if not found:
        st.info("No other work passes the filters.")
        return
    cards = alike_cards(gallery, [(one, tuple(f"{r:,}" for r in ranks)) for one, ranks in found])
    picture_grid(
        key="fused", cards=cards,
        scores=[Score(name, False, f"Its rank by {name} alone, 1 the nearest.") for name in names],
        on_open=on_open, actions=actions, on_action=on_action,
    )  # fmt: skip


def _nearest(
    gallery: Gallery, row: int, k: int, filters: Filters
) -> list[tuple[int, tuple[int, ...]]]:
    results = likeness_results(gallery.collection)
    index = None if results is None else _index(gallery, tuple(results.embeddings.items()))
    return [] if index is None else index.nearest(row, k, gallery.searcher.allowed(filters))


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs=BY_GALLERY)
def _index(gallery: Gallery, embeddings: tuple[tuple[str, str], ...]) -> FusedIndex | None:
    """None if a work lacks one of the embeddings, or one is there no more."""
    vectors = []
    for name, key in embeddings:
        try:
            stored = load_embeddings(gallery.collection, name)
        except ArtExtractError:
            return None
        place = {work: row for row, work in enumerate(stored.ids)}
        if str(stored.key) != key or not all(work in place for work in gallery.works["id"]):
            return None
        vectors.append(stored.vectors[[place[work] for work in gallery.works["id"]]])
    return FusedIndex(vectors)
