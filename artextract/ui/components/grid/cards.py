"""Works as picture cards."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from artextract.similarity.metrics.registry import METRICS
from artextract.similarity.search import Neighbour
from artextract.text.search import TextMatch
from artextract.ui import work_text
from artextract.ui.components.grid.component import Action, Card, Score
from artextract.ui.galleries import Gallery
from artextract.ui.server.urls import thumbnails_url

ON_MAP = Action("map", "Show on map", "map")
COMPARE = Action("compare", "Compare", "compare")
NEIGHBOUR_SCORES = [Score(metric.label, metric.higher_is_closer, metric.sentence) for metric in METRICS.values()]
"""What a neighbour's card shows."""
TEXT_SCORES = {
    "bm25": Score(
        "Words (BM25)",
        True,
        "How many of the words the work's texts contain, and how rare those words are.",
        "The work's texts contain none of the words.",
    ),
    "meaning": Score(
        "Meaning",
        True,
        "Cosine of the words with the work's nearest passage: -1 to 1.",
        "The work has no text to compare.",
    ),
    "picture": Score("Picture", True, "Cosine of the words with the picture: -1 to 1.", "The picture is missing."),
    "similarity": Score(
        "Similarity",
        True,
        "Cosine of the picture with your picture: -1 to 1.",
        "This is the work that you searched with.",
    ),
    "score": Score("Fused", True, "Reciprocal rank fusion of these rankings. Results are sorted by it."),
}
"""Field of `TextMatch` → the score as a card shows it."""


def neighbour_cards(gallery: Gallery, neighbours: Sequence[Neighbour]) -> list[Card]:
    """Neighbours as cards with their rank and `NEIGHBOUR_SCORES`."""
    return [
        _card(
            gallery,
            gallery.searcher.row_of(neighbour.id),
            scores=tuple(score_text(neighbour.scores[name]) for name in METRICS),
            badge=str(rank),
        )
        for rank, neighbour in enumerate(neighbours, start=1)
    ]


def text_match_cards(gallery: Gallery, matches: Sequence[TextMatch], scores: Sequence[str]) -> list[Card]:
    """Results of a text search as cards, with rank and the named `TEXT_SCORES`.

    Works without a picture in the gallery are left out.
    """
    in_gallery = [(row, match) for match in matches if (row := gallery.find(match.id)) is not None]
    return [
        _card(
            gallery,
            row,
            scores=tuple(score_text(getattr(match, name)) for name in scores),
            badge=str(rank),
            why=tuple(match.why),
        )
        for rank, (row, match) in enumerate(in_gallery, start=1)
    ]


def alike_cards(
    gallery: Gallery,
    found: Sequence[tuple[int, tuple[str, ...]]],
    why: Sequence[str] = (),
    words: str = "",
) -> list[Card]:
    """Works that are alike, with their rank and whatever numbers.

    Args:
        gallery: whose they are.
        found: the row of each and its numbers as text.
        why: of each the address of a picture that shows why; () for none.
        words: what those pictures show.
    """
    cards = [_card(gallery, row, numbers, str(n)) for n, (row, numbers) in enumerate(found, 1)]
    if not why:
        return cards
    return [replace(card, why_url=picture, why_words=words) for card, picture in zip(cards, why, strict=True)]


def step_cards(gallery: Gallery, rows: Sequence[int], steps: Sequence[float]) -> list[Card]:
    """The works of a path as cards with their number and how far each is from the one before."""
    apart = [None, *(f"{step:.2f}" for step in steps)]
    return [
        _card(gallery, row, (step,), str(number))
        for number, (row, step) in enumerate(zip(rows, apart, strict=True), start=1)
    ]


def work_cards(gallery: Gallery, rows: Sequence[int]) -> list[Card]:
    """The works in those rows of the gallery as cards."""
    return [_card(gallery, row) for row in rows]


def score_text(value: float | None) -> str | None:
    """A metric's value as it stands on a card; None where it can't be had."""
    return None if value is None else f"{value:.3f}"


def _card(
    gallery: Gallery,
    row: int,
    scores: tuple[str | None, ...] = (),
    badge: str = "",
    why: tuple[str, ...] = (),
) -> Card:
    work = gallery.works.iloc[row]
    return Card(
        id=str(work["id"]),
        picture_url=thumbnails_url(gallery.collection.name) + gallery.thumbnails[row],
        title="Untitled" if pd.isna(work["title"]) else str(work["title"]),
        subtitle=" · ".join(work_text.made_by(work)),
        scores=scores,
        badge=badge,
        alternative=gallery.alternatives[row],
        why=why,
        work=(gallery.collection.name, str(work["id"])),
    )
