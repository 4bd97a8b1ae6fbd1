"""The panels of the Model report: scores, confusion matrix, classes, ablations, dates."""

from typing import Any

import pandas as pd
import streamlit as st

from artextract.collection import Survey
from artextract.ui import address
from artextract.ui.layout import show_chart
from artextract.ui.report import charts, paintings, scores
from artextract.ui.report.confusion import MEASURES, Confusion, confusion_figure
from artextract.ui.report.paintings import PER_CENT, show_paintings

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
N_HELP = "Labelled validation paintings. They were not used in training."


def show_headline(table: pd.DataFrame, attribute: str, matrix: Confusion) -> float:
    """Show the scores; returns the calibration error."""
    headline = scores.headline(table, attribute, matrix)
    with st.container(horizontal=True):
        for name in ("accuracy", "balanced_accuracy", "macro_f1", "ece"):
            label, text = SCORES[name]
            st.metric(label, f"{headline[name]:.1%}", help=text, width="content")
        st.metric("Paintings", f"{headline['n']:,}", help=N_HELP, width="content")
    st.caption(
        f"95% interval of the accuracy: {headline['accuracy_low']:.1%} to {headline['accuracy_high']:.1%}, from a "
        f"bootstrap over {headline['artists']:,} artists. A perfectly calibrated model with these probabilities would "
        f"have an ECE of {headline['ece_by_chance']:.1%} by chance."
    )
    return headline["ece"]


@st.fragment
def show_confusion(table: pd.DataFrame, attribute: str, matrix: Confusion, survey: Survey) -> None:
    """The confusion matrix, and the paintings of its chosen cell."""
    left, right = st.columns([1.25, 1], gap="medium")
    with right:
        st.markdown("#### Paintings in a cell")
        true, predicted = _choose_class("is", "True class", matrix), _choose_class("called", "Predicted class", matrix)
    chosen = (matrix.classes.index(true), matrix.classes.index(predicted)) if true and predicted else None
    with left:
        measure = st.segmented_control(
            "Colour",
            list(MEASURES),
            default="recall",
            required=True,
            key="_measure",
            format_func=lambda name: MEASURES[name][0],
        )
        st.caption(f"{MEASURES[measure][1]} The numbers are counts.")
        figure = confusion_figure(matrix, measure, attribute, chosen)
        show_chart(figure, "_confusion", on_select=lambda: _open_cell(matrix), selection_mode="points")
    with right:
        if not true or not predicted:
            st.caption("Click a cell of the matrix, or choose both classes.")
            return
        rows = paintings.cell(table, attribute, true, predicted)
        if rows.empty:
            st.info("This cell has no paintings.")
            return
        columns = ("title", "probability", "true_probability", "artist", "year", "page")
        show_paintings(rows, attribute, survey, "cell", columns)


def _choose_class(name: str, label: str, matrix: Confusion) -> str | None:
    """The class of one side of a cell; None if none is chosen."""
    return address.choice(
        st.selectbox, label, sorted(matrix.classes), name=name, default=None, index=None, placeholder="Choose a class"
    )


def _open_cell(matrix: Confusion) -> None:
    if points := st.session_state["_confusion"].selection.points:  # a second click on the chosen cell selects nothing
        row, column = points[0]["customdata"]
        address.put(**{"is": matrix.classes[row], "called": matrix.classes[column]})


def show_classes(matrix: Confusion) -> None:
    """Precision, recall and F1 of each class."""
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
    st.dataframe(scores.per_class(matrix), hide_index=True, height=430, column_config=columns)


def show_ablation(title: str, sentence: str, rows: list[dict[str, object]], attribute: str, styles: int) -> None:
    """A table of models side by side; says if they had fewer styles than the current model."""
    table = scores.ablation_table(rows, attribute)
    if table.empty:
        return
    st.markdown(f"#### {title}")
    if (fewer := scores.fewer_styles(rows, styles)) is not None:
        sentence += f" These figures are from an earlier model with {fewer} styles; the current model has {styles}."
    st.caption(sentence)
    number = st.column_config.NumberColumn
    counts = {
        "n": number("Paintings", format="localized"),
        "classes": number("Classes", help="Classes among these paintings. Fewer classes are easier to tell apart."),
    }
    st.dataframe(table, hide_index=True, column_config={"model": "Model"} | _score_columns() | counts)
    legend = [f"**{name}**: {text}" for name, text in scores.ABLATION_ROWS.items() if name in set(table["model"])]
    st.caption("; ".join(legend) + "." if legend else "")


def _score_columns() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {name: number(label, format=PER_CENT, help=text) for name, (label, text) in SCORES.items()}


def show_copies(table: pd.DataFrame, attribute: str) -> None:
    """The scores by the copy of the data set that the paintings come from."""
    rows = scores.by_copy(table, attribute)
    if rows.empty:
        return
    st.markdown("#### By copy of the data set")
    st.caption(
        "The paintings come from several copies of WikiArt, which were scaled and compressed differently. A class "
        "that occurs in several copies should have similar scores in each."
    )
    counts = {
        "paintings": "Paintings",
        "interval": "95% interval",
        "n": st.column_config.NumberColumn("Number", format="localized"),
    }
    st.dataframe(rows, hide_index=True, column_config=_score_columns() | counts)


def show_unknown_styles(rows: list[dict[str, object]]) -> None:
    """How often the model is sure about paintings of styles that it does not know."""
    if not rows:
        return
    st.markdown("#### Unknown styles")
    st.caption(
        "Paintings of styles that the model does not know, so every sure style is wrong. Other unknown styles set how "
        "much a picture may differ from the training paintings."
    )
    table = pd.DataFrame(rows)
    shares = {"sure": "Sure style", "out_of_distribution": "None of the known styles"}
    table[list(shares)] = 100 * table[list(shares)].astype(float)
    number = st.column_config.NumberColumn
    columns = {name: number(label, format=PER_CENT) for name, label in shares.items()}
    st.dataframe(
        table[["style", *columns, "paintings"]],
        hide_index=True,
        column_config={"style": "Unknown style", **columns, "paintings": "Paintings"},
    )


def show_dates(table: pd.DataFrame) -> None:
    """The dates: predicted and true years, and how far they differ."""
    known, figures = scores.dated(table)
    if figures is None:
        return
    st.markdown("#### Dates")
    left, right = st.columns([2, 1], gap="medium")
    with left:
        show_chart(charts.date_figure(known), "_dates")
    with right:
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
            st.metric(label, value, help=text)
