"""Model report: how far what the program says can be trusted, and where it errs."""

import streamlit as st

from artextract.collection import Survey
from artextract.ui import galleries, gallery_picker, layout, navigation
from artextract.ui.layout import NO_TOOL_BAR
from artextract.ui.report import charts, confusion, paintings, scores
from artextract.ui.report.confusion_panel import show_confusion
from artextract.ui.report.likeness_panel import show_likeness
from artextract.ui.report.paintings_panel import MISTAKES, show_paintings
from artextract.ui.report.panels import (
    choose_attribute,
    choose_report,
    show_ablation,
    show_classes,
    show_copies,
    show_dates,
    show_headline,
    show_left_out,
)


def report_of_reading(survey: Survey) -> None:
    bundle = galleries.bundle()
    table = bundle.validation
    st.caption(
        f"The model {bundle.facts.name} (backbone {bundle.facts.backbone}, pictures of "
        f"{bundle.facts.size} px) on {len(table):,} validation paintings, which no training has "
        "seen."
    )
    attribute = choose_attribute()
    if confusion.labelled(table, attribute).empty:
        st.info(f"No validation painting has a label of {attribute}.")
    else:
        matrix = confusion.confusion_of(table, attribute)
        ece = show_headline(table, attribute, matrix)
        show_confusion(table, attribute, matrix, survey)
        left, right = st.columns(2, gap="medium")
        with left:
            show_classes(matrix)
        with right:
            bars = scores.reliability_of(table, attribute)
            figure = charts.reliability_figure(bars, ece)
            st.plotly_chart(figure, key="_reliability", config=NO_TOOL_BAR)
        show_copies(table, attribute)
        st.markdown("#### The surest mistakes")
        mistakes = paintings.surest_mistakes(table, attribute, MISTAKES)
        show_paintings(mistakes, attribute, survey, "mistakes")
        show_ablation(
            "What each part of the model is worth",
            "All measured in one run, on the same validation paintings of the classes counted.",
            bundle.measured("ablation"),
            attribute,
            len(bundle.facts.classes.style),
        )
        show_ablation(
            "On artists it has never seen",
            "Nearly every painter of the validation paintings above is in training too, so that a "
            "style can be told by its painters. Here nobody who painted a validation painting "
            "painted a training one: models of the same making, trained for this.",
            bundle.measured("artist_disjoint"),
            attribute,
            len(bundle.facts.classes.style),
        )
        if attribute == "style":
            show_left_out(bundle.measured("left_out"))
    show_dates(table)


survey = layout.page(navigation.MODEL_REPORT)
heading = st.empty()
if choose_report() == "likeness":
    heading.title("How good are the neighbours?")
    collection = gallery_picker.choose_collection(survey)
    with layout.errors_as_sentences():
        if collection is None:
            st.info("There is no collection whose neighbours could be measured.")
        else:
            show_likeness(collection)
else:
    heading.title("How good is the model?")
    with layout.errors_as_sentences():
        report_of_reading(survey)
