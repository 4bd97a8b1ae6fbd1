"""The parts of the Timeline screen: the choice of grouping, the chart of years, works, periods and changes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from artextract.timeline import MIN_WORKS, Period, centred, changes, groups_by, period_width, periods_of
from artextract.ui import address, navigation, work_columns
from artextract.ui.components.grid.cards import work_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.components.grid.pages import choose_page
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.layout import show_chart
from artextract.ui.timeline import charts
from artextract.ui.work_text import escaped
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
    cards = work_cards(gallery, choose_page(rows))
    picture_grid(key="years", cards=cards, on_open=navigation.open_in_explore, column_width=120)


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


def show_changes(gallery: Gallery, by: str, width: int) -> None:
    """How far the centroid of each group moves from period to period."""
    name = escaped(work_columns.name_of(by).lower(), "")
    st.markdown(f"#### How each {name} changes over time")
    table = _changes(gallery, by)
    if table.empty:
        st.info(f"No {name} has {MIN_WORKS} works in each of two periods of {width} years.")
        return
    st.caption("How far the mean embedding of a group moves from one period to the next.")
    number = st.column_config.NumberColumn
    text = "Mean distance if the artists of both periods are exchanged at random."
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "group": name.capitalize(),
            "from": "From",
            "to": "To",
            "works": number("Works", help="In the later period."),
            "moved": number("Distance", format="%.3f", help="Between the means of the two periods."),
            "by_chance": number("Expected by chance", format="%.3f", help=text),
            "times": number(
                "Ratio", format="%.1f", help="Distance divided by the expected distance. Near 1: no change."
            ),
        },
    )


@st.cache_resource(show_spinner=False, max_entries=50, hash_funcs=BY_GALLERY)
def _periods(gallery: Gallery) -> list[Period]:
    years = middle_years(gallery.works)
    vectors = centred(gallery.searcher.embeddings.vectors)
    return periods_of(vectors, years, np.arange(len(years)), period_width(years))


@st.cache_resource(show_spinner=False, max_entries=50, hash_funcs=BY_GALLERY)
def _changes(gallery: Gallery, by: str) -> pd.DataFrame:
    years = middle_years(gallery.works)
    vectors = centred(gallery.searcher.embeddings.vectors)
    groups = groups_by(work_columns.values_by(gallery.works, by), charts.MAX_GROUPS)
    return changes(vectors, years, groups, period_width(years), pd.factorize(gallery.works["artist"])[0])
