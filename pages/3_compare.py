"""Compare: two works, the duplicates of a collection, the differences between two sets of works."""

import streamlit as st

from artextract.ui import address, gallery_picker, layout, navigation
from artextract.ui.compare.differences_panels import show_differences
from artextract.ui.compare.duplicates_panel import show_duplicates
from artextract.ui.compare.two_works import (
    begin_with_a_pair,
    comparison_of,
    show_correspondence,
    show_maps,
    show_scores,
    show_work,
)
from artextract.ui.ranking_panel import show_metrics
from artextract.ui.search.work_picker import choose_work

VIEWS = {"two": "Two works", "duplicates": "Duplicates", "differences": "Differences"}

survey = layout.page(navigation.COMPARE)
gallery = gallery_picker.pick_gallery(survey) or st.stop()
heading = st.empty()
view = address.switch("View", VIEWS, name="view", label_visibility="collapsed")
if view == "differences":
    heading.title("Differences")
    with layout.errors_as_sentences():
        show_differences(gallery, survey)
    st.stop()
if view == "duplicates":
    heading.title("Duplicates")
    with layout.errors_as_sentences():
        show_duplicates(gallery)
    st.stop()
heading.title("Compare two works")
begin_with_a_pair(gallery)
columns = st.columns(2, gap="large")
works: list[str] = []
for column, side, name, label in zip(
    columns, ("left", "right"), ("work", "other"), ("First work", "Second work"), strict=True
):
    with column:
        if (work := choose_work(gallery, name, label)) is not None:
            show_work(gallery, work, side, other=works[0] if works else None)
            works.append(work)
if len(works) < 2:
    st.caption("Choose two works, or click Compare on a similar work in Explore.")
    st.stop()
st.caption("Click a picture to look at both closely: side by side with linked zoom, or under a curtain.")
with layout.errors_as_sentences():
    comparison = comparison_of(gallery, *works)
    show_scores(comparison)
    show_correspondence(gallery, *works)
    show_maps(comparison)
    show_metrics()
