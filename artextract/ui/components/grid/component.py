"""A grid of picture cards in the browser."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from artextract.similarity.metrics.registry import Measure
from artextract.similarity.relevance_feedback import nearest_examples
from artextract.trays.store import WorkRef
from artextract.ui import navigation
from artextract.ui.components.grid import marks, tray
from artextract.ui.components.registration import component, triggers
from artextract.ui.galleries import Gallery
from artextract.ui.server.arrays import publish_content, publish_shapes
from artextract.ui.server.tray_routes import tray_works
from artextract.ui.server.urls import pictures_url, rows_url

_HTML = '<div class="ax-grid ax-tray-colours" data-testid="picture-grid"></div>'


EXPLAINED = 2000  # Works of a grid, from the first, that are explained by an example
ALL_WORKS = "works"  # The view of Explore that shows all works


@dataclass(frozen=True)
class Card:
    """One work of the grid."""

    id: str
    picture_url: str
    title: str
    subtitle: str
    scores: tuple[str | None, ...] = ()  # One number for each of the grid's scores; None for a missing one
    badge: str = ""  # Text in the corner of the picture, such as a rank
    alternative: str = ""  # The picture's alternative text; "" for title and subtitle
    why: tuple[str, ...] = ()  # Why the work is here, one line per reason
    why_url: str = ""  # URL of a picture that explains why the work is here
    why_alt: str = ""  # Alternative text of that picture
    work: WorkRef | None = None  # The work, for the lightbox and the tray; None for neither


@dataclass(frozen=True)
class Action:
    """A small button on each card."""

    name: str
    label: str
    icon: str  # A name in ICONS of `grid.js`


def show_more_like(collection: str) -> None:
    """Show all works of a collection, those most like its marked works first."""
    navigation.switch_to(navigation.EXPLORE, collection=collection, view=ALL_WORKS, order=marks.ORDER)


def picture_grid(
    *,
    key: str,
    cards: Sequence[Card],
    scores: Sequence[Measure] = (),
    on_open: Callable[[str], None],
    actions: Sequence[Action] = (),
    on_action: Callable[[str, str], None] | None = None,
    column_width: int = 150,
    aspect: float = 1.0,
    query: WorkRef | None = None,
    look: bool = True,
) -> None:
    """Draw the grid.

    `on_open` takes the id of the card whose title was clicked, and `on_action` the id of a card and the name of the
    action that was clicked on it; both are called before the rerun. A click on a picture of a `work` opens the
    lightbox, which compares it with `query`; without `look` it is a click on the title. `column_width` is the minimum
    width of a card in pixels, `aspect` the width of its picture divided by the height.
    """
    data = {
        "cards": [asdict(card) for card in cards],
        "scores": [
            {"label": score.label, "arrow": score.arrow, "hint": score.sentence, "missing": score.missing}
            for score in scores
        ],
        "column_width": column_width,
        "aspect": aspect,
        "query": None if query is None else look_key(query),
        "look": look,
    }
    _draw(key, data, on_open, actions, on_action, show_more_like)


def work_grid(
    gallery: Gallery,
    rows: np.ndarray,
    *,
    key: str,
    order: str = "",
    on_open: Callable[[str], None],
    actions: Sequence[Action] = (),
    on_action: Callable[[str, str], None] | None = None,
    examples: Sequence[int] = (),
    on_more: Callable[[str], None] | None = show_more_like,
) -> None:
    """Draw any number of works, which are not sent but loaded by the browser when they come into view.

    `rows`, int64 [n], are rows of the gallery. When they change, the browser goes back to the first, unless they have
    the same `order` as before: a re-ranking. The nearest of the `examples` (rows) explains each work. `on_more` takes
    the collection of the marked works when more like them are wanted; None offers none. For the others see
    `picture_grid`.
    """
    works, name = gallery.works, gallery.collection.name
    of_gallery = f"{gallery.collection.root} {gallery.revision}"
    vectors = gallery.searcher.embeddings.vectors
    nearest = nearest_examples(vectors[rows[:EXPLAINED]], vectors[list(examples)]) if len(examples) else None
    data = {
        "collection": name,
        "label": f"Works of {name}",
        "wall": {
            "order": order,
            "rows_url": publish_content(rows.astype(np.uint32)),
            "shapes_url": publish_shapes(of_gallery, works),
            "texts_url": rows_url("texts", {name: gallery.revision}, gallery.backbone),
            "pictures_url": f"{pictures_url()}thumb/",
            "why_url": "" if nearest is None else publish_content(nearest.astype(np.uint16)),
            "examples": [gallery.labels[row] for row in examples],
        },
        "look": True,
    }
    _draw(key, data, on_open, actions, on_action, on_more)


def _draw(
    key: str,
    data: dict[str, Any],
    on_open: Callable[[str], None],
    actions: Sequence[Action],
    on_action: Callable[[str, str], None] | None,
    on_more: Callable[[str], None] | None,
) -> None:
    in_tray = tray_works()

    component("picture_grid", _HTML)(
        key=key,
        data={
            **tray.addresses(),
            **data,
            "actions": [asdict(action) for action in actions],
            "in_tray": None if in_tray is None else [look_key(work) for work in in_tray],
            "marks": {look_key(work): mark for work, mark in marks.all_marks().items()},
            "more": on_more is not None,
        },
        **triggers(
            key,
            open=lambda work: on_open(str(work)),
            action=on_action and (lambda of: on_action(str(of["id"]), str(of["name"]))),
            mark=lambda changes: marks.change({_work(of): mark for of, mark in changes.items()}),
            more=on_more,
        ),
    )


def look_key(work: WorkRef) -> str:
    """How `lightbox/pictures.js` names a work on the page."""
    return "\n".join(work)


def _work(key: str) -> WorkRef:
    collection, _, work = key.partition("\n")
    return collection, work
