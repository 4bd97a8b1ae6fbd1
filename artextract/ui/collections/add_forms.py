"""Forms made from the options of a source."""

from contextlib import nullcontext
from functools import partial
from typing import Any

import streamlit as st

from artextract.sources.registry import SourceEntry, SourceOption
from artextract.ui import layout
from artextract.ui.jobs.panel import job_button
from artextract.ui.jobs.start import start_collecting


def add_form(entry: SourceEntry) -> None:
    """The form of a source that cannot be recognised from a folder, a file or an address."""
    st.caption(entry.help)
    options = [option for option in entry.options if not option.shortcut]
    with st.form(entry.name, border=False):
        values = option_fields(options, f"_{entry.name}_", {})
        name = st.text_input("Name of the collection", entry.collection, key=f"_{entry.name}_name")
        if st.form_submit_button("Add the works", icon=":material/add:", key=f"_{entry.name}_add"):
            with layout.errors_as_sentences():
                start_collecting(entry, values, name)
                st.rerun()


def show_shortcuts(entry: SourceEntry) -> None:
    """The buttons that add a source with one of its switches alone."""
    for option in entry.options:
        if option.shortcut:
            start = partial(start_collecting, entry, {option.name: True})
            job_button(option.shortcut, start, icon=":material/download:", help=option.help)


def option_fields(options: list[SourceOption], prefix: str, values: dict[str, Any]) -> dict[str, Any]:
    """Draw the fields of options, the short ones in one row; returns option → what was entered.

    `prefix` begins the fields' keys; `values` are initial values that differ from the option's default.
    """
    row = st.container(horizontal=True, vertical_alignment="bottom")
    entered = {}
    for option in options:
        with row if option.choices or option.kind == "int" else nullcontext():
            entered[option.name] = _field(option, prefix + option.name, values.get(option.name, option.default))
    return entered


def _field(option: SourceOption, key: str, value: Any) -> Any:
    """Draw the field of an option; returns what was entered."""
    shared: dict[str, Any] = {"key": key, "help": option.help}
    if option.kind == "bool":
        return st.checkbox(option.label, value, **shared)
    if option.choices:
        choices = [*option.choices] if value in option.choices else [value, *option.choices]
        return st.selectbox(
            option.label,
            choices,
            choices.index(value),
            accept_new_options=option.kind == "str",
            width=230,
            format_func=lambda choice: option.example if choice is None else str(choice),
            **shared,
        )
    shared["placeholder"] = option.example
    if option.kind == "int":
        return st.number_input(option.label, 1, None, value, width=230, **shared)
    if option.many:
        return st.text_area(option.label, "\n".join(value or ()), **shared)
    return st.text_input(option.label, value or "", **shared)
