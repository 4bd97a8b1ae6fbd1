"""Likeness in the ways that were measured to be better here than the embedding alone: its scores
corrected, or all embeddings at once. They are offered where they surely help."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from artextract.errors import ArtExtractError
from artextract.similarity.corrections import CORRECTIONS
from artextract.similarity.evaluation.results import Results
from artextract.similarity.evaluation.rivals import FUSED_SCORES
from artextract.similarity.filters import Filters
from artextract.similarity.measured_search import (
    CorrectedIndex,
    FusedIndex,
    MeasuredIndex,
    Nearest,
)
from artextract.ui.cached_search import likeness_results, vectors_of_picture
from artextract.ui.components.grid.cards import NEIGHBOUR_SCORES, alike_cards, neighbour_cards
from artextract.ui.components.grid.component import Action, Score, picture_grid
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.vision.embedding import load_embeddings


@dataclass(frozen=True)
class Offer:
    """A way that surely helps."""

    label: str
    sentence: str
    """What it is, and by how much it was better."""
    embeddings: dict[str, str]
    """Name of each embedding that it goes by → its feature key."""
    index: MeasuredIndex


@dataclass(frozen=True)
class Picture:
    """A picture that is asked about, of the collection or not."""

    content: bytes
    name: str


Query = int | Picture
"""The row of a work, or a picture."""


def offers(gallery: Gallery) -> dict[str, Offer]:
    """The ways that were surely better, and nowhere worse, than the gallery's embedding when the
    collection was measured last.

    All its works must have been measured then, by the same embeddings.
    """
    results = likeness_results(gallery.collection)
    if results is None:
        return {}
    found = {"corrected": _corrected(gallery, results), "fused": _fused(gallery, results)}
    return {way: offer for way, offer in found.items() if offer is not None}


def labels_of(offered: Mapping[str, Offer]) -> dict[str, str]:
    """What each is called."""
    return {way: offer.label for way, offer in offered.items()}


def near_rows(gallery: Gallery, offer: Offer, query: Query, k: int, filters: Filters) -> list[int]:
    """Rows of the works nearest to a query in an offered way."""
    return [row for row, _ in _nearest(gallery, offer, query, k, filters)]


def show_near(
    gallery: Gallery,
    offer: Offer,
    query: Query,
    k: int,
    filters: Filters,
    *,
    key: str,
    on_open: Callable[[str], None],
    actions: Sequence[Action] = (),
    on_action: Callable[[str, str], None] | None = None,
) -> None:
    """Those works: by one embedding with the four scores, by several with their rank by each."""
    found = _nearest(gallery, offer, query, k, filters)
    st.caption(offer.sentence)
    if not found:
        st.info("No other work passes the filters.")
        return
    if len(offer.embeddings) == 1:
        rows = [row for row, _ in found]
        compared = (
            gallery.searcher.compared_with_work(query, rows)
            if isinstance(query, int)
            else gallery.searcher.compared_with_image(query.content, rows, query.name)
        )
        cards, scores = neighbour_cards(gallery, compared), NEIGHBOUR_SCORES
    else:
        cards = alike_cards(gallery, [(row, tuple(f"{r:,}" for r in of)) for row, of in found])
        scores = [Score(name, False, f"Its rank by {name} alone, 1 the nearest.") for name in offer.embeddings]
    picture_grid(key=key, cards=cards, scores=scores, on_open=on_open, actions=actions, on_action=on_action)


def _nearest(gallery: Gallery, offer: Offer, query: Query, k: int, filters: Filters) -> Nearest:
    allowed = gallery.searcher.allowed(filters)
    if isinstance(query, int):
        return offer.index.nearest(offer.index.vectors_of(query), k, allowed, query)
    names = tuple(offer.embeddings)
    vectors = vectors_of_picture(gallery, names, query.content, query.name)
    return offer.index.nearest(vectors, k, allowed)


def _corrected(gallery: Gallery, results: Results) -> Offer | None:
    """The correction of the gallery's embedding that helps most."""
    row, key = results.best_correction(gallery.backbone), str(gallery.searcher.embeddings.key)
    if row is None or results.embeddings.get(gallery.backbone) != key:
        return None
    correction = CORRECTIONS[row.correction]
    index = _corrected_index(gallery, correction.name, results.works_version)
    return (
        None
        if index is None
        else Offer(
            f"All, {correction.label}",
            f"Nearest by {gallery.backbone}, corrected: {correction.sentence} ({correction.label}). "
            "The cosines are the embedding’s own, the order is by the corrected scores. "
            f"{_gained(gallery, row.gained())}",
            {gallery.backbone: key},
            index,
        )
    )


def _fused(gallery: Gallery, results: Results) -> Offer | None:
    row = results.row(FUSED_SCORES.name)
    if row is None or row.against != gallery.backbone or not row.helps:
        return None
    index = _fused_index(gallery, tuple(results.embeddings.items()))
    return (
        None
        if index is None
        else Offer(
            "All embeddings, fused",
            f"Nearest by {', '.join(results.embeddings)} together (the mean of their standardised "
            "scores). Below each work its rank by each of them: what it contributed. "
            f"{_gained(gallery, row.gained())}",
            results.embeddings,
            index,
        )
    )


def _gained(gallery: Gallery, gains: str) -> str:
    return (
        f"Measured to be better here than {gallery.backbone} alone, in points of per cent of the "
        f"ten nearest: {gains}. See Model report."
    )


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=BY_GALLERY)
def _corrected_index(gallery: Gallery, name: str, version: str) -> CorrectedIndex | None:
    """None if a work wasn't measured; `version` is in the key because they may be measured anew."""
    results = likeness_results(gallery.collection)
    around = None if results is None else results.surroundings.get(gallery.backbone)
    if results is None or around is None:
        return None
    place = {work: row for row, work in enumerate(results.ids)}
    if not all(work in place for work in gallery.works["id"]):
        return None
    rows = np.array([place[work] for work in gallery.works["id"]])
    return CorrectedIndex(gallery.searcher, CORRECTIONS[name], around.of(rows))


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs=BY_GALLERY)
def _fused_index(gallery: Gallery, embeddings: tuple[tuple[str, str], ...]) -> FusedIndex | None:
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
