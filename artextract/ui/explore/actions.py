"""What a press on a card or on the legend does.

A callback runs before a rerun: it can't change the screen, nor have more drawn than its fragment.
It asks for it, and `perform`, called first in the fragment, does it.
"""

from artextract.similarity.filters import CATEGORIES
from artextract.ui import address, navigation, work_columns
from artextract.ui.components.grid import cards
from artextract.ui.components.map.colouring import Categorical, Colouring
from artextract.ui.explore import history


def perform() -> None:
    """Change the screen, or draw all of it, where a callback asked for it."""
    navigation.perform_switch()
    history.perform_redraw()


def press_card(action: str, work: str, other: str) -> None:
    """A small button on the card of `other` was pressed, beside the chosen `work`."""
    if action == cards.COMPARE.name:
        navigation.switch_to(navigation.COMPARE, work=work, other=other)
    else:
        history.open_work(other)
        history.recentre()


def open_from_below(work: str) -> None:
    """A card below the map was pressed, in another fragment than the map's."""
    history.open_work(work)
    history.draw_whole_screen()


def press_from_below(other: str, action: str) -> None:
    """A small button on the card of `other` below the map was pressed."""
    press_card(action, "", other)
    history.draw_whole_screen()


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
    history.draw_whole_screen()  # the filters stand outside of the fragment
