"""All works that pass the filters, as pictures or as a table, in an order of the visitor's choice."""

import numpy as np
import pandas as pd
import streamlit as st

from artextract.similarity.filters import Filters
from artextract.similarity.relevance_feedback import Space, most_like
from artextract.ui import address, cached_search, work_columns
from artextract.ui.components.grid import marks
from artextract.ui.components.grid.cards import SIMILAR
from artextract.ui.components.grid.component import ALL_WORKS, work_grid
from artextract.ui.explore import actions
from artextract.ui.explore.map_choice import choose_map
from artextract.ui.explore.selection_panel import show_table
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.gallery_picker import chosen_row
from artextract.ui.ranking_panel import work_ranking
from artextract.vectors import unit
from artextract.work_table import TEXT_COLUMNS, middle_years

VIEWS = {"map": "Map", ALL_WORKS: "All works", "table": "Table"}
ORDER = "order"  # The parameter that names the order
YEAR, SIMILARITY = "year", "similarity"  # By year; by similarity to the open work
_NO_ORDER = frozenset({"description", "image", "image_sha256", "source_url"})


def choose_map_or_all_works(gallery: Gallery, filters: Filters) -> str | None:
    """A choice between the maps and all works: the chosen map, or None after showing all works."""
    if not gallery.searcher.allowed(filters).any():
        st.info("No works match the filters. Clear a filter.", icon=":material/filter_alt_off:")
    with st.container(horizontal=True):
        view = address.switch("Show", VIEWS, name="view", label_visibility="collapsed")
        if view == "map":
            return choose_map(gallery)
        order = _choose_order(gallery)
        descending = order not in {SIMILARITY, marks.ORDER} and address.get("down") == "yes"
        if order not in {SIMILARITY, marks.ORDER}:
            address.control(st.toggle, "Descending", name="down", value=descending, default=False)
    show_works(gallery, filters, order, descending, view)
    return None


@st.fragment
def show_works(
    gallery: Gallery, filters: Filters, order: str = YEAR, descending: bool = False, view: str = ALL_WORKS
) -> None:
    """The works that pass the filters, in an order. A click on the map does not redraw this fragment."""
    rows, opened = np.flatnonzero(gallery.searcher.allowed(filters)), chosen_row(gallery)
    if not len(rows):
        return
    right = _rows(gallery, "right") if order == marks.ORDER else []
    if order == marks.ORDER and not right:
        st.info("Mark works as right (✓) or wrong (✗) in any list. Until then, the works are sorted by year.")
    rows = _in_order(gallery, rows, order, descending, opened, right)
    if view == "table":
        show_table(gallery, rows)
        return
    work_grid(
        gallery,
        rows,
        key="all_works",
        order=f"{order} {descending} {opened} {filters}",
        on_open=_open,
        actions=(SIMILAR,),
        on_action=lambda work, _: _go(view=ALL_WORKS, order=SIMILARITY, work=work),
        examples=right,
        on_more=None if order == marks.ORDER else lambda _: _go(view=ALL_WORKS, order=marks.ORDER),
    )


def _open(work: str) -> None:
    address.put(view=None)
    actions.open_from_below(work)


def _go(**parameters: address.Value) -> None:
    """Change the address in a callback and redraw the whole screen: its controls are outside the fragment."""
    address.put(**parameters)
    st.rerun()


def _choose_order(gallery: Gallery) -> str:
    opened = chosen_row(gallery)
    names = {marks.ORDER: "similarity to the works marked as right"}
    if opened is not None:
        names = {SIMILARITY: f"similarity to {gallery.labels[opened]}", **names}
    options = [*_columns(gallery), *names]
    return address.choice(
        st.selectbox,
        "Sort by",
        options,
        name=ORDER,
        default=options[0],
        format_func=lambda name: f"Sort by {names.get(name) or work_columns.name_of(name).lower()}",
        label_visibility="collapsed",
        width=360,
    )


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def _columns(gallery: Gallery) -> list[str]:
    """The columns that can sort the works, cached: those with two values or more."""
    works = gallery.works
    further = [*TEXT_COLUMNS, *work_columns.source_columns(works.iloc[0]), *work_columns.custom_label_columns(works)]
    names = dict.fromkeys(["title", "artist", *further])
    useful = [name for name in names if name in works and name not in _NO_ORDER and works[name].nunique() > 1]
    return [YEAR, *useful] if works["year_begin"].nunique() > 1 or not useful else useful


def _rows(gallery: Gallery, mark: marks.Mark) -> list[int]:
    found = [gallery.find(work) for work in marks.marked(gallery.collection.name, mark)]
    return [row for row in found if row is not None]


def _in_order(
    gallery: Gallery, rows: np.ndarray, order: str, descending: bool, opened: int | None, right: list[int]
) -> np.ndarray:
    """Rows of the gallery, int64 [n], sorted."""
    if order == SIMILARITY and opened is not None and (ranking := work_ranking(gallery, opened)) is not None:
        return ranking.in_order(rows)
    if order == marks.ORDER and right:
        return _most_like_marked(gallery, rows, right, _rows(gallery, "wrong"))
    return by_column(gallery.works, rows, YEAR if order in {SIMILARITY, marks.ORDER} else order, descending)


def _most_like_marked(gallery: Gallery, rows: np.ndarray, right: list[int], wrong: list[int]) -> np.ndarray:
    """The right works first, the wrong ones last, the others by their similarity to the right ones."""
    searcher, count = gallery.searcher, len(gallery.works)
    spaces = [Space(count, lambda places: unit(searcher.embeddings.vectors[places]), searcher.cosines_with)]
    if not isinstance(search := cached_search.picture_search(gallery), str):
        spaces.append(Space(count, search.pictures.vectors, search.pictures.cosines))
    scores = most_like(spaces, right, wrong)
    scores[right], scores[wrong] = np.inf, -np.inf
    return rows[np.argsort(-scores[rows], kind="stable")]


def by_column(works: pd.DataFrame, rows: np.ndarray, column: str, descending: bool) -> np.ndarray:
    """Rows of a work table, int64 [n], sorted by a column or the year; works without a value come last."""
    values = pd.Series(middle_years(works)) if column == YEAR else works[column]
    values = values.iloc[rows].reset_index(drop=True)
    if not pd.api.types.is_numeric_dtype(values):
        values = values.str.casefold()
    order = values.sort_values(ascending=not descending, kind="stable", na_position="last").index
    return rows[order.to_numpy()]
