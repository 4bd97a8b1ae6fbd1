"""A grid of picture cards in the browser."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from artextract.trays.store import WorkRef
from artextract.ui.components.grid import tray
from artextract.ui.components.registration import component
from artextract.ui.server.tray_routes import tray_works

_HTML = '<div class="ax-grid ax-tray-colours" data-testid="picture-grid"></div>'


@dataclass(frozen=True)
class Score:
    """A number that each card of a grid has."""

    label: str
    higher_is_closer: bool
    hint: str  # What the number means
    missing: str = "Not available: the picture or the metric’s model is missing."  # Why a card lacks the number


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
    query: WorkRef | None = None,
    look: bool = True,
) -> None:
    """Draw the grid.

    `on_open` takes the id of the card whose title was clicked, and `on_action` the id of a card and the name of the
    action that was clicked on it; both are called before the rerun. A click on a picture of a `work` opens the
    lightbox, which compares it with `query`; without `look` it is a click on the title. `column_width` is the minimum
    width of a card in pixels, `aspect` the width of its picture divided by the height.
    """
    in_tray = tray_works() if any(card.work for card in cards) else None

    def opened() -> None:
        if (work := st.session_state[key].open) is not None:
            on_open(str(work))

    def acted() -> None:
        pressed = st.session_state[key].action
        if on_action and pressed is not None:
            on_action(str(pressed["id"]), str(pressed["name"]))

    component("picture_grid", _HTML)(
        key=key,
        data={
            **tray.addresses(),
            "cards": [asdict(card) | _in_tray(card, in_tray) for card in cards],
            "scores": [asdict(score) for score in scores],
            "actions": [asdict(action) for action in actions],
            "column_width": column_width,
            "aspect": aspect,
            "query": None if query is None else look_key(query),
            "look": look,
        },
        on_open_change=opened,
        on_action_change=acted,
    )


def look_key(work: WorkRef) -> str:
    """How `lightbox/pictures.js` names a work on the page."""
    return "\n".join(work)


def _in_tray(card: Card, in_tray: frozenset[tuple[str, str]] | None) -> dict[str, object]:
    """Whether the tray holds a card's work; {} hides the tray control: no work, or trays are not available."""
    return {} if in_tray is None or card.work is None else {"added": card.work in in_tray}
