"""Similar: search by a picture, a work or words."""

import streamlit as st

from artextract.similarity.filters import NO_FILTERS
from artextract.ui import gallery_picker, layout, navigation
from artextract.ui.ranking_panel import (
    choose_count,
    choose_criterion,
    picture_ranking,
    show_metrics,
    show_ranking,
    work_ranking,
)
from artextract.ui.similar.panels import as_jpeg, show_place
from artextract.ui.similar.query import enter_query
from artextract.ui.similar.word_search_panel import show_text_matches

gallery = gallery_picker.pick_gallery(layout.page(navigation.SIMILAR)) or st.stop()
k = choose_count()
st.title("Similar works")
st.caption(
    f"Search {gallery.collection.name} with a picture, with words, or with both. Uploaded pictures are not stored."
)
query = enter_query(gallery)
if not query.words:
    show_metrics(expanded=not query.has_picture)
with layout.errors_as_sentences():
    if query.words:
        show_text_matches(gallery, query, k)
    elif query.has_picture:
        row = None if query.uploaded else gallery.find(query.work or "")
        ranking = picture_ranking(gallery, query.picture, query.name) if row is None else work_ranking(gallery, row)
        nearest = [] if ranking is None else ranking.nearest(k, NO_FILTERS)
        left, right = st.columns([1, 2], gap="medium")
        with left:
            picture, remark = as_jpeg(query.picture, query.name)
            layout.show_remark(remark)
            if row is None:
                st.image(picture, caption=query.name, width="stretch", alt=f"The picture {query.name}")
            else:
                layout.show_picture(gallery, row)
        with right:
            show_place(gallery, [work.row for work in nearest], query.picture)
        choose_criterion()
        show_ranking(
            gallery,
            ranking,
            k,
            NO_FILTERS,
            key="similar",
            on_open=navigation.open_in_explore,
            sortable=True,
            query_row=row,
        )
