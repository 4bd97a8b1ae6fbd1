"""Works as picture cards."""

import base64
import io
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from PIL import Image

from artextract.similarity.metrics.registry import Measure
from artextract.similarity.ranking import RankedWork
from artextract.ui import work_text
from artextract.ui.components.grid.component import Action, Card
from artextract.ui.galleries import Gallery
from artextract.ui.server.urls import thumbnails_url

ON_MAP = Action("map", "Show on map", "map")
COMPARE = Action("compare", "Compare", "compare")
SIMILAR = Action("similar", "Sort by similarity to this work", "similar")


def work_cards(gallery: Gallery, rows: Sequence[int]) -> list[Card]:
    """The works in these rows of the gallery as cards."""
    prefix, name = thumbnails_url(gallery.collection.name), gallery.collection.name
    return [
        Card(
            id=str(work["id"]),
            picture_url=prefix + gallery.thumbnails[row],
            title="Untitled" if pd.isna(work["title"]) else str(work["title"]),
            subtitle=" · ".join(work_text.artist_and_date(work)),
            alternative=gallery.alternatives[row],
            work=(name, str(work["id"])),
        )
        for row in rows
        for work in [gallery.works.iloc[row]]
    ]


def numbered_cards(gallery: Gallery, rows: Sequence[int], scores: Sequence[tuple[str | None, ...]]) -> list[Card]:
    """Works as cards, numbered from 1, each with its scores as text (None for a missing score)."""
    return [
        replace(card, badge=str(number), scores=texts)
        for number, (card, texts) in enumerate(zip(work_cards(gallery, rows), scores, strict=True), start=1)
    ]


def ranked_cards(gallery: Gallery, works: Sequence[RankedWork], measures: Sequence[Measure]) -> list[Card]:
    """The works of a ranking as numbered cards, each with its scores and explanation."""

    def texts(work: RankedWork) -> tuple[str | None, ...]:
        numbers = zip(work.scores, measures, strict=True)
        return tuple(None if number is None else f"{number:.{measure.digits}f}" for number, measure in numbers)

    cards = numbered_cards(gallery, [work.row for work in works], [texts(work) for work in works])
    return [
        replace(
            card,
            why=work.reasons,
            why_url="" if work.drawing is None else _data_url(work.drawing),
            why_alt=work.drawing_text,
        )
        for card, work in zip(cards, works, strict=True)
    ]


def _data_url(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
