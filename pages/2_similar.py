"""Similar: what a picture or words are like, and where a picture of one's own would hang."""

import streamlit as st

from artextract.similarity.filters import NO_FILTERS
from artextract.similarity.metrics.registry import METRICS
from artextract.ui import cached_search, gallery_picker, layout, navigation
from artextract.ui.explore import ways
from artextract.ui.neighbour_count import choose_count
from artextract.ui.similar.panels import open_in_explore, show_neighbours, show_place, shown
from artextract.ui.similar.query import ask
from artextract.ui.similar.word_search_panel import show_found

survey = layout.page(navigation.SIMILAR)
gallery = gallery_picker.pick_gallery(survey)
if gallery is None:
    st.stop()
k = choose_count()
st.title("What is it like?")
st.caption(
    f"Give a picture, words, or both; see the nearest works in {gallery.collection.name}. The picture is not kept."
)
query = ask(gallery)
if not query.words:
    with st.expander("What the numbers mean", expanded=not query.has_picture):
        for metric in METRICS.values():
            st.markdown(f"**{metric.label}** — {metric.sentence}")
with layout.errors_as_sentences():
    if query.words:
        show_found(gallery, query, k)
    elif query.has_picture:
        neighbours = (
            cached_search.neighbours_of_picture(gallery, query.picture, k, query.name)
            if query.uploaded is not None
            else cached_search.neighbours_of(gallery, str(query.work), k, NO_FILTERS)
        )
        left, right = st.columns([1, 2], gap="medium")
        with left:
            picture = shown(query.picture, query.name)
            alt = f"The picture {query.name}"
            st.image(picture, caption=query.name, width="stretch", alt=alt)
        with right:
            show_place(gallery, neighbours, query.picture)
        if (way := ways.choose_way()) == ways.EMBEDDING:
            show_neighbours(gallery, neighbours)
        else:
            look = ways.look_of_picture(query.picture, query.name)
            ways.show_alike(gallery, way, look, k, NO_FILTERS, key="alike", on_open=open_in_explore)
