"""In what works shall be alike: all of it (the embedding), or a way that can be drawn."""

import base64
import io
from collections.abc import Callable, Sequence

import streamlit as st

from artextract.similarity.descriptors.criteria import CRITERIA, DescriptorIndex
from artextract.similarity.descriptors.drawings import ALT, explain
from artextract.similarity.descriptors.visual_descriptors import (
    VisualDescriptor,
    describe,
    descriptor_store,
    stored_descriptors,
)
from artextract.similarity.filters import Filters
from artextract.ui import address
from artextract.ui.components.grid.cards import alike_cards
from artextract.ui.components.grid.component import Action, Score, picture_grid
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_descriptors
from artextract.ui.server.rate_limits import LIMITER
from artextract.ui.server.request_costs import charge
from artextract.vision.images import open_picture

EMBEDDING = "embedding"


def chosen_way() -> str:
    """In what works shall be alike, by the address: `EMBEDDING` or a key of `CRITERIA`."""
    asked = address.get("alike")
    return asked if asked in CRITERIA else EMBEDDING


def choose_way() -> str:
    """The choice of it."""
    labels = {EMBEDDING: "All (embedding)"} | {w.name: w.label for w in CRITERIA.values()}
    return address.choice(
        st.segmented_control,
        "Alike in",
        list(labels),
        name="alike",
        default=EMBEDDING,
        format_func=labels.__getitem__,
    )


def alike_rows(gallery: Gallery, way: str, row: int, k: int, filters: Filters) -> list[int]:
    """Rows of the works that are alike to one of them in a way; [] where they weren't looked at."""
    looks = _looks(gallery, descriptor_store(gallery.collection).version())
    query = looks[0][row]
    if query is None:
        return []
    allowed = gallery.searcher.allowed(filters).copy()
    allowed[row] = False
    return [found for found, _ in looks[1].nearest(way, query, k, allowed)]


def show_alike(
    gallery: Gallery,
    way: str,
    query: int | VisualDescriptor,
    k: int,
    filters: Filters,
    *,
    key: str,
    on_open: Callable[[str], None],
    actions: Sequence[Action] = (),
    on_action: Callable[[str, str], None] | None = None,
) -> None:
    """The `k` works that are most alike in a way, each with the picture that shows why.

    Args:
        gallery: whose works are looked among.
        way: a key of `CRITERIA`.
        query: the row of a work of the gallery, or the look of another picture.
        k: how many.
        filters: which may be found.
        key: of the grid.
        on_open: as `picture_grid`.
        actions: likewise.
        on_action: likewise.
    """
    st.caption(CRITERIA[way].sentence)
    looks, index = _looks(gallery, descriptor_store(gallery.collection).version())
    allowed = gallery.searcher.allowed(filters).copy()
    look = query if isinstance(query, VisualDescriptor) else looks[query]
    if not isinstance(query, VisualDescriptor):
        allowed[query] = False
    if look is None or not any(looks):
        _offer(gallery)
        return
    found = index.nearest(way, look, k, allowed)
    if not found:
        st.info("No other work passes the filters.")
        return
    pictures = [_drawn(way, look, other) for row, _ in found if (other := looks[row]) is not None]
    label = CRITERIA[way]
    picture_grid(
        key=key,
        cards=alike_cards(gallery, [(row, (f"{n:.2f}",)) for row, n in found], pictures, ALT[way]),
        scores=[Score(label.measure, label.higher_is_closer, label.sentence)],
        on_open=on_open,
        actions=actions,
        on_action=on_action,
    )


@st.cache_resource(show_spinner=False, max_entries=LIMITER.limits.results_per_tab, scope="session")
def look_of_picture(content: bytes, name: str) -> VisualDescriptor:
    """The look of an uploaded picture, remembered as long as its visitor is here.

    Raises:
        ArtExtractError: it can't be read, or the visitor has asked for too much.
    """
    with charge("look"):
        return describe(open_picture(content, name).image)


def _offer(gallery: Gallery) -> None:
    st.info("The colours and textures of these works have not been computed yet.")
    if job_button("Compute them", icon=":material/palette:", help="About 20 works a second."):
        start_descriptors(gallery.collection)
        st.rerun()
    show_jobs()


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=BY_GALLERY)
def _looks(gallery: Gallery, version: tuple[str, ...]) -> tuple[list[VisualDescriptor | None], DescriptorIndex]:
    """The look of each row; `version` is in the key because more may have been looked at."""
    stored = stored_descriptors(gallery.collection)
    looks = [stored.get(sha256) for sha256 in gallery.works["image_sha256"]]
    return looks, DescriptorIndex(looks)


def _drawn(way: str, query: VisualDescriptor, found: VisualDescriptor) -> str:
    """The picture that shows why, as an address that holds it."""
    buffer = io.BytesIO()
    explain(way, query, found).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
