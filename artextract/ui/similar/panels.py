"""The panels of Similar: where a picture of one's own falls, and what is nearest to it."""

from collections.abc import Sequence

import streamlit as st

from artextract.maps.gallery_map import GalleryMap
from artextract.maps.layouts import METHODS
from artextract.maps.placement import place
from artextract.similarity.filters import Filters
from artextract.similarity.metrics.registry import METRICS
from artextract.similarity.search import Neighbour
from artextract.ui import address, navigation, work_columns
from artextract.ui.components.grid.cards import NEIGHBOUR_SCORES, neighbour_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.components.map.component import gallery_map
from artextract.ui.components.map.events import MapEvents
from artextract.ui.components.map.view import map_view
from artextract.ui.galleries import BY_GALLERY, VIEW_SIDE, Gallery, open_map
from artextract.ui.server.rate_limits import LIMITER
from artextract.vision.images import encode_jpeg, open_picture, thumbnail


@st.cache_resource(
    show_spinner=False, max_entries=LIMITER.limits.results_per_tab, hash_funcs=BY_GALLERY, scope="session"
)
def place_of_picture(gallery: Gallery, content: bytes, method: str) -> tuple[float, float] | None:
    """Where an uploaded picture falls on the map by `method`, remembered; None without a map."""
    drawn = open_map(gallery, method)
    if drawn is None:
        return None
    vector = gallery.searcher.vector_of(content)
    x, y = place(drawn.positions, gallery.searcher.embeddings.vectors, vector[None])[0]
    return float(x), float(y)


@st.cache_resource(show_spinner=False, max_entries=LIMITER.limits.results_per_tab, scope="session")
def shown(content: bytes, name: str) -> bytes:
    """An uploaded picture as a JPEG that every browser shows, whatever its format."""
    return encode_jpeg(thumbnail(open_picture(content, name).image, VIEW_SIDE), quality=90)


def _in_order(neighbours: Sequence[Neighbour], by: str) -> list[Neighbour]:
    """The neighbours sorted by a metric, the closest first, the unknown last."""
    sign = -1.0 if METRICS[by].higher_is_closer else 1.0

    def rank(neighbour: Neighbour) -> tuple[bool, float]:
        value = neighbour.scores[by]
        return (value is None, 0.0 if value is None else sign * value)

    return sorted(neighbours, key=rank)


def _first_map(gallery: Gallery) -> GalleryMap | None:
    asked = address.get("map")
    for method in sorted(METHODS, key=lambda m: m != asked):
        if (drawn := open_map(gallery, method)) is not None:
            return drawn
    return None


def show_place(gallery: Gallery, neighbours: Sequence[Neighbour], content: bytes) -> None:
    """The map with the picture marked where it falls, linked with its neighbours."""
    drawn = _first_map(gallery)
    if drawn is None:
        st.info("This collection has no map yet.", icon=":material/map:")
        return
    colour = (work_columns.useful_colours(gallery.works) or ["style"])[0]
    rows = [gallery.searcher.row_of(neighbour.id) for neighbour in neighbours]
    placed = place_of_picture(gallery, content, drawn.method)
    view = map_view(gallery, drawn, colour, Filters(), neighbours=rows, placed=placed)
    ids = gallery.works["id"]
    events = MapEvents(on_click=lambda row: open_in_explore(str(ids.iloc[row])))
    gallery_map(view, events, key="similar_map", height=460)


def open_in_explore(work: str) -> None:
    """Show a work on the map."""
    navigation.switch_to(navigation.EXPLORE, work=work)


def show_neighbours(gallery: Gallery, neighbours: Sequence[Neighbour]) -> None:
    """The neighbours as cards, sorted by a metric of choice."""
    by = st.segmented_control(
        "Sort by",
        list(METRICS),
        default="cosine",
        required=True,
        key="_sort",
        format_func=lambda m: METRICS[m].label,
    )
    st.caption(METRICS[by or "cosine"].sentence)
    picture_grid(
        key="similar",
        cards=neighbour_cards(gallery, _in_order(neighbours, by or "cosine")),
        scores=NEIGHBOUR_SCORES,
        on_open=open_in_explore,
    )
