"""Similar: what a picture or words are like, and where a picture of one's own would hang."""

import streamlit as st

from artextract.similarity.filters import NO_FILTERS
from artextract.similarity.metrics.registry import METRICS
from artextract.ui import gallery_picker, layout, navigation
from artextract.ui.ranking_panel import choose_count, choose_criterion, picture_ranking, show_ranking, work_ranking
from artextract.ui.similar.panels import open_in_explore, show_place, shown
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
        ranking = (
            picture_ranking(gallery, query.picture, query.name)
            if query.work is None or query.uploaded is not None
            else work_ranking(gallery, gallery.searcher.row_of(query.work))
        )
        nearest = [] if ranking is None else ranking.nearest(k, NO_FILTERS)
        left, right = st.columns([1, 2], gap="medium")
        with left:
            picture = shown(query.picture, query.name)
            st.image(picture, caption=query.name, width="stretch", alt=f"The picture {query.name}")
        with right:
            show_place(gallery, [work.row for work in nearest], query.picture)
        choose_criterion()
        show_ranking(gallery, ranking, k, NO_FILTERS, key="similar", on_open=open_in_explore, sortable=True)
