"""The parts of the Timeline screen: the choice of grouping, the chart of years, works and periods."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from artextract.timeline import MIN_WORKS, Period, period_width, periods_of
from artextract.ui import address, navigation, work_columns
from artextract.ui.components.grid.cards import work_cards
from artextract.ui.components.grid.component import picture_grid, work_grid
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.layout import show_chart
from artextract.ui.timeline import charts
from artextract.work_table import middle_years

GROUPINGS = ("style", "school", "theme", "genre", "artist", "read_style", "nationality")


def choose_grouping(gallery: Gallery) -> str:
    """The column that groups the works."""
    works = gallery.works
    useful = [name for name in GROUPINGS if name in works and works[name].nunique() > 1] or ["artist"]
    with st.sidebar:
        return address.choice(
            st.selectbox, "Group by", useful, name="by", default=useful[0], format_func=work_columns.name_of
        )


def show_years(years: np.ndarray, values: pd.Series, groups: list[str], limits: tuple[int, int]) -> tuple[int, int]:
    """The chart and the slider, which both choose years; returns the first and the last chosen year."""
    chart = st.container()  # above the slider, but drawn after it: the chart marks the slider's years
    chosen = address.choose_years(*limits)
    with chart:
        figure = charts.years_figure(years, values, groups, None if chosen == limits else chosen)
        show_chart(figure, "_years_chart", on_select=lambda: _choose_drawn_years(limits), selection_mode="box")
        rest = ~values[np.isfinite(years)].isin(groups)
        st.html(charts.colour_key([*groups, work_columns.OTHER] if rest.any() else groups, groups))
    return chosen


def _choose_drawn_years(limits: tuple[int, int]) -> None:
    """Choose the years of the box that was drawn in the chart."""
    if boxes := st.session_state["_years_chart"].selection.box:
        low, high = sorted(boxes[0]["x"])
        address.put_years((max(round(low), limits[0]), min(round(high), limits[1])), limits)


def show_works(gallery: Gallery, years: np.ndarray, low: int, high: int) -> None:
    """The works of the chosen years, oldest first."""
    inside = np.flatnonzero((years >= low) & (years < high + 1))
    rows = inside[np.argsort(years[inside], kind="stable")]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {len(rows):,} works from {low} to {high}", width="stretch")
        years_chosen = {"from": str(low), "to": str(high)}
        navigation.link_to(navigation.EXPLORE, "Show on the map", navigation.EXPLORE.icon, **years_chosen)
    work_grid(gallery, rows, key="years", on_open=navigation.open_in_explore)


def show_periods(gallery: Gallery, width: int) -> None:
    """The most typical work of each period."""
    periods = _periods(gallery)
    if len(periods) < 2:
        st.info(f"Too few works: fewer than two periods of {width} years have {MIN_WORKS} works.")
        return
    st.markdown("#### Most typical work of each period")
    rows = [period.typical for period in periods]
    cards = [
        replace(
            card,
            title=f"{period.label}: {len(period.rows):,} works",
            subtitle=f"Closest to their mean: {gallery.labels[row]}",
        )
        for card, period, row in zip(work_cards(gallery, rows), periods, rows, strict=True)
    ]
    picture_grid(key="typical", cards=cards, on_open=navigation.open_in_explore)


@st.cache_resource(show_spinner=False, max_entries=50, hash_funcs=BY_GALLERY)
def _periods(gallery: Gallery) -> list[Period]:
    years = middle_years(gallery.works)
    return periods_of(gallery.searcher.embeddings.vectors, years, period_width(years))
