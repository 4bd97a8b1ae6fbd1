"""The report's figures: headline, classes, ablation, dates."""

import pandas as pd
import streamlit as st

from artextract.ui import address
from artextract.ui.layout import NO_TOOL_BAR
from artextract.ui.report import charts, scores
from artextract.ui.report.confusion import Confusion
from artextract.ui.report.paintings_panel import PER_CENT

REPORTS = {"reading": "Reading paintings", "likeness": "Likeness"}
ATTRIBUTES = ("style", "genre", "artist")
HELP = {
    "accuracy": "How many of the paintings it answers rightly.",
    "balanced_accuracy": "The mean recall of the classes: each counts alike, however rare it is.",
    "macro_f1": "The mean F1 of the classes; F1 is the harmonic mean of precision and recall.",
    "ece": "Expected calibration error: how far its probabilities are from how often it is right.",
    "n": "Labelled validation paintings, which no training has seen.",
}


def choose_report() -> str:
    """Whether the report is of reading paintings or of likeness."""
    asked = address.get("report")
    report = asked if asked in REPORTS else next(iter(REPORTS))
    address.mirror("_report", report)
    st.segmented_control(
        "Report",
        list(REPORTS),
        key="_report",
        required=True,
        label_visibility="collapsed",
        format_func=lambda name: REPORTS[name],
        on_change=lambda: address.put(report=st.session_state["_report"]),
    )
    return report


def choose_attribute() -> str:
    """Which attribute the report is of."""
    asked = address.get("attribute")
    attribute = asked if asked in ATTRIBUTES else ATTRIBUTES[0]
    address.mirror("_attribute", attribute)
    st.segmented_control(
        "Attribute",
        ATTRIBUTES,
        key="_attribute",
        required=True,
        format_func=str.capitalize,
        on_change=lambda: address.put(attribute=st.session_state["_attribute"], **{"is": None, "called": None}),
    )
    return attribute


def show_headline(table: pd.DataFrame, attribute: str, confusion: Confusion) -> float:
    """Show the figures; returns the calibration error."""
    figures = scores.headline(table, attribute, confusion)
    with st.container(horizontal=True):
        for name, label, value in (
            ("accuracy", "Accuracy", f"{figures.accuracy:.1%}"),
            ("balanced_accuracy", "Balanced accuracy", f"{figures.balanced_accuracy:.1%}"),
            ("macro_f1", "Macro-F1", f"{figures.macro_f1:.1%}"),
            ("ece", "ECE", f"{figures.ece:.1%}"),
            ("n", "Paintings", f"{figures.n:,}"),
        ):
            st.metric(label, value, help=HELP[name], width="content")
    return figures.ece


def show_classes(confusion: Confusion) -> None:
    """Precision, recall and F1 of each class."""
    st.markdown("#### Each class")
    share = {
        name: st.column_config.ProgressColumn(label, help=text, format="%.0f %%", min_value=0, max_value=100, width=88)
        for name, label, text in (
            ("precision", "Precision", "Of those called so, how many are."),
            ("recall", "Recall", "Of those that are, how many were called so."),
            ("f1", "F1", "The harmonic mean of precision and recall."),
        )
    }
    st.dataframe(
        scores.per_class(confusion),
        hide_index=True,
        height=430,
        column_config={
            "class": st.column_config.TextColumn("Class", width=140),
            "support": st.column_config.NumberColumn("Paintings", help="Its labelled paintings.", width=75),
            **share,
        },
    )


