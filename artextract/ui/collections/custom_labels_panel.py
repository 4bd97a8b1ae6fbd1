"""Teaching a collection's own words: which can be learnt, and how good what was learnt is."""

import streamlit as st

from artextract.attributes.custom_labels.examples import LEAST_PICTURES, teachable_columns
from artextract.attributes.custom_labels.linear_head import head_files, read_head
from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.ui import layout, work_columns, work_text
from artextract.ui.jobs import start


def show_teaching(collection: Collection) -> None:
    """What the collection was taught, and a form that teaches it more."""
    with st.expander("Teach its own words", icon=":material/school:"):
        st.caption(
            "From the labels that its works have, the app learns to read the same words in works "
            f"without them and in other pictures. A term needs {LEAST_PICTURES} embedded pictures."
        )
        show_taught(collection)
        try:
            columns = _columns(collection, collection.version())
        except ArtExtractError:  # the card says so already
            return
        if not columns:
            st.caption(f"No column of its works has two terms with {LEAST_PICTURES} pictures each.")
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            column = st.selectbox(
                "Column",
                columns,
                key=f"_teach_{collection.name}",
                width=230,
                format_func=work_columns.name_of,
            )
            if st.button(
                "Teach",
                key=f"_teach_it_{collection.name}",
                icon=":material/school:",
                help="Learns from the embeddings; measured on pictures that are held out.",
            ):
                start.start_teaching(collection, column)
                st.rerun()


def show_taught(collection: Collection) -> None:
    """What the collection was taught, a line a column, and how good it is."""
    for file in head_files(collection):
        with layout.errors_as_sentences():
            st.markdown(f"- {work_text.plain(read_head(collection, file.stem).facts.sentence(), '')}")


@st.cache_data(show_spinner=False, hash_funcs={Collection: lambda one: str(one.root)})
def _columns(collection: Collection, version: str) -> list[str]:
    """`version` is in the key because the works may change."""
    return teachable_columns(collection.works())
