"""The works most similar to the open work."""

from functools import partial

import streamlit as st

from artextract.similarity.filters import Filters
from artextract.similarity.ranking import WorkRanking
from artextract.ui import layout, work_text
from artextract.ui.components.grid.cards import COMPARE, ON_MAP
from artextract.ui.explore import actions
from artextract.ui.galleries import Gallery
from artextract.ui.ranking_panel import choose_criterion, show_ranking


def show_neighbours(gallery: Gallery, row: int, ranking: WorkRanking | None, filters: Filters, k: int) -> None:
    """The `k` works most similar to the open work, with their scores and explanations.

    Args:
        gallery: of the works.
        row: the open work.
        ranking: by the chosen criterion; None if the criterion is not available yet.
        filters: which works to show.
        k: the number of works.
    """
    st.markdown(f"#### Most similar to {work_text.plain(gallery.works['title'].iloc[row], 'this work')}")
    choose_criterion()
    with layout.errors_as_sentences():
        show_ranking(
            gallery,
            ranking,
            k,
            filters,
            key="neighbours",
            on_open=actions.open_work,
            actions=(COMPARE, ON_MAP),
            on_action=partial(actions.run_card_action, str(gallery.works["id"].iloc[row])),
        )
