"""Works as picture cards."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from artextract.similarity.metrics.registry import METRICS
from artextract.similarity.search import Neighbour
from artextract.ui import work_text
from artextract.ui.galleries import Gallery
from artextract.ui.grid.component import Action, Card, Score
from artextract.ui.server.urls import thumbnails_url

ON_MAP = Action("map", "Show on map", "map")
COMPARE = Action("compare", "Compare", "compare")
NEIGHBOUR_SCORES = [
    Score(metric.label, metric.higher_is_closer, metric.sentence) for metric in METRICS.values()
]
"""What a neighbour's card shows."""


def neighbour_cards(gallery: Gallery, neighbours: Sequence[Neighbour]) -> list[Card]:
    """Neighbours as cards with their rank and `NEIGHBOUR_SCORES`."""
    return [
        _card(
            gallery,
            gallery.searcher.row_of(neighbour.id),
            scores=tuple(score_text(getattr(neighbour, name)) for name in METRICS),
            badge=str(rank),
        )
        for rank, neighbour in enumerate(neighbours, start=1)
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
    return [
        replace(card, why_url=picture, why_words=words)
        for card, picture in zip(cards, why, strict=True)
    ]


def work_cards(gallery: Gallery, rows: Sequence[int]) -> list[Card]:
    """The works in those rows of the gallery as cards."""
    return [_card(gallery, row) for row in rows]


def score_text(value: float | None) -> str | None:
    """A metric's value as it stands on a card; None where it can't be had."""
    return None if value is None else f"{value:.3f}"


def _card(gallery: Gallery, row: int, scores: tuple[str | None, ...] = (), badge: str = "") -> Card:
    work = gallery.works.iloc[row]
    return Card(
        id=str(work["id"]),
        picture_url=thumbnails_url(gallery.collection.name) + gallery.thumbnails[row],
        title="Untitled" if pd.isna(work["title"]) else str(work["title"]),
        subtitle=" · ".join(work_text.made_by(work)),
        scores=scores,
        badge=badge,
    )
