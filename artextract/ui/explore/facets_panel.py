"""What the works on the map are: counts by column that follow the filters and the selection."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from artextract.similarity.filters import Filters
from artextract.ui import address, work_columns
from artextract.ui.components.facets.component import Bar, Facet, facets
from artextract.ui.explore import actions
from artextract.ui.explore.selection import selected
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.work_table import middle_years

COLUMNS = ("style", "school", "artist", "genre", "medium", "classification")
"""Those with bars, where they tell works apart."""
MOST = 8
"""Bars of a column."""
PERIODS = 24
"""Columns of years, at most."""
SPANS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
"""Years that one column may stand for."""


def show_facets(gallery: Gallery, filters: Filters) -> None:
    """The facets. Each counts the works that pass all filters but its own, among the selected ones
    where some are selected, so that what else could be chosen is there to see."""
    found = facets_of(gallery, filters, selected(gallery))
    if found:
        facets(found, key="facets", on_press=_press)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=BY_GALLERY)
def facets_of(gallery: Gallery, filters: Filters, rows: np.ndarray | Sequence[int]) -> list[Facet]:
    """The facets of a gallery.

    Args:
        gallery: whose works are counted.
        filters: which of them pass.
        rows: those among which is counted; none for all.
    """
    inside = np.ones(len(gallery.works), dtype=bool)
    if len(rows):
        inside[:] = False
        inside[np.asarray(rows)] = True
    found = []
    for column in COLUMNS:
        codes, values = _values(gallery, column)
        if len(values) < 2:
            continue
        nothing: dict[str, Any] = {column: ()}
        others = replace(filters, **nothing)
        counted = codes[gallery.searcher.allowed(others) & inside]
        counts = work_columns.counts_of(column, counted, values)
        found.append(_bars(column, counts, getattr(filters, column)))
    periods = _periods(gallery, filters, inside)
    return [*found, periods] if periods else found


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=BY_GALLERY)
def _values(gallery: Gallery, column: str) -> tuple[np.ndarray, pd.Index]:
    """Which value each work has, and the values: looked up once, counted at every filter."""
    return pd.factorize(gallery.works[column])


def _bars(column: str, counts: dict[str, int], chosen: tuple[str, ...]) -> Facet:
    shown = list(chosen) + [value for value in counts if value not in chosen]
    bars = [Bar(value, value, counts.get(value, 0), value in chosen) for value in shown[: max(MOST, len(chosen))]]
    bars.sort(key=lambda bar: -bar.count)
    return Facet(column, work_columns.name_of(column), bars, max(0, len(shown) - len(bars)))


def _periods(gallery: Gallery, filters: Filters, inside: np.ndarray) -> Facet | None:
    bounds = work_columns.year_bounds(gallery.works)
    if bounds is None:
        return None
    first, last = bounds
    span = next((n for n in SPANS if (last // n - first // n) < PERIODS), SPANS[-1])
    passing = gallery.searcher.allowed(replace(filters, year_from=None, year_to=None)) & inside
    years = middle_years(gallery.works)[passing]
    places = (years[np.isfinite(years)] // span).astype(np.int64) - first // span
    counts = np.bincount(np.clip(places, 0, None), minlength=last // span - first // span + 1)
    bars = []
    for place, count in enumerate(counts):
        begin = (first // span + place) * span
        end = begin + span - 1
        chosen = (filters.year_from, filters.year_to) == (begin, end)
        label = str(begin) if span == 1 else f"{begin}–{end}"
        bars.append(Bar(f"{begin} {end}", label, int(count), chosen))
    return Facet("years", "Year", bars, upright=True)


def _press(name: str, value: str) -> None:
    """Filter by what was pressed, or no longer."""
    if name == "years":
        begin, end = (int(year) for year in value.split())
        again = (address.get_year("from"), address.get_year("to")) == (begin, end)
        address.put(**{"from": None if again else begin, "to": None if again else end})
        st.rerun()  # the slider is in the sidebar
    else:
        actions.toggle_filter(name, value)
