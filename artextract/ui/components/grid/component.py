"""A grid of picture cards in the browser, as many a line as there is room for."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from artextract.ui.components.grid import tray
from artextract.ui.components.registration import ELEMENT, component
from artextract.ui.server.trays import tray_works

_HTML = '<div class="ax-grid ax-tray-colours" data-testid="picture-grid"></div>'
_FILES = (ELEMENT, Path(__file__).parent / "grid.js", Path(__file__).parent / "grid.css")


@dataclass(frozen=True)
class Score:
    """A number that each card of a grid has."""

    label: str
    higher_is_closer: bool
    hint: str
    """What it means."""
    missing: str = "Not to be had: the picture or the metric's network is missing."
    """Why a card has none."""


@dataclass(frozen=True)
class Card:
    """One work of the grid."""

    id: str
    picture_url: str
    title: str
    subtitle: str
    scores: tuple[str | None, ...] = ()
    """The numbers, one for each of the grid's scores; None where one can't be had."""
    badge: str = ""
    """Stands in the corner of the picture, such as a rank."""
    alternative: str = ""
    """What the picture shows, for those who can't see it; title and subtitle if it isn't said."""
    why: tuple[str, ...] = ()
    """Why it is here, a line each."""
    why_url: str = ""
    """A picture below, that shows why the work is here."""
    why_words: str = ""
    """What that picture shows."""
    work: tuple[str, str] | None = None
    """Collection and id of the work that the card lays into the tray; None for none."""


@dataclass(frozen=True)
class Action:
    """A small button on each card."""

    name: str
    label: str
    icon: str
    """A name of the table ICONS in `grid.js`."""


def picture_grid(
    *,
    key: str,
    cards: Sequence[Card],
    scores: Sequence[Score] = (),
    on_open: Callable[[str], None],
    actions: Sequence[Action] = (),
    on_action: Callable[[str, str], None] | None = None,
    column_width: int = 150,
    aspect: float = 1.0,
) -> None:
    """Draw the grid. The callbacks are called before the rerun that an event causes.

    Args:
        key: the component's key in the session state.
        cards: the works, in order.
        scores: the numbers on each card.
        on_open: called with the id of the card that was pressed.
        actions: small buttons that stand on every card.
        on_action: called with the id of a card and the name of the action pressed on it.
        column_width: least width of a card, pixels.
        aspect: width of a card's picture over its height.
    """

    in_tray = tray_works() if any(card.work for card in cards) else None

    def opened() -> None:
        if (work := st.session_state[key].open) is not None:
            on_open(str(work))

    def acted() -> None:
        pressed = st.session_state[key].action
        if on_action and pressed is not None:
            on_action(str(pressed["id"]), str(pressed["name"]))

    component("picture_grid", _HTML, *tray.FILES, *_FILES)(
        key=key,
        data={
            **tray.addresses(),
            "cards": [asdict(card) | _in_tray(card, in_tray) for card in cards],
            "scores": [asdict(score) for score in scores],
            "actions": [asdict(action) for action in actions],
            "column_width": column_width,
            "aspect": aspect,
        },
        on_open_change=opened,
        on_action_change=acted,
    )


def _in_tray(card: Card, in_tray: frozenset[tuple[str, str]] | None) -> dict[str, object]:
    """Whether the tray holds a card's work; no tray control where trays are not available."""
    return {"work": None} if in_tray is None else {"added": card.work in in_tray}
