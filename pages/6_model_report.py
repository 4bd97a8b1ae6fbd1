"""Model report: how good the predictions and the similar works are."""

import streamlit as st

from artextract.attributes.labels import LABELLED
from artextract.collection import Survey
from artextract.ui import address, galleries, gallery_picker, layout, navigation
from artextract.ui.report import charts, confusion, paintings, panels, scores
from artextract.ui.report.similarity_panel import show_similarity_report

REPORTS = {"reading": "Predictions", "similarity": "Similar works"}


def show_predictions(survey: Survey) -> None:
    bundle = galleries.bundle()
    table, facts = bundle.validation, bundle.facts
    st.caption(
        f"Model {facts.name} (backbone {facts.backbone}, {facts.size} px), evaluated on {len(table):,} validation "
        "paintings that were not used in training."
    )
    names = {attribute: attribute.capitalize() for attribute in LABELLED}
    attribute = address.switch("Attribute", names, name="attribute", clears=("is", "called"))
    if confusion.labelled(table, attribute).empty:
        st.info(f"No validation painting has a label of {attribute}.")
    else:
        matrix = confusion.confusion_of(table, attribute)
        ece = panels.show_headline(table, attribute, matrix)
        panels.show_confusion(table, attribute, matrix, survey)
        left, right = st.columns(2, gap="medium")
        with left:
            panels.show_classes(matrix)
        with right:
            figure = charts.reliability_figure(scores.reliability_of(table, attribute), ece)
            layout.show_chart(figure, "_reliability")
        panels.show_copies(table, attribute)
        st.markdown("#### Most confident mistakes")
        mistakes = paintings.confident_mistakes(table, attribute, paintings.MISTAKES)
        paintings.show_paintings(mistakes, attribute, survey, "mistakes")
        panels.show_ablation(
            "Ablation: what each part of the model contributes",
            "All models were evaluated on the same validation paintings.",
            bundle.measured("ablation"),
            attribute,
            len(facts.classes.style),
        )
        panels.show_ablation(
            "Unseen artists",
            "Most artists of the validation paintings above also occur in training, so a model can recognise a style "
            "by its artists. Here no artist occurs in both sets; all models were trained the same way for this test.",
            bundle.measured("artist_disjoint"),
            attribute,
            len(facts.classes.style),
        )
        if attribute == "style":
            panels.show_unknown_styles(bundle.measured("unknown_styles"))
    panels.show_dates(table)


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
        show_predictions(survey)
