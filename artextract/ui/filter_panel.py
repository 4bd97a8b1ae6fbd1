"""The filters of a gallery's works."""

import streamlit as st

from artextract.similarity.filters import CATEGORIES, Filters
from artextract.ui import address, work_columns, work_text
from artextract.ui.galleries import BY_GALLERY, Gallery


def choose_filters(gallery: Gallery, prefix: str = "") -> Filters:
    """Draw a filter for each column with two values or more; returns the chosen filters.

    Their names in the address begin with `prefix`, for a screen with several panels.
    """
    address.control(
        st.text_input,
        "Title or artist",
        name=f"{prefix}q",
        value=address.get(f"{prefix}q"),
        icon=":material/search:",
        placeholder="monet lilies",
    )
    for column, counts in _counted(gallery).items():
        if len(counts) > 1:
            _choose_values(column, counts, prefix)
    if (limits := work_columns.year_bounds(gallery.works)) is not None:
        address.choose_years(*limits, prefix)
    _offer_to_clear(gallery, prefix)
    return filters_in_address(gallery, prefix)


def show_filters(gallery: Gallery) -> Filters:
    """The filters that were chosen in Explore, in words, with a button that clears them; nothing without any."""
    filters = filters_in_address(gallery)
    if summary := filters.summary():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f":material/filter_alt: {work_text.escaped(summary, '')}", width="content")
            _offer_to_clear(gallery)
    return filters


def _offer_to_clear(gallery: Gallery, prefix: str = "") -> None:
    names = filter_names(gallery, prefix)
    if any(address.get(name) for name in names):
        st.button(
            "Clear the filters",
            key=f"_{prefix}clear",
            icon=":material/filter_alt_off:",
            on_click=lambda: address.put(**dict.fromkeys(names)),
        )


def filters_in_address(gallery: Gallery, prefix: str = "") -> Filters:
    """The filters that the address names."""
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
    """The names of a gallery's filters in the address."""
    columns = (*CATEGORIES, *work_columns.custom_label_columns(gallery.works))
    return [f"{prefix}{name}" for name in ("q", *columns, "from", "to")]


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def _counted(gallery: Gallery) -> dict[str, dict[str, int]]:
    """Column → value → number of works, cached."""
    columns = (*CATEGORIES, *work_columns.custom_label_columns(gallery.works))
    return {column: work_columns.choices(gallery.works, column) for column in columns}


def _choose_values(column: str, counts: dict[str, int], prefix: str) -> None:
    name = f"{prefix}{column}"
    address.control(
        st.multiselect,
        work_columns.name_of(column),
        list(counts),
        name=name,
        value=[value for value in address.get_all(name) if value in counts],
        placeholder="All",
        format_func=lambda value: f"{value} ({counts[value]:,})",
    )
