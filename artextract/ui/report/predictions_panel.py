"""The report on the predictions: scores, confusion matrix, classes, calibration, mistakes, ablations, dates."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from artextract.attributes.evaluation.metrics import reliability, score_dates
from artextract.attributes.labels import LABELLED
from artextract.collection import Survey
from artextract.ui import address, galleries
from artextract.ui.layout import show_chart
from artextract.ui.report import charts, paintings, scores
from artextract.ui.report.paintings import PER_CENT

SCORES = {
    "accuracy": ("Accuracy", "Share of the paintings that are classified correctly."),
    "accuracy_low": ("From", "Lower end of the 95% interval of the accuracy, by artist."),
    "accuracy_high": ("To", "Upper end of the 95% interval of the accuracy, by artist."),
    "balanced_accuracy": ("Balanced accuracy", "Mean recall of the classes: rare and common classes count equally."),
    "macro_f1": ("Macro-F1", "Mean F1 of the classes. F1 is the harmonic mean of precision and recall."),
    "top5": ("Top-5 accuracy", "Share of the paintings whose class is among the five most probable."),
    "ece": ("ECE", "Expected calibration error: mean gap between predicted probability and accuracy."),
    "ece_by_chance": ("ECE by chance", "ECE of a perfectly calibrated model with the same probabilities."),
}
ABLATIONS = {
    "ablation": (
        "Ablation: what each part of the model contributes",
        "All models were evaluated on the same validation paintings.",
    ),
    "artist_disjoint": (
        "Unseen artists",
        "Most artists of the validation paintings above also occur in training, so a model can recognise a style "
        "by its artists. Here no artist occurs in both sets; all models were trained the same way for this test.",
    ),
}


def show_predictions_report(survey: Survey) -> None:
    """The report on the shipped model, by attribute; ArtExtractError if it is missing or damaged."""
    bundle = galleries.bundle()
    table, facts = bundle.validation, bundle.facts
    st.caption(
        f"Model {facts.name} (backbone {facts.backbone}, {facts.size} px), evaluated on {len(table):,} validation "
        "paintings that were not used in training."
    )
    names = {attribute: attribute.capitalize() for attribute in LABELLED}
    attribute = address.switch("Attribute", names, name="attribute", clears=("is", "called"))
    if scores.labelled(table, attribute).empty:
        st.info(f"No validation painting has a label of {attribute}.")
    else:
        ece = _show_headline(table, attribute)
        _show_confusion(table, attribute, survey)
        left, right = st.columns(2, gap="medium")
        with left:
            _show_classes(table, attribute)
        with right:
            bars = reliability(*scores.confidence_and_right(table, attribute))
            show_chart(charts.reliability_figure(bars, ece), "_reliability")
        st.markdown("#### Most confident mistakes")
        mistakes = paintings.confident_mistakes(table, attribute, paintings.MISTAKES)
        paintings.show_paintings(mistakes, attribute, survey, "mistakes", None)
        for name in ABLATIONS:
            _show_ablation(name, bundle.measured(name), attribute, len(facts.classes.style))
        if attribute == "style":
            _show_unknown_styles(bundle.measured("unknown_styles"))
    _show_dates(table)


def _show_headline(table: pd.DataFrame, attribute: str) -> float:
    """Show the scores; returns the calibration error."""
    headline = scores.headline(table, attribute)
    with st.container(horizontal=True):
        for name in ("accuracy", "balanced_accuracy", "macro_f1", "ece"):
            label, text = SCORES[name]
            st.metric(label, f"{headline[name]:.1%}", help=text, width="content")
        text = "Labelled validation paintings. They were not used in training."
        st.metric("Paintings", f"{headline['n']:,}", help=text, width="content")
    st.caption(
        f"95% interval of the accuracy: {headline['accuracy_low']:.1%} to {headline['accuracy_high']:.1%}, from a "
        f"bootstrap over {headline['artists']:,} artists. A perfectly calibrated model with these probabilities would "
        f"have an ECE of {headline['ece_by_chance']:.1%} by chance."
    )
    return headline["ece"]


@st.fragment
def _show_confusion(table: pd.DataFrame, attribute: str, survey: Survey) -> None:
    """The confusion matrix, and the paintings of its chosen cell."""
    matrix = scores.confusion_of(table, attribute)
    classes = sorted(map(str, matrix))
    left, right = st.columns([1.25, 1], gap="medium")
    with right:
        st.markdown("#### Paintings in a cell")
        true, predicted = (
            address.choice(
                st.selectbox, label, classes, name=name, default=None, index=None, placeholder="Choose a class"
            )
            for name, label in (("is", "True class"), ("called", "Predicted class"))
        )
    chosen = (true, predicted) if true and predicted else None
    with left:
        measure = st.segmented_control(
            "Colour",
            list(charts.MEASURES),
            default="recall",
            required=True,
            key="_measure",
            format_func=lambda name: charts.MEASURES[name][0],
        )
        st.caption(f"{charts.MEASURES[measure][1]} The numbers are counts.")
        figure = charts.confusion_figure(matrix, measure, attribute, chosen)
        show_chart(figure, "_confusion", on_select=_open_cell, selection_mode="points")
    with right:
        if chosen is None:
            st.caption("Click a cell of the matrix, or choose both classes.")
            return
        rows = paintings.cell(table, attribute, *chosen)
        if rows.empty:
            st.info("This cell has no paintings.")
            return
        columns = ["title", "probability", "true_probability", "artist", "year", "page"]
        paintings.show_paintings(rows, attribute, survey, "cell", columns)


def _open_cell() -> None:
    if points := st.session_state["_confusion"].selection.points:  # a second click on the chosen cell selects nothing
        true, predicted = points[0]["customdata"]
        address.put(**{"is": true, "called": predicted})


def _show_classes(table: pd.DataFrame, attribute: str) -> None:
    st.markdown("#### Classes")
    columns = {
        name: st.column_config.ProgressColumn(label, help=text, format="%.0f %%", min_value=0, max_value=100, width=88)
        for name, label, text in (
            ("precision", "Precision", "Share of the paintings predicted as this class that belong to it."),
            ("recall", "Recall", "Share of the paintings of this class that are predicted as it."),
            ("f1", "F1", "The harmonic mean of precision and recall."),
        )
    }
    columns["class"] = st.column_config.TextColumn("Class", width=140)
    columns["support"] = st.column_config.NumberColumn("Paintings", help="Labelled with this class.", width=75)
    order = ["class", "support", "precision", "recall", "f1"]
    rows = scores.per_class(table, attribute)
    st.dataframe(rows, hide_index=True, height=430, column_config=columns, column_order=order)


def _show_ablation(name: str, rows: list[dict[str, object]], attribute: str, styles: int) -> None:
    """A table of models side by side; says if they had fewer styles than the current model, which has `styles`."""
    if not (own := [row for row in rows if row["attribute"] == attribute]):
        return
    title, sentence = ABLATIONS[name]
    st.markdown(f"#### {title}")
    most = max((int(str(row["classes"])) for row in rows if row["attribute"] == "style"), default=styles)
    if most < styles:
        sentence += f" These figures are from an earlier model with {most} styles; the current model has {styles}."
    st.caption(sentence)
    table = pd.DataFrame(own, columns=["model", *SCORES, "n", "classes"]).dropna(axis="columns", how="all")
    known = table.columns.intersection(list(SCORES))
    table[known] = 100 * table[known].astype(float)
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {
        "model": "Model",
        "n": number("Paintings", format="localized"),
        "classes": number("Classes", help="Classes among these paintings. Fewer classes are easier to tell apart."),
    }
    columns |= {name: number(label, format=PER_CENT, help=text) for name, (label, text) in SCORES.items()}
    st.dataframe(table, hide_index=True, column_config=columns)


def _show_unknown_styles(rows: list[dict[str, object]]) -> None:
    """How often the model is sure about paintings of styles that it does not know."""
    if not rows:
        return
    st.markdown("#### Unknown styles")
    st.caption(
        "Paintings of styles that the model does not know, so every sure style is wrong. Other unknown styles set how "
        "much a picture may differ from the training paintings."
    )
    table, number = pd.DataFrame(rows), st.column_config.NumberColumn
    shares = {"sure": "Sure style", "out_of_distribution": "None of the known styles"}
    table[list(shares)] = 100 * table[list(shares)].astype(float)
    columns: dict[str, Any] = {"style": "Unknown style", "paintings": "Paintings"}
    columns |= {name: number(label, format=PER_CENT) for name, label in shares.items()}
    order = ["style", *shares, "paintings"]
    st.dataframe(table, hide_index=True, column_config=columns, column_order=order)


def _show_dates(table: pd.DataFrame) -> None:
    """How far the predicted years differ from those in the titles."""
    quantiles = table[["date_low", "date_median", "date_high"]].to_numpy(float)
    if (figures := score_dates(quantiles, table["year"].to_numpy(float, na_value=np.nan))) is None:
        return
    st.markdown("#### Dates")
    with st.container(horizontal=True):
        for label, value, text in (
            (
                "Median error",
                f"{figures.median_abs_error_years:.1f} years",
                "Half of the predicted years are closer than this to the year in the title.",
            ),
            (
                "Coverage of the 80% interval",
                f"{figures.coverage_80:.1%}",
                "Share of the years inside the predicted interval; 80% is ideal.",
            ),
            ("Dated paintings", f"{figures.n:,}", "Validation paintings with a year in the title."),
        ):
            st.metric(label, value, help=text, width="content")
