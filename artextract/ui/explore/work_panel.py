"""The open work: its picture, its facts, the next steps, and the works most similar to it."""

from functools import partial

import streamlit as st

from artextract.similarity.filters import Filters
from artextract.similarity.ranking import WorkRanking
from artextract.sources.fetching.addresses import is_link
from artextract.ui import layout, navigation, work_text
from artextract.ui.components.grid.cards import COMPARE, ON_MAP
from artextract.ui.components.grid.tray import tray_control
from artextract.ui.explore import actions
from artextract.ui.explore.path_panel import offer_path, show_waiting_path
from artextract.ui.galleries import Gallery
from artextract.ui.navigation import FACES, READ, SIMILAR, Screen
from artextract.ui.ranking_panel import choose_criterion, show_ranking

NEXT_SCREENS: dict[Screen, tuple[str, str | None]] = {
    READ: ("Read this painting", None),
    SIMILAR: ("Similar, but different", "Describe what should be different."),
    FACES: ("Find faces and poses", None),
}
"""Screen → label and help of the button that opens the work there."""


def show_how_to_begin() -> None:
    """Instructions while no work is open."""
    st.markdown("#### Choose a painting")
    st.caption(
        "Click a point to see a work and similar works. Drag to move, scroll to zoom. Use the lasso to select works to "
        "view or download."
    )


def show_work(gallery: Gallery, row: int) -> None:
    """The open work."""
    work = gallery.works.iloc[row]
    name, work_id = gallery.collection.name, str(work["id"])
    show_waiting_path(gallery)
    with st.container(key="work_tools", horizontal=True):
        st.button("Back", icon=":material/arrow_back:", on_click=actions.go_back, disabled=not actions.visited())
        st.button("Show on map", icon=":material/my_location:", on_click=actions.centre_map)
        st.button("Close", icon=":material/close:", on_click=actions.close_work)
    layout.show_picture(gallery, row)
    st.markdown(f"#### {work_text.escaped(work['title'], 'Untitled')}")
    st.markdown(work_text.escaped(work["artist"], "Artist not recorded"))
    st.html(work_text.facts_html(work))
    with st.container(horizontal=True):
        tray_control(name, [work_id], gallery.labels[row], key="_tray_of_work")
        for screen, (label, sentence) in NEXT_SCREENS.items():
            st.button(
                label,
                icon=screen.icon,
                help=sentence,
                on_click=navigation.switch_to,
                args=(screen,),
                kwargs={"work": work_id},
            )
        offer_path(work_id)
        if is_link(work["source_url"]):
            st.link_button("Source page", work["source_url"], icon=":material/open_in_new:")


def show_neighbours(gallery: Gallery, row: int, ranking: WorkRanking | None, filters: Filters, k: int) -> None:
    """The `k` works most similar to the open work in `row`, with their scores and explanations."""
    st.markdown(f"#### Most similar to {work_text.escaped(gallery.works['title'].iloc[row], 'this work')}")
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
            query_row=row,
        )
