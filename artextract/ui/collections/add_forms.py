"""The form that adds a collection, made from the options of a source."""

from typing import Any

import streamlit as st

from artextract.sources.registry import SourceEntry, SourceOption
from artextract.ui import layout
from artextract.ui.jobs.start import start_collecting


def add_form(entry: SourceEntry) -> None:
    """The form of a source, below the buttons for its shortcuts."""
    st.caption(entry.help)
    for option in entry.options:
        if option.shortcut and st.button(option.shortcut, icon=":material/download:", type="primary", help=option.help):
            start_collecting(entry, {option.name: True})
            st.rerun()
    options = [option for option in entry.options if not option.shortcut]
    short = [option for option in options if option.choices or option.kind is int]
    with st.form(entry.name, border=False):
        values = {}
        if short:
            for option, column in zip(short, st.columns(len(short)), strict=True):
                with column:
                    values[option.name] = _field(entry, option)
        for option in options:
            if option not in short:
                values[option.name] = _field(entry, option)
        name = st.text_input("Name of the collection", entry.collection, key=f"_{entry.name}_name")
        if st.form_submit_button("Add the works", icon=":material/add:", key=f"_{entry.name}_add"):
            with layout.errors_as_sentences():
                start_collecting(entry, values, name)
                st.rerun()


def _field(entry: SourceEntry, option: SourceOption) -> Any:
    """The field of an option; what the person entered."""
    key = f"_{entry.name}_{option.name}"
    if option.kind is bool:
        return st.checkbox(option.label, option.default, key, help=option.help)
    if option.choices:
        chosen = option.choices.index(option.default)
        new = option.kind is str
        return st.selectbox(option.label, option.choices, chosen, key=key, help=option.help, accept_new_options=new)
    if option.kind is int:
        return st.number_input(
            option.label, option.least, None, option.default, key=key, help=option.help, placeholder=option.example
        )
    if option.many:
        return st.text_area(option.label, key=key, help=option.help, placeholder=option.example)
    return st.text_input(option.label, option.default or "", key=key, help=option.help, placeholder=option.example)
