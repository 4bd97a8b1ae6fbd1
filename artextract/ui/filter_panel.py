"""The filters of a gallery's works, in the sidebar of Explore or of one of two sides."""

import pandas as pd
import streamlit as st

from artextract.similarity.filters import CATEGORIES, Filters
from artextract.ui import address, work_columns
from artextract.ui.galleries import BY_GALLERY, Gallery


def choose_filters(gallery: Gallery, prefix: str = "") -> Filters:
    """Draw the filters that tell this gallery's works apart; what they choose.

    Args:
        gallery: whose works are filtered.
        prefix: of the filters' names in the address, where there is more than one panel.
    """
    address.mirror(key := f"_{prefix}text", address.get(f"{prefix}q"))
    st.text_input(
        "Title or artist",
        key=key,
        icon=":material/search:",
        placeholder="monet lilies",
        on_change=lambda: address.put(**{f"{prefix}q": st.session_state[key].strip()}),
    )
    for column, counts in _counted(gallery).items():
        if len(counts) > 1:
            _choose_values(column, counts, prefix)
    _choose_years(gallery.works, prefix)
    names = filter_names(gallery, prefix)
    if any(address.get(name) for name in names):
        st.button(
            "Clear the filters",
            key=f"_{prefix}clear",
            icon=":material/filter_alt_off:",
            on_click=_clear,
            args=(names,),
        )
    return Filters(
        **{column: tuple(address.get_all(f"{prefix}{column}")) for column in CATEGORIES},
        custom_labels=tuple(
            (column, tuple(chosen))
            for column in work_columns.custom_label_columns(gallery.works)
            if (chosen := address.get_all(f"{prefix}{column}"))
        ),
        year_from=address.get_year(f"{prefix}from"),
        year_to=address.get_year(f"{prefix}to"),
        text=address.get(f"{prefix}q"),
    )


def filter_names(gallery: Gallery, prefix: str = "") -> list[str]:
    """What a gallery's filters are called in the address."""
    columns = (*CATEGORIES, *work_columns.custom_label_columns(gallery.works))
    return [f"{prefix}{name}" for name in ("q", *columns, "from", "to")]


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def _counted(gallery: Gallery) -> dict[str, dict[str, int]]:
    """Column → value → works that have it, remembered."""
    columns = (*CATEGORIES, *work_columns.custom_label_columns(gallery.works))
    return {column: work_columns.choices(gallery.works, column) for column in columns}


def _choose_values(column: str, counts: dict[str, int], prefix: str) -> None:
    name = f"{prefix}{column}"
    key = f"_{name}"
    address.mirror(key, [value for value in address.get_all(name) if value in counts])
    st.multiselect(
        work_columns.name_of(column),
        list(counts),
        key=key,
        placeholder="All",
        format_func=lambda value: f"{value} ({counts[value]:,})",
        on_change=lambda: address.put(**{name: st.session_state[key]}),
    )


def _choose_years(works: pd.DataFrame, prefix: str) -> None:
    bounds = work_columns.year_bounds(works)
    if bounds is None:
        return
    first, last = address.get_year(f"{prefix}from"), address.get_year(f"{prefix}to")
    shown = (max(first or bounds[0], bounds[0]), min(last or bounds[1], bounds[1]))
    address.mirror(f"_{prefix}years", shown if shown[0] <= shown[1] else bounds)
    st.slider("Years", *bounds, key=f"_{prefix}years", on_change=_years_chosen, args=(bounds, prefix))


def _years_chosen(bounds: tuple[int, int], prefix: str) -> None:
    (low, high), (first, last) = st.session_state[f"_{prefix}years"], bounds
    address.put(**{
        f"{prefix}from": None if low == first else low,
        f"{prefix}to": None if high == last else high,
    })


def _clear(names: list[str]) -> None:
    address.put(**dict.fromkeys(names))
