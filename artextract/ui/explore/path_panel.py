"""A path between two works: as a strip of pictures, and as a line on the map."""

from functools import partial

import streamlit as st

from artextract.errors import ArtExtractError
from artextract.files import stamp
from artextract.similarity.filters import Filters
from artextract.similarity.paths.neighbour_graph import NeighbourGraph, graph_file, stored_graph
from artextract.similarity.paths.work_path import WORKS, WorkPath, find_path
from artextract.ui import work_text
from artextract.ui.components.grid.cards import ON_MAP, numbered_cards
from artextract.ui.components.grid.component import Score, picture_grid
from artextract.ui.explore import actions
from artextract.ui.explore import path_state as state
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.jobs.panel import show_jobs
from artextract.ui.jobs.start import start_neighbour_graph

STEP = Score(
    "Step",
    False,
    "Distance of the embeddings from the work before: 0 to 2.",
    "The path begins here.",
)


def offer_path(work: str) -> None:
    """The button that begins a path at a work."""
    st.button(
        "A path to …",
        icon=":material/route:",
        on_click=state.begin,
        args=(work,),
        help=f"Then choose the work that it leads to: {WORKS} works, each near the one before.",
    )


def tell_of_path(gallery: Gallery) -> None:
    """That a path begins and waits for its end, if it does."""
    start, end = state.ends()
    row = gallery.find(start)
    if row is None or end:
        return
    title = work_text.plain(gallery.works["title"].iloc[row], "Untitled")
    with st.container(border=True):
        st.markdown(
            f":material/route: **A path from {title}.** Click the work that it leads to, on the "
            "map or among the pictures."
        )
        st.button("No path", icon=":material/close:", on_click=state.leave)


def path_rows(gallery: Gallery, filters: Filters) -> tuple[int, ...]:
    """Rows of the works of the path that is shown; () without one."""
    found = _shown(gallery, filters)
    return found.rows if isinstance(found, WorkPath) else ()


def show_path(gallery: Gallery, filters: Filters) -> None:
    """The path between the two works that the address names; nothing if it names none."""
    found = _shown(gallery, filters)
    if found is None:
        return
    rows = [gallery.searcher.row_of(work) for work in state.ends()]
    start, end = (work_text.plain(gallery.works["title"].iloc[row], "Untitled") for row in rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### From {start} to {end}", width="stretch")
        _other_ways(found)
        st.button("Close the path", icon=":material/close:", on_click=state.leave)
    if isinstance(found, str):
        st.info(found)
        if _graph(gallery) is None:
            start_neighbour_graph(gallery)
            show_jobs()
        return
    st.caption(
        f"Each as near to the one before as can be: the largest step is {max(found.steps):.2f}, "
        f"the smallest {min(found.steps):.2f} (distance of the embeddings, ↓ lower is closer)."
    )
    picture_grid(
        key="path",
        cards=numbered_cards(gallery, found.rows, [(None,), *((f"{step:.2f}",) for step in found.steps)]),
        scores=[STEP],
        on_open=actions.open_work,
        actions=(ON_MAP,),
        on_action=partial(actions.press_card, ""),
        column_width=110,
    )


def _other_ways(found: WorkPath | str) -> None:
    number = state.way()
    if number > 1:
        st.button("The first way", on_click=state.take_way, args=(1,))
    if isinstance(found, WorkPath) and number < state.MOST_WAYS:
        st.button(
            "Another way",
            icon=":material/alt_route:",
            on_click=state.take_way,
            args=(number + 1,),
            help="Through other works: it shares none with the ways before.",
        )


def _shown(gallery: Gallery, filters: Filters) -> WorkPath | str | None:
    """The path that is asked for, or why there is none; None where none is asked for."""
    start, end = state.ends()
    if gallery.find(start) is None or gallery.find(end) is None:
        return None
    if (graph := _graph(gallery)) is None:
        return "Which works are near which is found out once; then there are paths."
    return _found(gallery, graph, start, end, filters, state.way())


@st.cache_resource(
    show_spinner=False,
    max_entries=200,
    hash_funcs=BY_GALLERY | {NeighbourGraph: lambda _: "of the gallery"},
)
def _found(gallery: Gallery, graph: NeighbourGraph, start: str, end: str, filters: Filters, way: int) -> WorkPath | str:
    """A way, remembered; or why there is none. Each shares nothing with those before it."""
    taken: list[int] = []
    for before in range(1, way):
        found = _found(gallery, graph, start, end, filters, before)
        if isinstance(found, str):
            return found
        taken += found.rows[1:-1]
    one, other = gallery.searcher.row_of(start), gallery.searcher.row_of(end)
    vectors, allowed = gallery.searcher.embeddings.vectors, gallery.searcher.allowed(filters)
    try:
        return find_path(vectors, graph, one, other, allowed, taken)
    except ArtExtractError as error:
        return str(error)


def _graph(gallery: Gallery) -> NeighbourGraph | None:
    version = stamp(graph_file(gallery.searcher))
    return _graph_of(gallery, version) if version else None


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=BY_GALLERY)
def _graph_of(gallery: Gallery, stamp: str) -> NeighbourGraph | None:
    """`stamp` is in the key because the graph may be made anew."""
    return stored_graph(gallery.searcher)
