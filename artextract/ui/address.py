"""The address bar holds what is open, so a link restores the view.

The open collection, the embedding, the filters and the chosen work are kept only in the address.
Screens read them with `get` and change them with `put`. `switch`, `choice` and `control` draw a widget
whose value is a parameter; the widget's key is "_" and the parameter's name.

Streamlit's `bind="query-params"` does not work here: callbacks and `st.switch_page` cannot set a
bound parameter, and it writes labels with counts ("French (123)"), which change, into the address.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
from artextract.metadata.dates import year_text
from artextract.similarity.filters import CATEGORIES

T = TypeVar("T")
FILTERS = ("q", "from", "to", *CATEGORIES)
"""The parameters of filters, beside those of custom labels."""
Value = str | Sequence[str] | int | None


def get(name: str) -> str:
    """A parameter of the address, "" if the address has none."""
    return str(st.query_params.get(name, ""))


def get_all(name: str) -> list[str]:
    """All values of a parameter, [] if the address has none."""
    return list(st.query_params.get_all(name))


def get_year(name: str) -> int | None:
    """A parameter that is a year; None if the address has no valid year."""
    text = get(name)
    return int(text) or None if re.fullmatch(r"-?[0-9]{1,4}", text) else None


def get_number(name: str, most: int) -> int:
    """A parameter from 1 to `most`; 1 if the address has no valid number."""
    text = get(name)
    number = int(text) if text.isdigit() and len(text) < 6 else 1
    return number if 1 <= number <= most else 1


def put(**values: Value) -> None:
    """Change parameters. An empty value removes the parameter; True and False become yes and no."""
    for name, value in values.items():
        texts = _texts(value)
        if not texts:
            st.query_params.pop(name, None)
        elif get_all(name) != texts:
            st.query_params[name] = texts


def _texts(value: Value) -> list[str]:
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, int | str):
        return [str(value)] if value != "" else []
    return list(value or ())


def parameters_with(**changes: str) -> dict[str, str | list[str]]:
    """The parameters for another screen: the open collection, embedding and filters, and `changes`.

    Another collection has other filters.
    """
    is_same = changes.get("collection", get("collection")) == get("collection")
    names = [name for name in st.query_params if name in FILTERS or name.startswith(CUSTOM_LABEL)] if is_same else []
    kept: dict[str, str | list[str]] = {name: get(name) for name in ("collection", "backbone") if get(name)}
    return kept | {name: get_all(name) for name in names} | changes


def switch(label: str, names: Mapping[str, str], *, name: str, **how: Any) -> str:
    """A choice of a key of `names`, which are shown in one row; the first is the default. For `how` see `choice`."""
    look: dict[str, Any] = {"format_func": names.__getitem__, "required": True, **how}
    return choice(st.segmented_control, label, list(names), name=name, default=next(iter(names)), **look)


def choice(
    widget: Callable[..., Any],
    label: str,
    options: Sequence[T],
    *,
    name: str,
    default: T,
    clears: Iterable[str] = (),
    **how: Any,
) -> T:
    """A choice of one option by a widget such as `st.selectbox`, stored in the address as its `str`.

    `default` is the choice if the address has no valid option; for `clears` and `how` see `control`.
    """
    asked = get(name)
    chosen = next((option for option in options if str(option) == asked), default)
    control(widget, label, options, name=name, value=chosen, default=default, clears=clears, **how)
    return chosen


def control(
    widget: Callable[..., Any],
    label: str,
    *arguments: Any,
    name: str,
    value: Any,
    default: Any = None,
    clears: Iterable[str] = (),
    **how: Any,
) -> None:
    """Draw a widget that shows `value` and writes what a person enters into the parameter `name`.

    The widget is called with `label`, `arguments` and `how`. The value `default` is not written into the address.
    A change removes the parameters that it `clears`, because they no longer apply.
    """
    key = f"_{name}"
    set_widget(key, value)

    def keep() -> None:
        entered = st.session_state[key]
        entered = entered.strip() if isinstance(entered, str) else entered
        put(**{name: None if entered == default else entered}, **dict.fromkeys(clears))

    widget(label, *arguments, key=key, on_change=keep, **how)


def choose_years(first: int, last: int, prefix: str = "") -> tuple[int, int]:
    """A slider over the years from `first` to `last`. Returns the chosen years."""
    low, high = get_year(f"{prefix}from"), get_year(f"{prefix}to")
    span = (first if low is None else max(low, first), last if high is None else min(high, last))
    span = span if span[0] <= span[1] else (first, last)
    set_widget(key := f"_{prefix}years", span)

    def keep() -> None:
        put_years(st.session_state[key], (first, last), prefix)

    if first < 0:  # a slider of numbers cannot write "350 BC"
        years = [year for year in range(first, last + 1) if year]
        st.select_slider("Years", years, (first, last), format_func=year_text, key=key, on_change=keep)
    else:
        st.slider("Years", first, last, key=key, on_change=keep)
    return span


def put_years(span: tuple[int, int], limits: tuple[int, int], prefix: str = "") -> None:
    """Write a span of years into the address: `from` and `to`, if they narrow `limits`."""
    low, high = span
    put(**{f"{prefix}from": low if low > limits[0] else None, f"{prefix}to": high if high < limits[1] else None})


def set_widget(key: str, value: object) -> None:
    """Make the widget with this key show `value`. Call it before drawing the widget."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value
