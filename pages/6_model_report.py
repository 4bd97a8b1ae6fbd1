"""Model report: how good the predictions and the similar works are."""

import streamlit as st

from artextract.ui import address, gallery_picker, layout, navigation
from artextract.ui.report.predictions_panel import show_predictions_report
from artextract.ui.report.similarity_panel import show_similarity_report

REPORTS = {"reading": "Predictions", "similarity": "Similar works"}

survey = layout.page(navigation.MODEL_REPORT)
heading = st.empty()
if address.switch("Report", REPORTS, name="report", label_visibility="collapsed") == "similarity":
    heading.title("How good are the similar works?")
    collection = gallery_picker.choose_collection(survey)
    with layout.errors_as_sentences():
        if collection is None:
            st.info("No collection to evaluate yet.")
        else:
            show_similarity_report(collection)
else:
    heading.title("How good are the predictions?")
    with layout.errors_as_sentences():
        show_predictions_report(survey)
