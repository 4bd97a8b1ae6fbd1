"""Similar: what a picture of one's own is like, and where it would hang."""

import streamlit as st

from artextract.similarity.filters import NO_FILTERS
from artextract.similarity.metrics.registry import METRICS
from artextract.ui import cached_search, gallery_picker, layout, navigation
from artextract.ui.explore import ways
from artextract.ui.explore.similar import open_in_explore, show_neighbours, show_place, shown
from artextract.ui.layout import PICTURE_FORMATS

survey = layout.page(navigation.SIMILAR)
gallery = gallery_picker.pick_gallery(survey)
if gallery is None:
    st.stop()
with st.sidebar:
    k = int(st.select_slider("Similar works", [6, 10, 20, 50], value=10, key="_k") or 10)
st.title("What is it like?")
st.caption(
    f"Give a picture; see its nearest works in {gallery.collection.name} and where it falls on "
    "the map. The picture is not kept."
)
uploaded = st.file_uploader("A picture", type=PICTURE_FORMATS, key="_upload")
with st.expander("What the numbers mean", expanded=uploaded is None):
    for metric in METRICS.values():
        st.markdown(f"**{metric.label}** — {metric.sentence}")
if uploaded is None:
    st.stop()
with layout.errors_as_sentences():
    content = uploaded.getvalue()
    neighbours = cached_search.neighbours_of_picture(gallery, content, k, uploaded.name)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        st.image(shown(content, uploaded.name), caption=uploaded.name, width="stretch")
    with right:
        show_place(gallery, neighbours, content)
    if (way := ways.choose_way({})) == ways.EMBEDDING:
        show_neighbours(gallery, neighbours)
    else:
        look = ways.look_of_picture(content, uploaded.name)
        ways.show_alike(gallery, way, look, k, NO_FILTERS, key="alike", on_open=open_in_explore)
