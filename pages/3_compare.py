"""Compare: two works, the pairs of a collection that show the same, what sets two sides apart."""

import streamlit as st

from artextract.similarity.metrics.registry import METRICS
from artextract.ui import gallery_picker, layout, navigation
from artextract.ui.compare.correspondence_panel import show_correspondence
from artextract.ui.compare.differences_panels import show_differences
from artextract.ui.compare.duplicates_panel import choose_view, show_copies
from artextract.ui.compare.two_works import (
    comparison_of,
    show_maps,
    show_scores,
    show_work,
)
from artextract.ui.work_picker import choose_work

survey = layout.page(navigation.COMPARE)
gallery = gallery_picker.pick_gallery(survey)
if gallery is None:
    st.stop()
heading = st.empty()
view = choose_view()
if view == "differences":
    heading.title("Differences")
    with layout.errors_as_sentences():
        show_differences(gallery, survey)
    st.stop()
if view == "copies":
    heading.title("Copies in the collection")
    with layout.errors_as_sentences():
        show_copies(gallery)
    st.stop()
heading.title("Compare two works")
left, right = st.columns(2, gap="large")
with left:
    one = choose_work(gallery, "work", "First work")
with right:
    other = choose_work(gallery, "other", "Second work")
if one is None or other is None:
    st.caption("Choose two works; or press Compare on a neighbour in Explore.")
    st.stop()
with left:
    show_work(gallery, one, "left")
with right:
    show_work(gallery, other, "right")
with layout.errors_as_sentences():
    comparison = comparison_of(gallery, one, other)
    show_scores(comparison)
    show_correspondence(gallery, one, other)
    show_maps(comparison)
    with st.expander("What the numbers mean"):
        for metric in METRICS.values():
            st.markdown(f"**{metric.label}** — {metric.sentence}")
