"""The address bar: what is open stands in it, so that a link restores the view.

The address is the one place where the open collection, the embedding, the map's method and colour,
the filters and the chosen work are kept; screens read it and change it, widgets mirror it.
"""

from collections.abc import Sequence

import streamlit as st


def get(name: str, default: str = "") -> str:
    """A parameter of the address; `default` if it isn't there."""
    return str(st.query_params.get(name, default))


def get_all(name: str) -> list[str]:
    """All values of a parameter, [] if it isn't there."""
    return list(st.query_params.get_all(name))


def get_year(name: str) -> int | None:
    """A parameter that is a year; None if it isn't there or isn't one."""
    text = get(name)
    digits = text.removeprefix("-")
    return int(text) if digits.isdigit() and len(digits) <= 4 else None


def put(**values: str | Sequence[str] | int | None) -> None:
    """Change parameters of the address; an empty value takes the parameter out."""
    for name, value in values.items():
        plain = str(value) if isinstance(value, int) else value
        if plain:
            if st.query_params.get_all(name) != ([plain] if isinstance(plain, str) else plain):
                st.query_params[name] = plain if isinstance(plain, str) else list(plain)
        elif name in st.query_params:
            del st.query_params[name]


def carried(**changes: str) -> dict[str, str]:
    """The parameters that go along to another screen: collection and embedding, and `changes`."""
    kept = {name: get(name) for name in ("collection", "backbone") if get(name)}
    return kept | changes


def mirror(key: str, value: object) -> None:
    """Make the widget called `key` show `value`, before it is drawn."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value
