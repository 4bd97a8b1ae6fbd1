"""Works as picture cards."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from artextract.similarity.metrics.registry import METRICS
from artextract.similarity.search import Neighbour
from artextract.text.search import Found
from artextract.ui import work_text
from artextract.ui.components.grid.component import Action, Card, Score
from artextract.ui.galleries import Gallery
from artextract.ui.server.urls import thumbnails_url

ON_MAP = Action("map", "Show on map", "map")
COMPARE = Action("compare", "Compare", "compare")
NEIGHBOUR_SCORES = [Score(metric.label, metric.higher_is_closer, metric.sentence) for metric in METRICS.values()]
"""What a neighbour's card shows."""
FOUND_SCORES = {
    "word": Score(
        "Words (BM25)",
        True,
        "How many of the words it has, and how rare they are.",
        "It has none of the words.",
    ),
    "meaning": Score(
        "Meaning",
        True,
        "Cosine of its nearest passage with the words: -1 to 1.",
        "It has no text that could be compared.",
    ),
    "seen": Score("Picture", True, "Cosine of its picture with the words: -1 to 1.", "Its picture is missing."),
    "likeness": Score(
        "Likeness",
        True,
        "Cosine of its picture with the one given: -1 to 1.",
        "It is the work that was given.",
    ),
    "score": Score("Fused", True, "These rankings as one (reciprocal ranks): the order here."),
}
"""Field of `Found` → what the card of a work that was found by words shows of it."""


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


def found_cards(gallery: Gallery, found: Sequence[Found], scores: Sequence[str]) -> list[Card]:
    """Works found by words as cards with their rank and those of `FOUND_SCORES` named.

    Works of which the gallery has no picture are left out.
    """
    here = [(row, one) for one in found if (row := gallery.find(one.id)) is not None]
    return [
        _card(
            gallery,
            row,
            scores=tuple(score_text(getattr(one, name)) for name in scores),
            badge=str(rank),
            why=tuple(one.why),
        )
        for rank, (row, one) in enumerate(here, start=1)
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
