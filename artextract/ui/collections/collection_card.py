"""A collection with what was computed of it, and the jobs that compute more."""

import streamlit as st

from artextract import settings
from artextract.collection import Collection
from artextract.maps.gallery_map import stored_maps
from artextract.maps.layouts import METHODS
from artextract.ui import navigation
from artextract.ui.collections.custom_labels_panel import show_custom_labels, show_label_form
from artextract.ui.gallery_picker import about_backbone, offer_better_embedding
from artextract.ui.jobs import start
from artextract.vision.backbones import BACKBONES, DEFAULT_BACKBONE
from artextract.vision.embedding import embedded_by


def show_collection(collection: Collection) -> None:
    """Its counts, its embeddings and maps, and the buttons that compute more.

    A public server shows them without the buttons.
    """
    there = embedded_by(collection)
    maps = stored_maps(collection)
    with st.container(border=True):
        st.markdown(f"### {collection.name}")
        st.caption(" · ".join(part for part in (collection.about.title, collection.about.note) if part))
        counts = st.columns([1, 3])
        counts[0].metric("Works", f"{collection.count():,}")
        with counts[1]:
            st.markdown("**Embeddings:** " + (", ".join(f"`{name}`" for name in there) or "none yet"))
            drawn = [f"{METHODS[m].label} ({k.split('-')[0]})" for m, _, k in _split_maps(maps)]
            st.markdown("**Maps:** " + (", ".join(drawn) or "none yet"))
        if settings.public():
            _link_to_explore(collection, there)
            show_custom_labels(collection)
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _link_to_explore(collection, there)
            backbone = st.selectbox(
                "Backbone",
                list(BACKBONES),
                key=f"_with_{collection.name}",
                width=230,
            )
            if st.button(
                "Embed and map",
                key=f"_embed_{collection.name}",
                icon=":material/play_arrow:",
                help="Computes only what is missing.",
            ):
                start.start_preparing(collection, backbone or DEFAULT_BACKBONE)
                st.rerun()
            method = st.selectbox(
                "Map",
                list(METHODS),
                key=f"_method_{collection.name}",
                width=130,
                format_func=lambda m: METHODS[m].label,
            )
            if st.button(
                "Lay out",
                key=f"_map_{collection.name}",
                icon=":material/scatter_plot:",
                disabled=not there,
                help="Needs an embedding by the chosen backbone.",
            ):
                start.start_map(collection, backbone or DEFAULT_BACKBONE, method or "tsne", anew=True)
                st.rerun()

            if st.button(
                "Read the works",
                key=f"_read_{collection.name}",
                icon=navigation.READ.icon,
                help="Style, genre, artist and date of each by the model, to colour and filter by.",
            ):
                start.start_reading(collection)
                st.rerun()
        st.caption(about_backbone(backbone or DEFAULT_BACKBONE))
        if there:
            show_label_form(collection)
        if there and DEFAULT_BACKBONE not in there:
            offer_better_embedding(collection)


def _link_to_explore(collection: Collection, there: list[str]) -> None:
    st.page_link(
        navigation.EXPLORE.path,
        label="Explore",
        icon=navigation.EXPLORE.icon,
        query_params={"collection": collection.name},
        disabled=not there,
    )


def _split_maps(names: list[str]) -> list[tuple[str, str, str]]:
    return [name.partition("-") for name in names]