def show_ablation(title: str, sentence: str, rows: list[dict[str, object]], attribute: str, styles: int) -> None:
    """A table of models beside each other; says if they knew fewer styles than the model."""
    table = scores.ablation_table(rows, attribute)
    if table.empty:
        return
    st.markdown(f"#### {title}")
    if (fewer := scores.of_fewer_styles(rows, styles)) is not None:
        sentence += f" Measured for a model before this one: it knew {fewer} styles, this one {styles}."
    st.caption(sentence)
    labels = {
        "accuracy": "Accuracy",
        "balanced_accuracy": "Balanced accuracy",
        "macro_f1": "Macro-F1",
        "top5": "Right class among five",
        "ece": "ECE",
    }
    figures = {
        name: st.column_config.NumberColumn(label, format=PER_CENT, help=HELP.get(name))
        for name, label in labels.items()
    }
    counts = {
        "n": st.column_config.NumberColumn("Paintings", format="localized"),
        "classes": st.column_config.NumberColumn(
            "Classes", help="That the paintings belong to: fewer are easier to tell apart."
        ),
    }
    st.dataframe(table, hide_index=True, column_config={"model": "Model", **figures, **counts})
    what = scores.ABLATION_ROWS
    legend = [f"**{name}**: {what[name]}" for name in table["model"] if name in what]
    st.caption("; ".join(legend) + "." if legend else "")


def show_copies(table: pd.DataFrame, attribute: str) -> None:
    """The figures by the copy of the data set that the paintings come from."""
    rows = scores.by_copy(table, attribute)
    if rows.empty:
        return
    st.markdown("#### By source")
    st.caption(
        "The paintings come from several copies of WikiArt, whose pictures were scaled and "
        "compressed differently. A class that stands in both should be known alike in both."
    )
    figures = {
        name: st.column_config.NumberColumn(label, format=PER_CENT, help=HELP[name])
        for name, label in (
            ("accuracy", "Accuracy"),
            ("balanced_accuracy", "Balanced accuracy"),
            ("ece", "ECE"),
        )
    }
    counted = st.column_config.NumberColumn("Number", format="localized")
    st.dataframe(rows, hide_index=True, column_config={"paintings": "Paintings", "n": counted, **figures})


def show_left_out(rows: list[dict[str, object]]) -> None:
    """How surely models without a style name its paintings."""
    if not rows:
        return
    st.markdown("#### Styles that it has never seen")
    st.caption(
        "Each style in turn was taken from what is known: on the features of the tuned network, "
        "which has seen it, a linear head of the others was asked about its paintings. A sure "
        "answer is then always wrong."
    )
    table = pd.DataFrame(rows)
    shares = ["unknown_sure", "unknown_sure_by_probability", "known_sure", "known_right"]
    table[shares] = 100 * table[shares].astype(float)
    labels = {
        "unknown_sure": ("Sure of it", "Share of its paintings that get a sure style."),
        "unknown_sure_by_probability": (
            "By probability alone",
            "The same if only the probability of the answer counted.",
        ),
        "known_sure": ("Sure of known styles", "Share of the other paintings."),
        "known_right": ("Right when sure", "Of those sure answers, how many are right."),
    }
    figures = {
        name: st.column_config.NumberColumn(label, format=PER_CENT, help=text) for name, (label, text) in labels.items()
    }
    auroc = st.column_config.NumberColumn(
        "AUROC",
        format="%.3f",
        help="How often a painting of a known style is more known to it than one of this style.",
    )
    st.dataframe(
        table[["style", *shares, "auroc", "n_unknown"]],
        hide_index=True,
        column_config={"style": "Left out", **figures, "auroc": auroc, "n_unknown": "Paintings"},
    )


def show_dates(table: pd.DataFrame) -> None:
    """The dates: predicted against right, and how far off."""
    known, figures = scores.dated(table)
    if figures is None:
        return
    st.markdown("#### Dates")
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.plotly_chart(charts.date_figure(known), key="_dates", config=NO_TOOL_BAR)
    with right:
        st.metric(
            "Median error",
            f"{figures.median_abs_error_years:.1f} years",
            help="Half of the predicted medians are nearer to the year in the title than this.",
        )
        st.metric(
            "Coverage of the 80 % interval",
            f"{figures.coverage_80:.1%}",
            help="How many of the years lie inside the predicted interval; 80 % would be right.",
        )
        st.metric("Dated paintings", f"{figures.n:,}", help="Validation paintings with a year in a title.")
