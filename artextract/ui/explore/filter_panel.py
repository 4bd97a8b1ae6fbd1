"""The filters in the sidebar."""

import pandas as pd
import streamlit as st

from artextract.similarity.filters import CATEGORIES, Filters
from artextract.ui import address, work_columns
from artextract.ui.galleries import BY_GALLERY, Gallery


def choose_filters(gallery: Gallery) -> Filters:
    """Draw the filters that tell this gallery's works apart; what they choose."""
    address.mirror("_text", address.get("q"))
    st.text_input(
        "Title or artist", key="_text", icon=":material/search:", placeholder="monet lilies",
        on_change=lambda: address.put(q=st.session_state["_text"].strip()),
    )  # fmt: skip
    for column, counts in _counted(gallery).items():
        if len(counts) > 1:
            _choose_values(column, counts)
    _choose_years(gallery.works)
    taught = work_columns.taught(gallery.works)
    names = ("q", *CATEGORIES, *taught, "from", "to")
    if any(address.get(name) for name in names):
        st.button(
            "Clear the filters", icon=":material/filter_alt_off:", on_click=_clear, args=(names,)
        )
    return Filters(
        **{column: tuple(address.get_all(column)) for column in CATEGORIES},
        taught=tuple(
            (column, tuple(chosen)) for column in taught if (chosen := address.get_all(column))
        ),
        year_from=address.get_year("from"),
        year_to=address.get_year("to"),
        text=address.get("q"),
    )


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def _counted(gallery: Gallery) -> dict[str, dict[str, int]]:
    """Column → value → works that have it, remembered."""
    columns = (*CATEGORIES, *work_columns.taught(gallery.works))
    return {column: work_columns.choices(gallery.works, column) for column in columns}


def _choose_values(column: str, counts: dict[str, int]) -> None:
    key = f"_{column}"
    address.mirror(key, [value for value in address.get_all(column) if value in counts])
    st.multiselect(
        work_columns.name_of(column), list(counts), key=key, placeholder="All",
        format_func=lambda value: f"{value} ({counts[value]:,})",
        on_change=lambda: address.put(**{column: st.session_state[key]}),
    )  # fmt: skip


def _choose_years(works: pd.DataFrame) -> None:
    bounds = work_columns.year_bounds(works)
    if bounds is None:
        return
    first, last = address.get_year("from"), address.get_year("to")
    shown = (max(first or bounds[0], bounds[0]), min(last or bounds[1], bounds[1]))
    address.mirror("_years", shown if shown[0] <= shown[1] else bounds)
    st.slider("Years", *bounds, key="_years", on_change=_years_chosen, args=bounds)


def _years_chosen(first: int, last: int) -> None:
    low, high = st.session_state["_years"]
    address.put(**{"from": None if low == first else low, "to": None if high == last else high})


def _clear(names: tuple[str, ...]) -> None:
    address.put(**dict.fromkeys(names))
