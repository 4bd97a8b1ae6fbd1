"""What the open collection was taught, read in the picture: in the collection's own words."""

import streamlit as st

from artextract.attributes.reading import Answer
from artextract.ui import work_columns, work_text
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.reading import charts
from artextract.ui.reading.answer_panels import heading
from artextract.ui.reading.charts import show_chart
from artextract.ui.server.request_costs import charge

COLUMNS = 3
"""Answers side by side."""


def show_taught(gallery: Gallery, name: str, content: bytes) -> None:
    """The answers of the heads that the gallery's collection was taught; nothing without any."""
    if not gallery.heads:
        return
    st.subheader(f"In the words of {gallery.collection.name}")
    st.caption("Learnt from the labels of its own works (Collections, “Teach its own words”).")
    places = st.columns(COLUMNS)
    for number, (column, answer) in enumerate(_answers(gallery, content, name).items()):
        with places[number % COLUMNS], st.container(border=True):
            facts = next(head.facts for head in gallery.heads if head.facts.column == column)
            heading(work_columns.name_of(column), answer)
            show_chart(charts.label_bars(answer, answer.labels[0].name), f"taught_{column}")
            st.caption(work_text.plain(facts.sentence(), ""))


@st.cache_resource(show_spinner=False, max_entries=20, hash_funcs=BY_GALLERY, scope="session")
def _answers(gallery: Gallery, content: bytes, name: str) -> dict[str, Answer]:
    with charge("vector"):
        vector = gallery.searcher.vector_of(content, name)
    return {head.facts.column: head.answers(vector[None])[0] for head in gallery.heads}
