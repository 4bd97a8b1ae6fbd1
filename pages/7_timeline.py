"""Timeline: a collection by year, its periods by their embeddings, how its styles move."""

import numpy as np
import pandas as pd
import streamlit as st

from artextract.timeline import LEAST_WORKS, Period, groups_by, period_width
from artextract.ui import address, explore, frame, galleries, timeline
from artextract.ui.cards import work_cards
from artextract.ui.galleries import Gallery
from artextract.ui.picture_grid import Card, picture_grid
from artextract.ui.server import thumbnails_url

PAGE = 60  # pictures of the chosen years shown at a time
VIEWS = {
    "works": "The works of these years", "periods": "Its periods", "ways": "Ways through time",
}  # fmt: skip
PLAIN = {"displayModeBar": False}
BY = ("style", "school", "theme", "genre", "artist", "read_style", "nationality")


def choose_by(gallery: Gallery) -> str:
    works = gallery.works
    there = [name for name in BY if name in works and works[name].nunique() > 1] or ["artist"]
    asked = address.get("by")
    by = asked if asked in there else there[0]
    address.mirror("_by", by)
    with st.sidebar:
        st.selectbox(
            "Group by", there, key="_by", format_func=explore.name_of,
            on_change=lambda: address.put(by=st.session_state["_by"]),
        )  # fmt: skip
    return by


def choose_view() -> str:
    asked = address.get("view")
    view = asked if asked in VIEWS else "works"
    address.mirror("_view_of", view)
    st.segmented_control(
        "View", list(VIEWS), key="_view_of", required=True, format_func=lambda v: VIEWS[v],
        label_visibility="collapsed",
        on_change=lambda: address.put(view=st.session_state["_view_of"]),
    )  # fmt: skip
    return view


def choose_years(first: int, last: int) -> tuple[int, int]:
    low, high = address.get_year("from"), address.get_year("to")
    shown = (first if low is None else max(low, first), last if high is None else min(high, last))
    shown = shown if shown[0] <= shown[1] else (first, last)
    address.mirror("_brush", shown)
    st.slider("Years", first, last, key="_brush", on_change=brushed, args=(first, last))
    return shown


def brushed(first: int, last: int) -> None:
    low, high = st.session_state["_brush"]
    keep(low, high, first, last)


def keep(low: int, high: int, first: int, last: int) -> None:
    address.put(**{"from": None if low <= first else low, "to": None if high >= last else high})


def brush_drawn(first: int, last: int) -> None:
    boxes = st.session_state["_years_chart"].selection.box
    if boxes:
        low, high = sorted(boxes[0]["x"])
        keep(max(round(low), first), min(round(high), last), first, last)


def show_years(
    years: np.ndarray, values: pd.Series, groups: list[str], bounds: tuple[int, int]
) -> tuple[int, int]:
    """Show the chart with its brush; the first and the last of the chosen years."""
    chart = st.container()  # above the slider, though it shows what that says
    low, high = choose_years(*bounds)
    chosen = None if (low, high) == bounds else (low, high)
    with chart:
        st.plotly_chart(
            timeline.years_figure(years, values, groups, chosen), key="_years_chart", config=PLAIN,
            on_select=lambda: brush_drawn(*bounds), selection_mode="box",
        )  # fmt: skip
        rest = ~values[np.isfinite(years)].isin(groups)
        names = [*groups, explore.OTHER] if rest.any() else groups
        st.html(timeline.colour_key(names, groups))
    return low, high


