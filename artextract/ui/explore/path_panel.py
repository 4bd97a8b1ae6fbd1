"""A path between two works, as a row of pictures and as a line on the map."""

from functools import partial

import streamlit as st

from artextract.errors import ArtExtractError
from artextract.files import stamp
from artextract.similarity.filters import Filters
from artextract.similarity.metrics.registry import Measure
from artextract.similarity.paths import WORKS, NeighbourGraph, WorkPath, find_path, graph_file, stored_graph
from artextract.ui import address, work_text
from artextract.ui.components.grid.cards import ON_MAP, numbered_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.explore import actions
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.jobs.panel import show_jobs
from artextract.ui.jobs.start import start_neighbour_graph

MAX_PATHS = 5  # Most alternatives, which share no work; the address has the number of the shown one, from 1, as `path`
STEP = Measure("Step", False, "Embedding distance to the previous work (0 to 2).", "First work.")


def offer_path(work: str) -> None:
    """A button that starts a path at a work."""
    st.button(
        "Find a path",
        icon=":material/route:",
        on_click=actions.begin_path,
        args=(work,),
        help=f"Choose an end work next. The path has {WORKS} works, each similar to the one before.",
    )


def show_waiting_path(gallery: Gallery) -> None:
    """Ask for the end work of a path; nothing if no path needs one."""
    start, end = actions.path_ends()
    row = gallery.find(start)
    if row is None or end:
        return
    with st.container(border=True):
        st.markdown(
            f":material/route: **Path from {_title(gallery, row)}.** Click the end work on the map or in the pictures."
        )
        st.button("Cancel", icon=":material/close:", on_click=actions.close_path)


def path_rows(gallery: Gallery, filters: Filters) -> tuple[int, ...]:
    """The rows of the works of the path; () without a path."""
    path = _path(gallery, filters)
    return path.rows if isinstance(path, WorkPath) else ()


def show_path(gallery: Gallery, filters: Filters) -> None:
    """The path between the two works in the address; nothing if the address has no path."""
    path = _path(gallery, filters)
    if path is None:
        return
    start, end = (_title(gallery, gallery.searcher.row_of(work)) for work in actions.path_ends())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### Path from {start} to {end}", width="stretch")
        _choose_alternative(isinstance(path, WorkPath))
        st.button("Close path", icon=":material/close:", on_click=actions.close_path)
    if isinstance(path, str):
        st.info(work_text.said(path))
        if _graph(gallery) is None:
            start_neighbour_graph(gallery)
            show_jobs()
        return
    st.caption(
        f"{WORKS} works in small steps. Largest step: {max(path.steps):.2f}, smallest: {min(path.steps):.2f} "
        "(embedding distance, ↓ lower is closer)."
    )
    picture_grid(
        key="path",
        cards=numbered_cards(gallery, path.rows, [(None,), *((f"{step:.2f}",) for step in path.steps)]),
        scores=[STEP],
        on_open=actions.open_work,
        actions=(ON_MAP,),
        on_action=partial(actions.run_card_action, ""),
        column_width=110,
    )


def _choose_alternative(has_path: bool) -> None:
    number = address.get_number("path", MAX_PATHS)
    if number > 1:
        st.button("First path", on_click=lambda: address.put(path=None))
    if has_path and number < MAX_PATHS:
        st.button(
            "Another path",
            icon=":material/alt_route:",
            on_click=lambda: address.put(path=number + 1),
            help="Find another path that uses different works.",
        )


def _title(gallery: Gallery, row: int) -> str:
    return work_text.escaped(gallery.works["title"].iloc[row], "Untitled")


def _path(gallery: Gallery, filters: Filters) -> WorkPath | str | None:
    """The path in the address, or the reason why there is none; None if the address has no path."""
    start, end = (gallery.find(work) for work in actions.path_ends())
    if start is None or end is None:
        return None
    if (graph := _graph(gallery)) is None:
        return "Paths need a one-time index of neighbouring works. It is being built."
    return _find_path(gallery, graph, start, end, filters, address.get_number("path", MAX_PATHS))


@st.cache_resource(
    show_spinner=False, max_entries=200, hash_funcs=BY_GALLERY | {NeighbourGraph: lambda _: "of the gallery"}
)
def _find_path(
    gallery: Gallery, graph: NeighbourGraph, start: int, end: int, filters: Filters, number: int
) -> WorkPath | str:
    """A path, cached, or the reason why there is none. It avoids the works of the paths with lower numbers."""
    avoided: list[int] = []
    for earlier in range(1, number):
        path = _find_path(gallery, graph, start, end, filters, earlier)
        if isinstance(path, str):
            return path
        avoided += path.rows[1:-1]
    vectors, allowed = gallery.searcher.embeddings.vectors, gallery.searcher.allowed(filters)
    try:
        return find_path(vectors, graph, start, end, allowed, avoided)
    except ArtExtractError as error:
        return str(error)


def _graph(gallery: Gallery) -> NeighbourGraph | None:
    version = stamp(graph_file(gallery.searcher))
    return _stored_graph(gallery, version) if version else None


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=BY_GALLERY)
def _stored_graph(gallery: Gallery, version: str) -> NeighbourGraph | None:
    """`version` is in the key because the graph may be rebuilt."""
    return stored_graph(gallery.searcher)
