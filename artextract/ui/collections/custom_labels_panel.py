"""Custom labels: which columns of a collection can be fitted, and how good the fitted ones are."""

import streamlit as st

from artextract.attributes.custom_labels.examples import LEAST_PICTURES, labelled_columns
from artextract.attributes.custom_labels.linear_head import head_files, read_head
from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.ui import layout, work_columns, work_text
from artextract.ui.jobs import start


def show_label_form(collection: Collection) -> None:
    """The custom labels of the collection, and a form to fit another one."""
    with st.expander("Custom labels", icon=":material/label:"):
        st.caption(
            "Fit a classifier to a column of this collection. It predicts the same labels for works "
            f"without one and for uploaded pictures. A label needs {LEAST_PICTURES} embedded pictures."
        )
        show_custom_labels(collection)
        try:
            columns = _columns(collection, collection.version())
        except ArtExtractError:  # the card says so already
            return
        if not columns:
            st.caption(f"No column has two labels with at least {LEAST_PICTURES} pictures each.")
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            column = st.selectbox(
                "Column",
                columns,
                key=f"_label_column_{collection.name}",
                width=230,
                format_func=work_columns.name_of,
            )
            if st.button(
                "Fit labels",
                key=f"_fit_labels_{collection.name}",
                icon=":material/label:",
                help="Uses the stored embeddings. The accuracy is measured on held-out pictures.",
            ):
                start.start_label_fit(collection, column)
                st.rerun()


def show_custom_labels(collection: Collection) -> None:
    """One line for each fitted column: what it knows and how good it is."""
    for file in head_files(collection):
        with layout.errors_as_sentences():
            st.markdown(f"- {work_text.plain(read_head(collection, file.stem).facts.sentence(), '')}")


@st.cache_data(show_spinner=False, hash_funcs={Collection: lambda one: str(one.root)})
def _columns(collection: Collection, version: str) -> list[str]:
    """`version` is in the key because the works may change."""
    return labelled_columns(collection.works())
