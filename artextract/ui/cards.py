"""Works as picture cards."""

from collections.abc import Sequence

import pandas as pd

from artextract.similarity.metrics import METRICS
from artextract.similarity.search import Neighbour
from artextract.ui.galleries import Gallery
from artextract.ui.picture_grid import Action, Card, ScoreCell
from artextract.ui.server import thumbnails_url

ON_MAP = Action("map", "Show on map", "map")
COMPARE = Action("compare", "Compare", "compare")


def neighbour_cards(gallery: Gallery, neighbours: Sequence[Neighbour]) -> list[Card]:
    """Neighbours as cards with their rank and four scores."""
    return [
        _card(
            gallery,
            gallery.searcher.row_of(found.id),
            scores=tuple(score_cell(name, getattr(found, name)) for name in METRICS),
            badge=str(rank),
        )
        for rank, found in enumerate(neighbours, start=1)
    ]


def work_cards(gallery: Gallery, rows: Sequence[int]) -> list[Card]:
    """The works in those rows of the gallery as cards."""
    return [_card(gallery, row) for row in rows]


def score_cell(name: str, value: float | None) -> ScoreCell:
    """A metric's value as it stands on a card."""
    metric = METRICS[name]
    missing = "Not to be had: the picture or the metric's network is missing."
    return ScoreCell(
        label=metric.label,
        text=None if value is None else f"{value:.3f}",
        higher_is_closer=metric.higher_is_closer,
        hint=missing if value is None else metric.sentence,
    )


def _card(
    gallery: Gallery,
    row: int,
    scores: tuple[ScoreCell, ...] = (),
    badge: str = "",
) -> Card:
    work = gallery.works.iloc[row]
    made = [str(part) for part in (work["artist"], work["date_text"]) if not pd.isna(part)]
    return Card(
        id=str(work["id"]),
        picture_url=thumbnails_url(gallery.collection.name) + gallery.thumbnails[row],
        title="Untitled" if pd.isna(work["title"]) else str(work["title"]),
        subtitle=" · ".join(made),
        scores=scores,
        badge=badge,
    )
