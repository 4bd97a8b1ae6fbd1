"""What a press on a card or on the legend does.

A callback runs before a rerun: it can't change the screen, nor have more drawn than its fragment.
It asks for it, and `perform`, called first in the fragment, does it.
"""

import streamlit as st

from artextract.similarity.filters import CATEGORIES
from artextract.ui import address, navigation, work_columns
from artextract.ui.explore.history import open_work, recentre
from artextract.ui.grid import cards
from artextract.ui.map.colouring import Categorical, Colouring


def perform() -> None:
    """Change the screen, or draw all of it, where a callback asked for it."""
    navigation.perform_switch()
    if st.session_state.pop("_whole_screen", False):
        st.rerun()


def draw_whole_screen() -> None:
    """Have all of the screen drawn, not the fragment alone."""
    st.session_state["_whole_screen"] = True


def press_card(action: str, work: str, other: str) -> None:
    """A small button on the card of `other` was pressed, beside the chosen `work`."""
    if action == cards.COMPARE.name:
        navigation.switch_to(navigation.COMPARE, work=work, other=other)
    else:
        open_work(other)
        recentre()


def filter_by_legend(colouring: Colouring, column: str, code: int) -> None:
    """A press on a legend's line: filter by that value, or no longer.

    The line "Other", and those of a column that has no filter, do nothing.
    """
    if column not in CATEGORIES or not isinstance(colouring, Categorical):
        return
    label = colouring.labels[code]
    if label == work_columns.OTHER:
        return
    chosen = address.get_all(column)
    kept = [value for value in chosen if value != label]
    address.put(**{column: kept if label in chosen else [*kept, label]})
    draw_whole_screen()  # the filters stand outside of the fragment
