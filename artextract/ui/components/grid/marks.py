"""Works that a visitor marks as right or wrong in any list, kept for the session."""

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from artextract.trays.store import WorkRef

Mark = Literal["right", "wrong"]
ORDER = "marked"  # The order of works by similarity to those marked as right


def all_marks() -> dict[WorkRef, Mark]:
    """The visitor's marked works, of all collections, in the order in which they were marked."""
    return st.session_state.setdefault("_marks", {})


def change(marks: Mapping[WorkRef, Mark | Literal[""]]) -> None:
    """Mark works; "" removes a mark."""
    for work, mark in marks.items():
        if mark:
            all_marks()[work] = mark
        else:
            all_marks().pop(work, None)


def marked(collection: str, mark: Mark) -> list[str]:
    """The ids of a collection's works with this mark."""
    return [work for (name, work), given in all_marks().items() if (name, given) == (collection, mark)]
