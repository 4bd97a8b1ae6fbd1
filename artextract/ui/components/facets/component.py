"""Facets in the browser: of each column its commonest values as bars, and the years as columns."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from artextract.ui.components.registration import ELEMENT, component

_HTML = '<div class="ax-facets" data-testid="facets"></div>'
_FILES = (ELEMENT, Path(__file__).parent / "facets.js", Path(__file__).parent / "facets.css")


@dataclass(frozen=True)
class Bar:
    """A value of a column."""

    value: str
    """What a press on it tells."""
    label: str
    count: int
    """Works that have it."""
    chosen: bool
    """Whether it is filtered by."""


@dataclass(frozen=True)
class Facet:
    """A column of the work table."""

    name: str
    label: str
    bars: Sequence[Bar]
    more: int = 0
    """Values that have no bar."""
    upright: bool = False
    """Whether the bars stand side by side, in an order of their own, as years do."""


def facets(facets: Sequence[Facet], *, key: str, on_press: Callable[[str, str], None]) -> None:
    """Draw them.

    Args:
        facets: the columns.
        key: the component's key in the session state.
        on_press: called with the name of a facet and the value of the bar that was pressed, before
            the rerun that this causes.
    """

    def pressed() -> None:
        if (what := st.session_state[key].press) is not None:
            on_press(str(what["name"]), str(what["value"]))

    data = {"facets": [asdict(one) for one in facets]}
    component("facets", _HTML, *_FILES)(key=key, data=data, on_press_change=pressed)
