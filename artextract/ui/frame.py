"""The frame of every screen: page settings, navigation, and which collection is open.

Each screen calls `frame` itself, so that a cold server opened at a deep link shows the whole of it
(with `st.navigation`, a folder called pages/ lets a first request pass the entry script by).
"""

import html
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from artextract.collection import Collection, Survey, survey
from artextract.errors import ArtExtractError
from artextract.sources.demo import DEMO_NAME
from artextract.ui import address, galleries
from artextract.ui.galleries import Gallery
from artextract.vision.backbones import DEFAULT_BACKBONE


@dataclass(frozen=True)
class Screen:
    """A line of the navigation."""

    path: str
    label: str
    icon: str


EXPLORE = Screen("pages/1_explore.py", "Explore", ":material/scatter_plot:")
READ = Screen("pages/5_read.py", "Read a painting", ":material/visibility:")
SIMILAR = Screen("pages/2_similar.py", "Similar", ":material/image_search:")
COMPARE = Screen("pages/3_compare.py", "Compare", ":material/compare:")
COLLECTIONS = Screen("pages/4_collections.py", "Collections", ":material/collections_bookmark:")
TIMELINE = Screen("pages/7_timeline.py", "Timeline", ":material/timeline:")
MODEL_REPORT = Screen("pages/6_model_report.py", "Model report", ":material/fact_check:")
SCREENS = (EXPLORE, TIMELINE, READ, SIMILAR, COMPARE, COLLECTIONS, MODEL_REPORT)

_STYLE = """
<style>
  .block-container { padding: 2.4rem 2.2rem 3rem; max-width: 1700px; }
  [data-testid="stSidebarHeader"] { height: 2.5rem; margin: 0; padding-top: .5rem; }
  [data-testid="stSidebarUserContent"] { padding-top: 0; }
  .ax-view { display: block; max-width: 100%; max-height: 46vh; min-width: min(320px, 100%);
    object-fit: contain; border-radius: .4rem; }
  h1 { font-size: 1.7rem !important; padding: 0 0 .2rem 0 !important; }
  h2 { font-size: 1.25rem !important; }
  h3 { font-size: 1.05rem !important; }
  @media (max-width: 640px) {
    .block-container { padding: 4rem .8rem 2rem; }
    h1 { font-size: 1.35rem !important; }
  }
</style>
"""


def frame(screen: Screen) -> Survey:
    """Draw the frame of `screen` and say what collections there are. Call it first."""
    st.set_page_config(
        page_title=f"{screen.label} · ArtExtract",
        page_icon=":material/palette:",
        layout="wide",
    )
    st.html(_STYLE)
    found = survey()
    with st.sidebar:
        st.markdown("### :material/palette: ArtExtract")
        for line in SCREENS:
            st.page_link(
                line.path, label=line.label, icon=line.icon, query_params=address.carried()
            )
    return found


def choose_collection(found: Survey) -> Collection | None:
    """The sidebar's choice of collection and embedding; None if there is no collection."""
    names = [collection.name for collection in found.collections]
    if not names:
        return None
    asked = address.get("collection")
    if asked and asked not in names:
        said = found.damaged.get(asked, f"There is no collection called {asked} here.")
        st.warning(f"{said} Showing another one.", icon=":material/warning:")
    default = DEMO_NAME if DEMO_NAME in names else names[0]
    name = asked if asked in names else default
    titles = {collection.name: collection.about.title for collection in found.collections}
    with st.sidebar:
        address.mirror("_collection", name)
        st.selectbox(
            "Collection", names, key="_collection", on_change=_open_other,
            format_func=lambda n: titles[n] if titles[n] == n else f"{n} · {titles[n]}",
        )  # fmt: skip
    address.put(collection=name)
    return next(collection for collection in found.collections if collection.name == name)


def choose_backbone(collection: Collection) -> str:
    """The sidebar's choice among the embeddings that the collection has."""
    there = galleries.backbones_of(collection)
    if not there:
        return DEFAULT_BACKBONE
    asked = address.get("backbone")
    backbone = asked if asked in there else there[0]
    if len(there) > 1:
        with st.sidebar:
            address.mirror("_backbone", backbone)
            st.selectbox(
                "Embedding", there, key="_backbone",
                on_change=lambda: address.put(backbone=st.session_state["_backbone"]),
            )  # fmt: skip
    address.put(backbone=None if backbone == DEFAULT_BACKBONE else backbone)
    return backbone


def open_gallery(found: Survey) -> Gallery | None:
    """The gallery that the sidebar and the address choose, opened; None after saying why not."""
    collection = choose_collection(found)
    if collection is None:
        st.info("There is no collection here yet.", icon=":material/collections_bookmark:")
        st.page_link(COLLECTIONS.path, label="Make or add one", icon=COLLECTIONS.icon)
        return None
    backbone = choose_backbone(collection)
    try:
        return galleries.open_gallery(collection.name, backbone)
    except ArtExtractError as error:
        st.warning(str(error), icon=":material/warning:")
        st.page_link(
            COLLECTIONS.path, label="Go to Collections", icon=COLLECTIONS.icon,
            query_params=address.carried(),
        )  # fmt: skip
        return None


def show_picture(address_of_it: str, alt: str) -> None:
    """A work's picture, large. By address, so that the browser keeps it."""
    source, words = html.escape(address_of_it, quote=True), html.escape(alt, quote=True)
    st.html(f'<img class="ax-view" src="{source}" alt="{words}">')


@contextmanager
def spoken_errors() -> Iterator[None]:
    """Show what a person can act on as a sentence where the result would have been."""
    try:
        yield
    except ArtExtractError as error:
        st.error(str(error), icon=":material/error:")


def _open_other() -> None:
    """Another collection was chosen: what was open in the old one doesn't apply to it."""
    name = st.session_state["_collection"]
    st.query_params.clear()
    address.put(collection=name)
