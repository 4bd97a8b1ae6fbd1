"""The timeline's chart and its three views."""

import numpy as np
import pandas as pd
import streamlit as st

from artextract.timeline import LEAST_WORKS, Period
from artextract.ui import address, navigation, work_columns
from artextract.ui.components.grid.cards import work_cards
from artextract.ui.components.grid.component import Card, picture_grid
from artextract.ui.components.grid.pages import choose_page
from artextract.ui.galleries import Gallery
from artextract.ui.layout import NO_TOOL_BAR
from artextract.ui.server.urls import thumbnails_url
from artextract.ui.timeline import cached, charts
from artextract.ui.timeline.choices import brush_drawn, choose_years


def show_years(years: np.ndarray, values: pd.Series, groups: list[str], bounds: tuple[int, int]) -> tuple[int, int]:
    """Show the chart with its brush; the first and the last of the chosen years."""
    chart = st.container()  # above the slider, though it shows what that says
    low, high = choose_years(*bounds)
    chosen = None if (low, high) == bounds else (low, high)
    with chart:
        st.plotly_chart(
            charts.years_figure(years, values, groups, chosen),
            key="_years_chart",
            config=NO_TOOL_BAR,
            on_select=lambda: brush_drawn(*bounds),
            selection_mode="box",
        )
        rest = ~values[np.isfinite(years)].isin(groups)
        names = [*groups, work_columns.OTHER] if rest.any() else groups
        st.html(charts.colour_key(names, groups))
    return low, high


def show_works(gallery: Gallery, years: np.ndarray, low: int, high: int) -> None:
    """The works of the chosen years, the oldest first."""
    inside = np.flatnonzero((years >= low) & (years < high + 1))
    rows = inside[np.argsort(years[inside], kind="stable")]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {len(rows):,} works of {low} to {high}", width="stretch")
        st.page_link(
            navigation.EXPLORE.path,
            label="On the map",
            icon=navigation.EXPLORE.icon,
            query_params=address.carried(**{"from": str(low), "to": str(high)}),
        )
    picture_grid(
        key="years",
        cards=work_cards(gallery, choose_page(rows, "_of")),
        on_open=_open,
        column_width=120,
    )


def _open(work: str) -> None:
    navigation.switch_to(navigation.EXPLORE, work=work)


def _typical_card(gallery: Gallery, period: Period) -> Card:
    row = int(period.typical[0])
    return Card(
        id=str(gallery.works["id"].iloc[row]),
        picture_url=thumbnails_url(gallery.collection.name) + gallery.thumbnails[row],
        title=f"{period.label}: {len(period.rows):,} works",
        subtitle=f"Nearest to their centroid: {gallery.labels[row]}",
        alternative=gallery.alternatives[row],
        work=(gallery.collection.name, str(gallery.works["id"].iloc[row])),
    )


def show_periods(gallery: Gallery, width: int) -> None:
    """The most typical work of each period, and how alike the periods are."""
    periods = cached.periods_of_gallery(gallery)
    if len(periods) < 2:
        st.info(f"Fewer than two periods of {width} years have {LEAST_WORKS} works, too few to compare.")
        return
    st.markdown("#### Each period’s most typical work")
    picture_grid(
        key="typical",
        cards=[_typical_card(gallery, period) for period in periods],
        on_open=_open,
        column_width=150,
    )
    st.markdown("#### How alike the periods are")
    st.caption(
        "Cosine of the periods’ centroids, after the whole collection’s mean is taken away: "
        "1 alike, 0 unrelated, below 0 on opposite sides of the mean."
    )
    st.plotly_chart(charts.likeness_figure(periods), key="_likeness", config=NO_TOOL_BAR)


def show_ways(gallery: Gallery, groups: list[str], by: str, width: int) -> None:
    """How each group's centroid moves from period to period."""
    name = work_columns.name_of(by).lower()
    st.markdown(f"#### How each {name} moves through time")
    ways = cached.ways_of_gallery(gallery, by, charts.MOST_GROUPS)
    if not ways:
        st.info(f"No {name} has {LEAST_WORKS} works in each of two periods of {width} years.")
        return
    st.caption(
        "Each line is the way of a centroid from period to period, from the year written at its "
        "start to that at its end; a larger mark stands for more works. Drawn in the plane in "
        "which these centroids differ the most."
    )
    st.plotly_chart(charts.paths_figure(ways, groups), key="_paths", config=NO_TOOL_BAR)
    st.html(charts.colour_key(ways, groups))
    number = st.column_config.NumberColumn
    st.dataframe(
        charts.moves_table(ways),
        hide_index=True,
        column_config={
            "group": name.capitalize(),
            "from": "From",
            "to": "To",
            "works": number("Works", help="In the later period."),
            "moved": number("Moved", format="%.3f", help="Distance of the two centroids."),
            "by_chance": number(
                "By chance",
                format="%.3f",
                help="The distance that two centroids of so many works have where nothing moves.",
            ),
            "times": number("Times chance", format="%.1f", help="Near 1: no more than chance."),
        },
    )
