"""Similar: what a picture of one's own is like, and where it would hang."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from artextract.maps import METHODS, GalleryMap
from artextract.similarity.metrics import METRICS
from artextract.similarity.search import Neighbour
from artextract.ui import address, explore, frame, galleries, walk
from artextract.ui.cards import neighbour_cards
from artextract.ui.galleries import Gallery
from artextract.ui.gallery_map import gallery_map
from artextract.ui.picture_grid import picture_grid
from artextract.ui.server import base_url

FORMATS = ["jpg", "jpeg", "png", "webp", "tif", "tiff", "gif", "bmp", "jp2", "avif"]


def in_order(neighbours: Sequence[Neighbour], by: str) -> list[Neighbour]:
    """The neighbours sorted by a metric, the closest first, the unknown last."""
    sign = -1.0 if METRICS[by].higher_is_closer else 1.0

    def rank(neighbour: Neighbour) -> tuple[bool, float]:
        value = getattr(neighbour, by)
        return (value is None, 0.0 if value is None else sign * value)

    return sorted(neighbours, key=rank)


def first_map(gallery: Gallery) -> GalleryMap | None:
    asked = address.get("map")
    for method in sorted(METHODS, key=lambda m: m != asked):
        if (drawn := galleries.open_map(gallery, method)) is not None:
            return drawn
    return None


def where_it_falls(gallery: Gallery, neighbours: Sequence[Neighbour], content: bytes) -> None:
    drawn = first_map(gallery)
    if drawn is None:
        st.info("This collection has no map yet: lay one out in Explore.", icon=":material/map:")
        return
    colour = (explore.useful_colours(gallery.works) or ["style"])[0]
    everything = np.ones(len(gallery.works), dtype=bool)
    rows = [gallery.searcher.row_of(neighbour.id) for neighbour in neighbours]
    placed = galleries.place_of_picture(gallery, content, drawn.method)
    view = walk.map_view(gallery, drawn, colour, everything, neighbours=rows, placed=placed)
    works = gallery.works["id"]
    gallery_map(
        view,
        key="similar_map",
        height=460,
        base_url=base_url(),
        on_click=lambda row: to_explore(str(works.iloc[row])),
    )


def to_explore(work: str) -> None:
    st.session_state["_to_explore"] = work


def show_neighbours(gallery: Gallery, neighbours: Sequence[Neighbour]) -> None:
    by = st.segmented_control(
        "Sort by", list(METRICS), default="cosine", required=True, key="_sort",
        format_func=lambda m: METRICS[m].label,
    )  # fmt: skip
    st.caption(METRICS[by or "cosine"].sentence)
    picture_grid(
        key="similar",
        cards=neighbour_cards(gallery, in_order(neighbours, by or "cosine")),
        on_open=to_explore,
    )


if work := st.session_state.pop("_to_explore", ""):
    st.switch_page(frame.EXPLORE.path, query_params=address.carried(work=work))
found = frame.frame(frame.SIMILAR)
gallery = frame.open_gallery(found)
if gallery is None:
    st.stop()
with st.sidebar:
    k = int(st.select_slider("Similar works", [6, 10, 20, 50], value=10, key="_k") or 10)
st.title("What is it like?")
st.caption(
    f"Give a picture; see its nearest works in {gallery.collection.name} and where it falls on "
    "the map. The picture is not kept."
)
uploaded = st.file_uploader("A picture", type=FORMATS, key="_upload")
with st.expander("What the numbers mean", expanded=uploaded is None):
    for metric in METRICS.values():
        st.markdown(f"**{metric.label}** — {metric.sentence}")
if uploaded is None:
    st.stop()
with frame.spoken_errors():
    content = uploaded.getvalue()
    neighbours = galleries.neighbours_of_picture(gallery, content, k, uploaded.name)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        st.image(galleries.shown(content, uploaded.name), caption=uploaded.name, width="stretch")
    with right:
        where_it_falls(gallery, neighbours, content)
    show_neighbours(gallery, neighbours)
