"""Where an uploaded picture belongs on the map."""

from collections.abc import Sequence

import streamlit as st

from artextract.maps.gallery_map import GalleryMap
from artextract.maps.layouts import METHODS, place
from artextract.similarity.filters import NO_FILTERS
from artextract.ui import address, navigation
from artextract.ui.components.map.colouring import useful_columns
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
    """The position of an uploaded picture on the map by `method`, cached; None without a map."""
    layout = open_map(gallery, method)
    if layout is None:
        return None
    vector = gallery.searcher.vector_of(content)
    x, y = place(layout.positions, gallery.searcher.embeddings.vectors, vector[None])[0]
    return float(x), float(y)


@st.cache_resource(show_spinner=False, max_entries=LIMITER.limits.results_per_tab, scope="session")
def as_jpeg(content: bytes, name: str) -> tuple[bytes, str]:
    """An uploaded picture as a JPEG, which every browser can show, and what is wrong with the file ("" if nothing)."""
    picture = open_picture(content, name, VIEW_SIDE)
    return encode_jpeg(thumbnail(picture.image, VIEW_SIDE), quality=90), picture.remark


def _first_map(gallery: Gallery) -> GalleryMap | None:
    asked = address.get("map")
    for method in sorted(METHODS, key=lambda m: m != asked):
        if (layout := open_map(gallery, method)) is not None:
            return layout
    return None


def show_place(gallery: Gallery, rows: Sequence[int], content: bytes) -> None:
    """The map with a mark where the picture (`content`, a file) belongs, linked with its neighbours in `rows`."""
    layout = _first_map(gallery)
    if layout is None:
        st.info("This collection has no map yet.", icon=":material/map:")
        return
    placed = place_of_picture(gallery, content, layout.method)
    view = map_view(gallery, layout, useful_columns(gallery)[0], NO_FILTERS, neighbours=rows, placed=placed)
    ids = gallery.works["id"]
    events = MapEvents(on_click=lambda row: navigation.open_in_explore(str(ids.iloc[row])))
    gallery_map(view, events, key="similar_map", height=460)
