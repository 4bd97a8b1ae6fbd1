"""Similar: search by a picture, a work or words."""

import streamlit as st

from artextract.ui import address, gallery_picker, layout, navigation
from artextract.ui.filter_panel import show_filters
from artextract.ui.ranking_panel import choose_count
from artextract.ui.search.box import search_box
from artextract.ui.search.examples import ROWS, show_examples
from artextract.ui.search.query import Query, box_of, choose_weight
from artextract.ui.search.results import say_if_in_collection, show_results
from artextract.ui.search.work_picker import choose_work
from artextract.ui.similar.kinds_panel import choose_kind, show_kinds
from artextract.ui.similar.panels import show_kind, show_place, show_query

gallery = gallery_picker.pick_gallery(layout.page(navigation.SIMILAR)) or st.stop()
with st.sidebar:
    k = choose_count()
st.title("Similar works")
st.caption("Search with a picture, with words, or with both. Your pictures are not stored.")
words, uploaded = search_box()
with st.expander("Or choose a work of this collection", expanded=False):
    work = choose_work(gallery, "work", "Work")
query = Query(gallery, uploaded, words, show_filters(gallery), work, box_of(address.get("box")))
with layout.errors_as_sentences():
    if query.words:
        show_results(
            query,
            k,
            key="text_matches",
            on_open=navigation.open_in_explore,
            weight=choose_weight() if query.has_picture else 1.0,
            column_width=190,
        )
    elif query.has_picture:
        if query.uploaded is not None:
            say_if_in_collection(gallery, query.whole)
        left, right = st.columns([1, 5], gap="medium")
        with left, st.container(key="query"):
            show_query(query)
        with right:
            kind = choose_kind()
            if kind == "all":
                show_kinds(query, k)
            else:
                show_kind(query, k)
        with st.expander("On the map", icon=":material/map:"):
            show_place(query)
    else:
        show_examples(
            gallery,
            "Choose a picture: you see works with a similar subject, brushwork, colours, composition or text. "
            "Or search with words.",
            ROWS,
            lambda work: address.put(work=work),
        )
