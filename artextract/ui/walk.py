"""Walking a gallery: the chosen work, the way back, the selection, and what the map shows of them.

The chosen work stands in the address; the way back and the selection belong to the session.
"""

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from artextract.errors import ArtExtractError
from artextract.maps import METHODS, GalleryMap
from artextract.similarity.filters import CATEGORIES, Filters
from artextract.ui import address, explore
from artextract.ui.cards import COMPARE
from artextract.ui.frame import COMPARE as COMPARE_SCREEN
from artextract.ui.frame import READ as READ_SCREEN
from artextract.ui.galleries import Gallery
from artextract.ui.gallery_map import PALETTE, Categorical, Colouring, Continuous, MapView
from artextract.ui.server import texts_url, thumbnails_url

OTHER_COLOUR = "#8d8a84"


def map_view(
    gallery: Gallery,
    drawn: GalleryMap,
    colour: str,
    passing: np.ndarray,
    **marks: Any,
) -> MapView:
    """The map coloured by `colour`, with the works that don't pass greyed.

    Args:
        gallery: whose works are shown.
        drawn: their positions.
        colour: a key of `explore.COLOURS`.
        passing: bool [n], which works pass the filters.
        marks: what is marked on it: `MapView.chosen`, `neighbours`, `placed`, `selection`.
    """
    works = gallery.works
    codes, colouring = _colouring(works, colour, passing)
    points = pd.DataFrame(
        {
            "x": drawn.positions[:, 0],
            "y": drawn.positions[:, 1],
            "on": passing.astype(np.uint8),
            "colour": codes,
        }
    )
    count, matching = len(works), int(passing.sum())
    label = METHODS[drawn.method].label
    return MapView(
        points=points,
        colouring=colouring,
        texts_url=texts_url(gallery.collection.name, gallery.backbone, gallery.revision),
        pictures_url=thumbnails_url(gallery.collection.name),
        revision=f"{gallery.collection.name}-{drawn.key}",
        title=f"{label} map of {gallery.collection.name} by {explore.COLOURS[colour].lower()}",
        status=f"{count:,} works"
        if matching == count
        else f"{matching:,} of {count:,} works match",
        **marks,
    )


def chosen_row(gallery: Gallery) -> int | None:
    """Where the work that the address names stands in the gallery; None if it isn't there."""
    return row_or_none(gallery, address.get("work"))


def row_or_none(gallery: Gallery, work: str) -> int | None:
    """Where a work stands in the gallery; None if it isn't there."""
    try:
        return gallery.searcher.row_of(work)
    except ArtExtractError:
        return None


def matching_rows(gallery: Gallery, text: str) -> list[int]:
    """The rows of the works whose title or artist holds all words of `text`."""
    return [int(row) for row in np.flatnonzero(Filters(text=text).allowed(gallery.works))]


def go_to(work: str) -> None:
    """Choose a work; the one chosen before is where Back leads."""
    before = address.get("work")
    if work == before:
        return
    if before:
        _trail().append(before)
    address.put(work=work)


def back() -> None:
    """Choose the work before this one."""
    if _trail():
        address.put(work=_trail().pop())


def can_go_back() -> bool:
    """Whether there is a work before this one."""
    return bool(_trail())


def leave() -> None:
    """Choose no work."""
    _trail().clear()
    address.put(work=None)


def recentre() -> None:
    """Have the map come to the chosen work."""
    st.session_state["_recentre"] = recentred() + 1


def recentred() -> int:
    """How often `recentre` was called in this session."""
    return int(st.session_state.get("_recentre", 0))


def select(gallery: Gallery, rows: Sequence[int]) -> None:
    """Keep a selection of works."""
    ids = gallery.works["id"]
    st.session_state["_selection"] = (gallery.collection.name, [str(ids.iloc[row]) for row in rows])


def selected(gallery: Gallery) -> list[int]:
    """The rows of the works selected in this collection."""
    name, ids = st.session_state.get("_selection", ("", []))
    if name != gallery.collection.name:
        return []
    rows = (row_or_none(gallery, work) for work in ids)
    return [row for row in rows if row is not None]  # a work may have left the collection


def filter_by_legend(colouring: Colouring, colour: str, code: int) -> None:
    """A click on a legend's line: filter by that value, or no longer.

    The line "Other", and those of a column that has no filter, do nothing.
    """
    if colour not in CATEGORIES or not isinstance(colouring, Categorical):
        return
    label = colouring.labels[code]
    if label == explore.OTHER:
        return
    chosen = address.get_all(colour)
    kept = [value for value in chosen if value != label]
    address.put(**{colour: kept if label in chosen else [*kept, label]})
    st.session_state["_whole_screen"] = True  # the filters stand outside of the fragment


def follow(action: str, work: str, other: str) -> None:
    """A small button on the card of `other` was pressed, beside the chosen `work`."""
    if action == COMPARE.name:
        st.session_state["_compare"] = (work, other)
    else:
        go_to(other)
        recentre()


def read(work: str) -> None:
    """Have a work read, on the screen that does."""
    st.session_state["_read"] = work


def go_on() -> None:
    """Do what a callback asked for and can't do itself: change the screen, draw all of it."""
    if work := st.session_state.pop("_read", ""):
        st.switch_page(READ_SCREEN.path, query_params=address.carried(work=work))
    if pair := st.session_state.pop("_compare", None):
        parameters = address.carried(work=pair[0], other=pair[1])
        st.switch_page(COMPARE_SCREEN.path, query_params=parameters)
    if st.session_state.pop("_whole_screen", False):
        st.rerun()


def neighbour_rows(gallery: Gallery, k: int, filters: Filters) -> list[int]:
    """Rows of the chosen work's neighbours; none if no work is chosen."""
    row = chosen_row(gallery)
    if row is None:
        return []
    return gallery.searcher.rows_near_work(str(gallery.works["id"].iloc[row]), k, filters)


def facts_html(work: pd.Series) -> str:
    """A work's facts as a small table, escaped."""
    rows = "".join(
        f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
        for name, value in explore.facts(work)
    )
    style = (
        "<style>.ax-facts{font-size:.85rem;border-collapse:collapse}.ax-facts th{text-align:left;"
        "font-weight:500;opacity:.65;padding:.1rem .9rem .1rem 0;vertical-align:top}"
        ".ax-facts td{overflow-wrap:anywhere}</style>"
    )
    return f"{style}<table class='ax-facts'>{rows}</table>"


def plain(value: object, otherwise: str) -> str:
    """A recorded text for Markdown, taken literally; `otherwise` where nothing is recorded."""
    if pd.isna(value):  # type: ignore[call-overload]
        return otherwise
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>$~:" else c for c in str(value))


def _colouring(
    works: pd.DataFrame, colour: str, passing: np.ndarray
) -> tuple[np.ndarray, Colouring]:
    if colour in ("year", "read_year"):
        values = explore.years(works) if colour == "year" else explore.read_years(works)
        known = values[np.isfinite(values)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        return values, Continuous(explore.COLOURS[colour], low, high)
    found = explore.categories(works, colour, passing)
    colours = list(PALETTE[: len(found.labels)])
    if found.labels and found.labels[-1] == explore.OTHER:
        colours[-1] = OTHER_COLOUR
    return found.codes, Categorical(found.labels, colours, found.counts, found.missing)


def _trail() -> list[str]:
    trail: list[str] = st.session_state.setdefault("_trail", [])
    return trail
