"""Explore: a collection on its map."""

import contextlib
from functools import partial

import streamlit as st

from artextract import settings
from artextract.errors import ArtExtractError
from artextract.maps.layouts import METHODS
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.sources.registry import SOURCES
from artextract.ui import address, gallery_picker, layout, navigation
from artextract.ui.explore.all_works_panel import choose_map_or_all_works, show_works
from artextract.ui.explore.daily_pick_panel import show_daily_pick
from artextract.ui.explore.facets_panel import show_facets
from artextract.ui.explore.found_panel import found_place, found_rows, show_found
from artextract.ui.explore.map_area import restore_selection
from artextract.ui.explore.map_choice import ChosenMap, choose_map, method_of, open_chosen_map
from artextract.ui.explore.map_panel import choose_colour, show_map
from artextract.ui.explore.path_panel import show_path
from artextract.ui.explore.selection_panel import show_selection
from artextract.ui.explore.work_panel import (
    neighbour_filters,
    show_facts,
    show_how_to_begin,
    show_neighbours,
    show_work,
)
from artextract.ui.filter_panel import choose_filters
from artextract.ui.galleries import Gallery
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_collecting, start_map
from artextract.ui.ranking_panel import choose_count, work_ranking
from artextract.ui.search.box import search_box
from artextract.ui.search.query import Query
from artextract.ui.work_text import escaped


@st.fragment
def map_and_work(gallery: Gallery, chosen_map: ChosenMap, colour: str, filters: Filters, k: int, query: Query) -> None:
    row = gallery_picker.chosen_row(gallery)
    ranking = None if row is None else work_ranking(gallery, row)
    neighbours: list[int] = []
    if ranking is not None:
        with contextlib.suppress(ArtExtractError):  # the list of neighbours shows the reason
            neighbours = ranking.rows(k, neighbour_filters(filters))
    with st.container(key="map_area"):  # styled by `components/map/map_area.css`
        found, placed = found_rows(query, k), found_place(query, chosen_map.layout.method)
        show_map(gallery, chosen_map, colour, filters, row, neighbours, found, placed)
        if row is not None or address.get("to_work") or not query.is_empty:
            with st.container(key="side"):
                show_path(gallery, filters)
                if row is not None:
                    with st.container(key="open_work"):
                        show_work(gallery, row)
                        show_neighbours(gallery, row, ranking, filters, k)
                        show_facts(gallery, row)
                else:
                    show_found(query, k)


@st.fragment
def overview(gallery: Gallery, filters: Filters) -> None:
    if filters != NO_FILTERS:
        show_facets(gallery, filters)
        return
    left, right = st.columns([1, 2], gap="large")
    with left:
        show_how_to_begin()
        show_daily_pick(gallery)
    with right:
        show_facets(gallery, filters)


def offer_starter_set(label: str) -> None:
    """A button that downloads real paintings; hidden on a public server."""

    def start() -> None:
        start_collecting(SOURCES["nga"], {"starter": True})
        st.switch_page(navigation.COLLECTIONS.path)

    text = "200 open access paintings of the National Gallery of Art. Takes a few minutes."
    job_button(label, start, icon=":material/download:", help=text)


survey = layout.page(navigation.EXPLORE)
if not survey.collections and not survey.damaged and not settings.public():
    start_collecting(SOURCES["demo"])
    st.title("Welcome to ArtExtract")
    st.markdown("Creating the demo collection: pictures, embeddings and a map. This takes about a minute.")
    offer_starter_set("Also download 200 real paintings")
    show_jobs()
    st.stop()
gallery = gallery_picker.pick_gallery(survey)
if gallery is None:
    show_jobs()
    st.stop()
about = gallery.collection.about
with st.sidebar:
    of_map = st.container()
    st.markdown("**Filter**")
    filters = choose_filters(gallery)
with st.container(key="about", horizontal=True, vertical_alignment="center"):
    st.title(escaped(about.title, ""), width="content")
    words, picture = search_box()
    if about.source == "demo":
        offer_starter_set("Download 200 real paintings")
if gallery.searcher.index.needs_building:
    show_jobs()
if (asked := address.get("work")) and gallery.find(asked) is None:
    st.warning(escaped(f"This collection has no work with the ID {asked}. Search for its title.", ""))
choice = choose_map(gallery) if words or picture is not None else choose_map_or_all_works(gallery, filters)
if choice is None:
    st.stop()
with of_map:
    colour = choose_colour(gallery)
    k = choose_count()
chosen_map = open_chosen_map(gallery, choice, filters)
if chosen_map is None:
    method = method_of(choice)
    label = METHODS[method].label
    st.info(f"This collection has no {label} map yet.", icon=":material/map:")
    start = partial(start_map, gallery.collection, gallery.backbone, method, rebuild=False)
    job_button(f"Compute the {label} map", start, icon=":material/scatter_plot:", type="primary")
    show_jobs()
    st.stop()
restore_selection(gallery, filters)
map_and_work(gallery, chosen_map, colour, filters, k, Query(gallery, picture, words, filters))
if about.note:
    st.caption(f":material/info: {escaped(about.note, '')}")
show_selection(gallery)
overview(gallery, filters)
if filters != NO_FILTERS:
    show_works(gallery, filters)
