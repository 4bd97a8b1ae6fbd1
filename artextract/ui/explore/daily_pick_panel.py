"""Today’s pick, shown while no work is open."""

from dataclasses import replace
from datetime import date

import streamlit as st

from artextract.similarity.daily_pick import DailyPick, DistantMatch, find_daily_pick
from artextract.ui.components.grid.cards import work_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.explore import actions
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.work_table import first_term


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def daily_pick_of(gallery: Gallery, day: date) -> DailyPick | None:
    """Today’s pick of a gallery, cached."""
    return find_daily_pick(gallery.searcher, day)


def show_daily_pick(gallery: Gallery) -> None:
    """Show today’s pick and its distant matches; nothing if no work has enough of them."""
    pick = daily_pick_of(gallery, date.today())
    if pick is None:
        return
    st.markdown("##### Today’s pick")
    st.caption("Today’s work, and three similar works by other artists from other periods.")
    first, *others = work_cards(gallery, [pick.row, *(match.row for match in pick.matches)])
    cards = [replace(first, badge="today")] + [
        replace(card, why=(_why(gallery, pick, match),)) for card, match in zip(others, pick.matches, strict=True)
    ]
    picture_grid(key="daily_pick", cards=cards, on_open=actions.open_from_below, column_width=130)


def _why(gallery: Gallery, pick: DailyPick, match: DistantMatch) -> str:
    styles = first_term(gallery.works["style"].iloc[[pick.row, match.row]])
    distance = f"{match.years} years apart"
    if styles.notna().all():
        distance += f", {styles.iloc[0]} and {styles.iloc[1]}"
    return f"{distance}. Similarity rank {match.rank} of {len(gallery.works) - 1:,}."
