"""Choosing two sides: a collection and filters each, kept in the address."""

import html
from dataclasses import dataclass

import streamlit as st

from artextract.collection import Collection, Survey
from artextract.comparison.subsets import ORDINALS, common_backbone, filters_text
from artextract.similarity.filters import Filters
from artextract.ui import address
from artextract.ui.colours import PALETTE
from artextract.ui.filter_panel import choose_filters
from artextract.ui.galleries import Gallery, open_gallery
from artextract.vision.embedding import embedded_by

COLOURS = (PALETTE[0], PALETTE[1])
"""Of the two sides: blue and orange, which also those tell apart who see red as green."""
PREFIXES = ("a_", "b_")
"""Of each side's names in the address."""
OTHER_COLLECTION = "b_collection"
NAMES = ("First side", "Second side")


@dataclass(frozen=True)
class Choice:
    """One side as it was chosen."""

    gallery: Gallery
    filters: Filters


def choose_sides(gallery: Gallery, survey: Survey) -> tuple[Choice, Choice]:
    """Draw the choice of both sides; what was chosen.

    Args:
        gallery: the open one: the first side's.
        survey: whose collections the second side may be of.

    Raises:
        ArtExtractError: the second side's collection can't be opened, or has no embedding that
            the first's has.
    """
    one_box, other_box = (column.container(border=True) for column in st.columns(2, gap="medium"))
    with one_box:
        side_heading(0, NAMES[0])
        st.markdown(f"{gallery.collection.name}, the collection that is open")
    with other_box:
        side_heading(1, NAMES[1])
        one, other = _galleries(gallery, _choose_collection(gallery, survey))
        second = _choose_works(other, 1)
    with one_box:
        first = _choose_works(one, 0)
    return first, second


def side_heading(side: int, text: str) -> None:
    """A heading with the side's colour before it."""
    st.html(
        '<h3 style="display:flex;align-items:center;gap:8px;padding:0;margin:0">'
        f'<span style="flex:none;width:12px;height:12px;border-radius:50%;'
        f'background:{COLOURS[side]}"></span>{html.escape(text)}</h3>'
    )


def _choose_collection(gallery: Gallery, survey: Survey) -> str:
    names = [collection.name for collection in survey.collections]
    asked = address.get(OTHER_COLLECTION)
    name = asked if asked in names else gallery.collection.name
    address.mirror("_b_collection", name)
    st.selectbox(
        "Collection of the second side",
        names,
        key="_b_collection",
        on_change=_open_other,
        label_visibility="collapsed",
    )
    return name


def _open_other() -> None:
    """Another collection was chosen: the filters of the old one don't apply to it."""
    for name in list(st.query_params):
        if name.startswith(PREFIXES[1]):
            del st.query_params[name]
    address.put(**{OTHER_COLLECTION: st.session_state["_b_collection"]})


def _galleries(gallery: Gallery, name: str) -> tuple[Gallery, Gallery]:
    """Both sides' galleries by one embedding: the open one's if both collections have it."""
    if name == gallery.collection.name:
        return gallery, gallery
    collection = Collection.open(name)
    backbone = gallery.backbone
    if backbone not in embedded_by(collection):
        backbone = common_backbone(gallery.collection, collection)
        st.caption(f"Compared by the embedding {backbone}, which both collections have.")
    return open_gallery(gallery.collection.name, backbone), open_gallery(name, backbone)


def _choose_works(gallery: Gallery, side: int) -> Choice:
    """The filters of a side, and in words what they choose."""
    with st.popover(f"Filter the {ORDINALS[side]} side", icon=":material/filter_alt:"):
        filters = choose_filters(gallery, PREFIXES[side])
    st.caption(filters_text(filters) or "All its works.")
    return Choice(gallery, filters)
