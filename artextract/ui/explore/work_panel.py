"""The open work: its picture, the works most similar to it, its facts and the next steps."""

from functools import partial

import streamlit as st

from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.similarity.ranking import WorkRanking
from artextract.sources.fetching.addresses import is_link
from artextract.ui import address, layout, navigation, work_text
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
    """The open work: what closes it, its picture, its title."""
    work = gallery.works.iloc[row]
    with st.container(key="work_tools"):
        with st.container(horizontal=True, gap="small"):
            st.button("Back", icon=":material/arrow_back:", on_click=actions.go_back, disabled=not actions.visited())
            st.button("Show on map", icon=":material/my_location:", on_click=actions.centre_map)
            st.button("Close", icon=":material/close:", on_click=actions.close_work)
        show_waiting_path(gallery)
    layout.show_picture(gallery, row)
    st.markdown(f"#### {work_text.escaped(work['title'], 'Untitled')}")
    made = work_text.artist_and_date(work)
    st.markdown(work_text.escaped(", ".join(made) or None, "Artist not recorded"))


def show_facts(gallery: Gallery, row: int) -> None:
    """The recorded facts of the open work, and the next steps."""
    work = gallery.works.iloc[row]
    work_id = str(work["id"])
    st.html(work_text.facts_html(work))
    with st.container(horizontal=True):
        tray_control(gallery.collection.name, [work_id], gallery.labels[row], key="_tray_of_work")
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


def neighbour_filters(filters: Filters) -> Filters:
    """The filters that similar works must pass: none if a person asked for all works."""
    return NO_FILTERS if address.get("similar") == "all" else filters


def show_neighbours(gallery: Gallery, row: int, ranking: WorkRanking | None, filters: Filters, k: int) -> None:
    """A strip of the `k` works most similar to the open work in `row`, with their scores and explanations."""
    st.markdown("**Most similar**")
    with layout.errors_as_sentences():
        show_ranking(
            gallery,
            ranking,
            k,
            neighbour_filters(filters),
            key="neighbours",
            on_open=actions.open_work,
            actions=(COMPARE, ON_MAP),
            on_action=partial(actions.run_card_action, str(gallery.works["id"].iloc[row])),
            explained=False,
            query_row=row,
        )
    choose_criterion()
    if filters != NO_FILTERS:
        matching = int(gallery.searcher.allowed(filters).sum())
        labels = {"matching": f"The {matching:,} matching works", "all": "All works"}
        address.switch("Search in", labels, name="similar")
    if ranking is not None:
        st.caption(ranking.sentence)
