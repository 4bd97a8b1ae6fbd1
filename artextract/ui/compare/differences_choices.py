"""The choice of two sides, each a collection with filters, stored in the address."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from artextract.collection import Collection, Survey
from artextract.comparison.subsets import SIDES, Subset, common_backbone
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.ui import address
from artextract.ui.colours import PALETTE
from artextract.ui.filter_panel import choose_filters
from artextract.ui.galleries import BY_GALLERY, Gallery, open_gallery
from artextract.vision.embedding import embedded_by

COLOURS = (PALETTE[0], PALETTE[1])  # One per side: blue and orange, which colour-blind people can tell apart
PREFIXES = ("a_", "b_")  # Begin the names of each side's parameters in the address


@dataclass(frozen=True)
class SubsetChoice:
    """A gallery, and the filters chosen for it."""

    gallery: Gallery
    filters: Filters = NO_FILTERS

    @property
    def subset(self) -> Subset:
        """The chosen works."""
        return Subset(self.gallery.collection, self.gallery.works, self.gallery.searcher.embeddings, self.filters)


BY_CHOICE: dict[str | type[Any], Callable[[Any], Any]] = {
    SubsetChoice: lambda choice: (*BY_GALLERY[Gallery](choice.gallery), str(choice.filters))
}
"""`hash_funcs` of caches whose keys are choices."""


def choose_subsets(gallery: Gallery, survey: Survey) -> tuple[SubsetChoice, SubsetChoice]:
    """Draw the choice of both sides: the open `gallery`, and one of the collections of `survey`.

    Raises ArtExtractError if the second collection cannot be opened, or the collections have no embedding in common.
    """
    left_box, right_box = (column.container(border=True) for column in st.columns(2, gap="medium"))
    with left_box:
        side_heading(0, "First side")
        st.markdown(f"{gallery.collection.name} (the open collection)")
    with right_box:
        side_heading(1, "Second side")
        left, right = _galleries(gallery, _choose_collection(gallery, survey))
        second = _choose_filters(right, 1)
    with left_box:
        return _choose_filters(left, 0), second


def side_heading(side: int, text: str) -> None:
    """A heading with a dot in the side's colour."""
    st.html(
        '<h3 style="display:flex;align-items:center;gap:8px;padding:0;margin:0">'
        f'<span style="flex:none;width:12px;height:12px;border-radius:50%;'
        f'background:{COLOURS[side]}"></span>{html.escape(text)}</h3>'
    )


def _choose_collection(gallery: Gallery, survey: Survey) -> str:
    return address.choice(
        st.selectbox,
        "Collection of the second side",
        [collection.name for collection in survey.collections],
        name="b_collection",
        default=gallery.collection.name,
        clears=[name for name in st.query_params if name.startswith(PREFIXES[1]) and name != "b_collection"],
        label_visibility="collapsed",
    )


def _galleries(gallery: Gallery, name: str) -> tuple[Gallery, Gallery]:
    """The galleries of both sides, with the open gallery's embedding if both collections have it."""
    if name == gallery.collection.name:
        return gallery, gallery
    collection, backbone = Collection.open(name), gallery.backbone
    if backbone not in embedded_by(collection):
        backbone = common_backbone(gallery.collection, collection)
        st.caption(f"Compared by the embedding {backbone}, which both collections have.")
    return open_gallery(gallery.collection.name, backbone), open_gallery(name, backbone)


def _choose_filters(gallery: Gallery, side: int) -> SubsetChoice:
    with st.popover(f"Filter the {SIDES[side]} side", icon=":material/filter_alt:"):
        filters = choose_filters(gallery, PREFIXES[side])
    st.caption(filters.summary() or "All works")
    return SubsetChoice(gallery, filters)
