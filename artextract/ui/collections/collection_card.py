"""The card of a collection: its embeddings, maps and custom labels, and the jobs that compute more."""

import streamlit as st

from artextract import settings
from artextract.attributes.custom_labels.examples import MIN_PICTURES, labelled_columns
from artextract.attributes.custom_labels.linear_head import head_files, read_head
from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.maps.gallery_map import stored_maps
from artextract.maps.layouts import METHODS
from artextract.ui import layout, navigation, work_columns, work_text
from artextract.ui.collections.missing_panel import show_missing
from artextract.ui.gallery_picker import about_backbone, offer_better_embedding
from artextract.ui.jobs import start
from artextract.vision.backbones import BACKBONES, DEFAULT_BACKBONE
from artextract.vision.embedding import embedded_by


def show_collection(collection: Collection) -> None:
    """The card, with buttons that compute more; a public server has no buttons."""
    backbones = embedded_by(collection)
    with st.container(border=True):
        st.markdown(f"### {work_text.escaped(collection.name, '')}")
        st.caption(" · ".join(part for part in (collection.about.title, collection.about.note) if part))
        count, made = st.columns([1, 3])
        count.metric("Works", f"{collection.count():,}")
        with made:
            st.markdown("**Embeddings:** " + (", ".join(f"`{name}`" for name in backbones) or "none yet"))
            maps = [name.partition("-") for name in stored_maps(collection)]
            labels = [f"{METHODS[method].label} ({key.split('-')[0]})" for method, _, key in maps]
            st.markdown("**Maps:** " + (", ".join(labels) or "none yet"))
        if settings.public():
            _link_to_explore(collection, bool(backbones))
            _show_custom_labels(collection)
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _link_to_explore(collection, bool(backbones))
            backbone = st.selectbox("Backbone", list(BACKBONES), key=f"_with_{collection.name}", width=230)
            if _button("Embed and map", f"_embed_{collection.name}", "play_arrow", "Computes only what is missing."):
                start.start_preparing(collection, backbone)
                st.rerun()
            method = st.selectbox(
                "Map",
                list(METHODS),
                key=f"_method_{collection.name}",
                width=130,
                format_func=lambda name: METHODS[name].label,
            )
            text = "Needs an embedding by the chosen backbone."
            if _button("Recompute map", f"_map_{collection.name}", "scatter_plot", text, disabled=not backbones):
                start.start_map(collection, backbone, method, rebuild=True)
                st.rerun()
            text = "Predicts style, genre, artist and date of each work, for colours and filters."
            if _button("Predict attributes", f"_read_{collection.name}", "visibility", text):
                start.start_reading(collection)
                st.rerun()
        st.caption(about_backbone(backbone))
        show_missing(collection)
        if backbones:
            _show_label_form(collection)
        if backbones and DEFAULT_BACKBONE not in backbones:
            offer_better_embedding(collection)


def _button(label: str, key: str, icon: str, text: str, disabled: bool = False) -> bool:
    return st.button(label, key=key, icon=f":material/{icon}:", help=text, disabled=disabled)


def _link_to_explore(collection: Collection, is_embedded: bool) -> None:
    st.page_link(
        navigation.EXPLORE.path,
        label="Explore",
        icon=navigation.EXPLORE.icon,
        query_params={"collection": collection.name},
        disabled=not is_embedded,
    )


def _show_label_form(collection: Collection) -> None:
    """The custom labels of the collection, and a form to fit another one."""
    with st.expander("Custom labels", icon=":material/label:"):
        st.caption(
            "Fit a classifier to a column of this collection. It predicts the same labels for works "
            f"without one and for uploaded pictures. A label needs {MIN_PICTURES} embedded pictures."
        )
        _show_custom_labels(collection)
        try:
            columns = _columns(collection, collection.version())
        except ArtExtractError:  # the card says so already
            return
        if not columns:
            st.caption(f"No column has two labels with at least {MIN_PICTURES} pictures each.")
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            column = st.selectbox(
                "Column", columns, key=f"_label_column_{collection.name}", width=230, format_func=work_columns.name_of
            )
            text = "Uses the stored embeddings. The accuracy is measured on held-out pictures."
            if _button("Fit labels", f"_fit_labels_{collection.name}", "label", text):
                start.start_label_fit(collection, column)
                st.rerun()


def _show_custom_labels(collection: Collection) -> None:
    """One line for each fitted column: its terms and its accuracy."""
    for file in head_files(collection):
        with layout.errors_as_sentences():
            st.markdown(f"- {work_text.escaped(read_head(file).facts.sentence(), '')}")


@st.cache_data(show_spinner=False, hash_funcs={Collection: lambda collection: str(collection.root)})
def _columns(collection: Collection, version: str) -> list[str]:
    """`version` is in the key because the works may change."""
    return labelled_columns(collection.works())
