"""The custom labels of the open collection, predicted for the picture."""

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


def show_custom_labels(gallery: Gallery, name: str, content: bytes) -> None:
    """One panel for each custom label of the gallery's collection; nothing if it has none."""
    if not gallery.heads:
        return
    st.subheader(f"Custom labels of {gallery.collection.name}")
    st.caption(
        "Predicted by a classifier that was fitted to this collection’s own labels (see Collections, “Custom labels”)."
    )
    places = st.columns(COLUMNS)
    for number, (column, answer) in enumerate(_answers(gallery, content, name).items()):
        with places[number % COLUMNS], st.container(border=True):
            facts = next(head.facts for head in gallery.heads if head.facts.column == column)
            heading(work_columns.name_of(column), answer)
            show_chart(charts.label_bars(answer, answer.labels[0].name), f"custom_label_{column}")
            st.caption(work_text.plain(facts.sentence(), ""))


@st.cache_resource(show_spinner=False, max_entries=20, hash_funcs=BY_GALLERY, scope="session")
def _answers(gallery: Gallery, content: bytes, name: str) -> dict[str, Answer]:
    with charge("vector"):
        vector = gallery.searcher.vector_of(content, name)
    return {head.facts.column: head.answers(vector[None])[0] for head in gallery.heads}
