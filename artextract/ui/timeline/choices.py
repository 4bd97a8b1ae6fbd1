"""What the timeline shows: grouped by what, in which view, of which years."""

import streamlit as st

from artextract.ui import address, work_columns
from artextract.ui.galleries import Gallery

VIEWS = {
    "works": "The works of these years",
    "periods": "Its periods",
    "ways": "Ways through time",
}
BY = ("style", "school", "theme", "genre", "artist", "read_style", "nationality")


def choose_by(gallery: Gallery) -> str:
    """The column that the works are grouped by."""
    works = gallery.works
    useful = [name for name in BY if name in works and works[name].nunique() > 1] or ["artist"]
    asked = address.get("by")
    by = asked if asked in useful else useful[0]
    address.mirror("_by", by)
    with st.sidebar:
        st.selectbox(
            "Group by",
            useful,
            key="_by",
            format_func=work_columns.name_of,
            on_change=lambda: address.put(by=st.session_state["_by"]),
        )
    return by


def choose_view() -> str:
    """Which of the `VIEWS` is shown."""
    asked = address.get("view")
    view = asked if asked in VIEWS else "works"
    address.mirror("_view_of", view)
    st.segmented_control(
        "View",
        list(VIEWS),
        key="_view_of",
        required=True,
        format_func=lambda v: VIEWS[v],
        label_visibility="collapsed",
        on_change=lambda: address.put(view=st.session_state["_view_of"]),
    )
    return view


def choose_years(first: int, last: int) -> tuple[int, int]:
    """The first and the last of the chosen years, of those from `first` to `last`."""
    low, high = address.get_year("from"), address.get_year("to")
    shown = (first if low is None else max(low, first), last if high is None else min(high, last))
    shown = shown if shown[0] <= shown[1] else (first, last)
    address.mirror("_brush", shown)
    st.slider("Years", first, last, key="_brush", on_change=_slider_moved, args=(first, last))
    return shown


def _slider_moved(first: int, last: int) -> None:
    low, high = st.session_state["_brush"]
    _keep(low, high, first, last)


def _keep(low: int, high: int, first: int, last: int) -> None:
    address.put(**{"from": None if low <= first else low, "to": None if high >= last else high})


def brush_drawn(first: int, last: int) -> None:
    """Choose the years that were drawn across the chart."""
    boxes = st.session_state["_years_chart"].selection.box
    if boxes:
        low, high = sorted(boxes[0]["x"])
        _keep(max(round(low), first), min(round(high), last), first, last)