def show_works(gallery: Gallery, years: np.ndarray, low: int, high: int) -> None:
    inside = np.flatnonzero((years >= low) & (years < high + 1))
    rows = inside[np.argsort(years[inside], kind="stable")]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {len(rows):,} works of {low} to {high}", width="stretch")
        st.page_link(
            frame.EXPLORE.path, label="On the map", icon=frame.EXPLORE.icon,
            query_params=address.carried(**{"from": str(low), "to": str(high)}),
        )  # fmt: skip
    pages = -(-len(rows) // PAGE)
    page = 1
    if pages > 1:
        page = int(st.number_input(f"Page of {pages}", 1, pages, key=f"_of_{pages}", width=140))
    shown = rows[(page - 1) * PAGE : page * PAGE].tolist()
    picture_grid(
        key="years", cards=work_cards(gallery, shown),
        on_open=open_work, column_width=120,
    )  # fmt: skip


def open_work(work: str) -> None:
    st.session_state["_open_work"] = work


def typical_card(gallery: Gallery, period: Period) -> Card:
    row = int(period.typical[0])
    return Card(
        id=str(gallery.works["id"].iloc[row]),
        picture_url=thumbnails_url(gallery.collection.name) + gallery.thumbnails[row],
        title=f"{period.label}: {len(period.rows):,} works",
        subtitle=f"Nearest to their centroid: {gallery.labels[row]}",
    )


def show_periods(gallery: Gallery, width: int) -> None:
    periods = galleries.periods_of_gallery(gallery)
    if len(periods) < 2:
        st.info(
            f"Fewer than two periods of {width} years have {LEAST_WORKS} works, too few to compare."
        )
        return
    st.markdown("#### Each period’s most typical work")
    picture_grid(
        key="typical", cards=[typical_card(gallery, period) for period in periods],
        on_open=open_work, column_width=150,
    )  # fmt: skip
    st.markdown("#### How alike the periods are")
    st.caption(
        "Cosine of the periods’ centroids, after the whole collection’s mean is taken away: "
        "1 alike, 0 unrelated, below 0 on opposite sides of the mean."
    )
    st.plotly_chart(timeline.likeness_figure(periods), key="_likeness", config=PLAIN)


def show_ways(gallery: Gallery, groups: list[str], by: str, width: int) -> None:
    name = explore.name_of(by).lower()
    st.markdown(f"#### How each {name} moves through time")
    ways = galleries.ways_of_gallery(gallery, by, timeline.MOST_GROUPS)
    if not ways:
        st.info(f"No {name} has {LEAST_WORKS} works in each of two periods of {width} years.")
        return
    st.caption(
        "Each line is the way of a centroid from period to period, from the year written at its "
        "start to that at its end; a larger mark stands for more works. Drawn in the plane in "
        "which these centroids differ the most."
    )
    st.plotly_chart(timeline.paths_figure(ways, groups), key="_paths", config=PLAIN)
    st.html(timeline.colour_key(ways, groups))
    number = st.column_config.NumberColumn
    st.dataframe(
        timeline.moves_table(ways), hide_index=True,
        column_config={
            "group": name.capitalize(), "from": "From", "to": "To",
            "works": number("Works", help="In the later period."),
            "moved": number("Moved", format="%.3f", help="Distance of the two centroids."),
            "by_chance": number(
                "By chance", format="%.3f",
                help="The distance that two centroids of so many works have where nothing moves.",
            ),
            "times": number("Times chance", format="%.1f", help="Near 1: no more than chance."),
        },
    )  # fmt: skip


if "_open_work" in st.session_state:
    opened_work = st.session_state.pop("_open_work")
    st.switch_page(frame.EXPLORE.path, query_params=address.carried(work=opened_work))
found = frame.frame(frame.TIMELINE)
opened = frame.open_gallery(found)
if opened is None:
    st.stop()
st.title(f"{opened.collection.about.title} in time")
work_years = explore.years(opened.works)
known = work_years[np.isfinite(work_years)]
if len(np.unique(known)) < 2:
    st.info("Fewer than two works of this collection have a year, so there is no timeline.")
    st.stop()
years_of_all = (int(np.floor(known.min())), int(np.floor(known.max())))
by = choose_by(opened)
st.caption(
    f"{len(known):,} of {len(work_years):,} works have a year; a work of several years stands in "
    "the middle of them. Draw across the chart, or move the slider, to choose years."
)
values_of_all = explore.values_by(opened.works, by)
commonest = list(groups_by(values_of_all, timeline.MOST_GROUPS))
chosen_years = show_years(work_years, values_of_all, commonest, years_of_all)
view = choose_view()
if view == "works":
    show_works(opened, work_years, *chosen_years)
elif view == "periods":
    show_periods(opened, period_width(work_years))
else:
    show_ways(opened, commonest, by, period_width(work_years))
