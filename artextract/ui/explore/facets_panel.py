"""Facets: how many works have which value, by column, following the filters and the selection."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from artextract.maps.groups import years_per_column
from artextract.metadata.dates import span_text
from artextract.similarity.filters import Filters
from artextract.ui import address, work_columns
from artextract.ui.components.facets.component import Bar, Facet, facets
from artextract.ui.explore import actions
from artextract.ui.explore.selection_panel import selection_of
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.work_table import middle_years

COLUMNS = ("style", "school", "artist", "genre", "medium", "classification")
"""Columns with a facet, if they have two values or more."""
BARS = 8  # Most bars of a facet, unless more values are chosen


def show_facets(gallery: Gallery, filters: Filters) -> None:
    """The facets. Each counts the works that pass the filters of all other columns, to show what else could be
    chosen. If works are selected, only they are counted."""
    columns = facets_of(gallery, filters, selection_of(gallery).rows)
    if columns:
        facets(columns, key="facets", on_click=_filter)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=BY_GALLERY)
def facets_of(gallery: Gallery, filters: Filters, rows: np.ndarray | Sequence[int]) -> list[Facet]:
    """The facets of a gallery, cached. They count the works in `rows`, or all works if `rows` is empty."""
    counted = np.zeros(len(gallery.works), dtype=bool)
    counted[np.asarray(rows) if len(rows) else slice(None)] = True
    columns = []
    for column in COLUMNS:
        codes, values = _values(gallery, column)
        if len(values) < 2:
            continue
        without: dict[str, Any] = {column: ()}
        passing = gallery.searcher.allowed(replace(filters, **without)) & counted
        counts = work_columns.counts_of(column, codes[passing], values)
        columns.append(_facet(column, counts, getattr(filters, column)))
    periods = _periods(gallery, filters, counted)
    return [*columns, periods] if periods else columns


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=BY_GALLERY)
def _values(gallery: Gallery, column: str) -> tuple[np.ndarray, pd.Index]:
    """Each work's value as a code, and the values; cached because each change of a filter counts them."""
    return pd.factorize(gallery.works[column])


def _facet(column: str, counts: dict[str, int], chosen: tuple[str, ...]) -> Facet:
    values = list(chosen) + [value for value in counts if value not in chosen]
    shown = values[: max(BARS, len(chosen))]
    bars = [Bar(value, value, counts.get(value, 0), value in chosen) for value in shown]
    bars.sort(key=lambda bar: -bar.count)
    return Facet(column, work_columns.name_of(column), bars, len(values) - len(bars))


def _periods(gallery: Gallery, filters: Filters, counted: np.ndarray) -> Facet | None:
    limits = work_columns.year_bounds(gallery.works)
    if limits is None:
        return None
    first, last = limits
    span = years_per_column(first, last)
    passing = gallery.searcher.allowed(replace(filters, year_from=None, year_to=None)) & counted
    years = middle_years(gallery.works)[passing]
    periods = (years[np.isfinite(years)] // span).astype(np.int64) - first // span
    counts = np.bincount(np.clip(periods, 0, None), minlength=last // span - first // span + 1)
    bars = []
    for period, count in enumerate(counts):
        begin = (first // span + period) * span
        end = begin + span - 1
        is_chosen = (filters.year_from, filters.year_to) == (begin, end)
        bars.append(Bar(f"{begin} {end}", span_text(begin, end), int(count), is_chosen))
    return Facet("years", "Year", bars, upright=True)


def _filter(name: str, value: str) -> None:
    """Switch the filter for the clicked bar."""
    if name != "years":
        actions.toggle_filter(name, value)
    else:
        begin, end = (int(year) for year in value.split())
        is_chosen = (address.get_year("from"), address.get_year("to")) == (begin, end)
        address.put(**{"from": None if is_chosen else begin, "to": None if is_chosen else end})
        st.rerun()  # the slider is in the sidebar
