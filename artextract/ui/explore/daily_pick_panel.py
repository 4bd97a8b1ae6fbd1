"""The day's walk on an empty screen."""

from dataclasses import replace
from datetime import date

import streamlit as st

from artextract.collection import first_term
from artextract.similarity.daily_pick import Surprise, Walk, days_walk
from artextract.ui.components.grid.cards import work_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.explore import actions
from artextract.ui.galleries import BY_GALLERY, Gallery


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def walk_of(gallery: Gallery, day: date) -> Walk | None:
    """The day's walk in a gallery, remembered."""
    return days_walk(gallery.searcher, day)


def show_days_walk(gallery: Gallery) -> None:
    """A work of the day and what is surprisingly near it; nothing where there is no such work."""
    walk = walk_of(gallery, date.today())
    if walk is None:
        return
    st.markdown("##### Today’s walk")
    st.caption("A work drawn by the day, and three near it that nothing on their labels joins.")
    first, *others = work_cards(gallery, [walk.row, *(one.row for one in walk.surprises)])
    cards = [replace(first, badge="today")] + [
        replace(card, why=(_why(gallery, walk, one),)) for card, one in zip(others, walk.surprises, strict=True)
    ]
    picture_grid(key="days_walk", cards=cards, on_open=actions.open_from_below, column_width=130)


def _why(gallery: Gallery, walk: Walk, surprise: Surprise) -> str:
    styles = first_term(gallery.works["style"].iloc[[walk.row, surprise.row]])
    between = f"{surprise.years} years between them"
    if styles.notna().all():
        between += f", {styles.iloc[0]} and {styles.iloc[1]}"
    nearness = f"number {surprise.rank} of {len(gallery.works) - 1:,} in nearness"
    return f"{between}; yet {nearness}."
