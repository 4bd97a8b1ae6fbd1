"""Model report: how far the model that reads paintings can be trusted, and where it errs."""

import pandas as pd
import streamlit as st

from artextract.collection import Survey
from artextract.ui import (
    address,
    frame,
    galleries,
    model_report,
    paintings,
    report_figures,
    report_paintings,
)
from artextract.ui.model_report import Confusion
from artextract.ui.picture_grid import picture_grid

ATTRIBUTES = ("style", "genre", "artist")
PICTURES = 60  # of a cell, shown at most
PLAIN = {"displayModeBar": False}
MISTAKES = 12
OF_A_CELL = ("title", "probability", "right_probability", "artist", "year", "page")
PER_CENT = "%.1f %%"
HELP = {
    "accuracy": "How many of the paintings it answers rightly.",
    "balanced_accuracy": "The mean recall of the classes: each counts alike, however rare it is.",
    "macro_f1": "The mean F1 of the classes; F1 is the harmonic mean of precision and recall.",
    "ece": "Expected calibration error: how far its probabilities are from how often it is right.",
    "n": "Labelled validation paintings, which no training has seen.",
}


def choose_attribute() -> str:
    asked = address.get("attribute")
    attribute = asked if asked in ATTRIBUTES else ATTRIBUTES[0]
    address.mirror("_attribute", attribute)
    st.segmented_control(
        "Attribute", ATTRIBUTES, key="_attribute", required=True, format_func=str.capitalize,
        on_change=lambda: address.put(
            attribute=st.session_state["_attribute"], **{"is": None, "called": None}
        ),
    )  # fmt: skip
    return attribute


def show_headline(table: pd.DataFrame, attribute: str, found: Confusion) -> float:
    """Show the figures; returns the calibration error."""
    figures = model_report.headline(table, attribute, found)
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


@st.fragment
def show_confusion(table: pd.DataFrame, attribute: str, found: Confusion, held: Survey) -> None:
    go_to_work()
    left, right = st.columns([1.25, 1], gap="medium")
    with right:
        st.markdown("#### The paintings of a cell")
        is_row, called = (
            choose_class("is", "Is", found),
            choose_class("called", "Was called", found),
        )
    with left:
        measure = st.segmented_control(
            "Colour", list(report_figures.MEASURES), default="recall", required=True,
            key="_measure", format_func=lambda m: report_figures.MEASURES[m].label,
        )  # fmt: skip
        st.caption(
            f"{report_figures.MEASURES[measure or 'recall'].sentence} The numbers are counts."
        )
        chosen = None if is_row is None or called is None else (is_row, called)
        st.plotly_chart(
            report_figures.confusion_figure(found, measure or "recall", attribute, chosen),
            key="_confusion", on_select=lambda: cell_clicked(found), selection_mode="points",
            config=PLAIN,
        )  # fmt: skip
    with right:
        if chosen is None:
            st.caption("Click a cell of the matrix, or choose both classes.")
            return
        names = [found.classes[place] for place in chosen]
        inside = report_paintings.cell(table, attribute, *names)
        if inside.empty:
            st.info("No painting is in this cell.")
            return
        show_paintings(inside, attribute, held, "cell", OF_A_CELL)


def choose_class(parameter: str, label: str, found: Confusion) -> int | None:
    """One side of a cell: the place of its class, None if none is chosen."""
    asked = address.get(parameter)
    known = asked if asked in found.classes else None
    key = f"_{parameter}"
    address.mirror(key, known)
    st.selectbox(
        label, sorted(found.classes), index=None, key=key, placeholder="Choose a class",
        on_change=lambda: address.put(**{parameter: st.session_state[key]}),
    )  # fmt: skip
    return None if known is None else found.classes.index(known)


def cell_clicked(found: Confusion) -> None:
    points = st.session_state["_confusion"].selection.points
    if points:  # clicking the chosen cell again takes nothing back
        row, column = points[0]["customdata"]
        address.put(**{"is": found.classes[row], "called": found.classes[column]})


def show_paintings(
    rows: pd.DataFrame,
    attribute: str,
    held: Survey,
    key: str,
    columns: tuple[str, ...] | None = None,
) -> None:
    """Paintings as pictures, where a collection has them; the others as a table with `columns`."""
    pictures = paintings.pictures_in(held.collections)
    there = rows["file"].isin(pictures.works if pictures else [])
    st.caption(f"{len(rows):,} paintings, the surest answer first.")
    if pictures and there.any():
        collection = pictures.collection
        picture_grid(
            key=f"_pictures_{key}", column_width=200,
            cards=report_paintings.painting_cards(rows[there][:PICTURES], attribute, pictures),
            on_open=lambda work: open_work(collection, work),
        )  # fmt: skip
        if there.sum() > PICTURES:
            st.caption(f"The first {PICTURES} of {there.sum():,} pictures.")
    if not there.all():
        show_table(report_paintings.painting_table(rows[~there], attribute), columns)


def open_work(collection: str, work: str) -> None:
    st.session_state["_open_work"] = {"collection": collection, "work": work}


def go_to_work() -> None:
    """Go where a pressed card leads. In the fragment too: a press in it reruns nothing else."""
    if work := st.session_state.pop("_open_work", None):
        st.switch_page(frame.EXPLORE.path, query_params=address.carried(**work))


def show_table(rows: pd.DataFrame, columns: tuple[str, ...] | None) -> None:
    st.dataframe(
        rows, hide_index=True, column_order=columns,
        height="content" if len(rows) <= MISTAKES else "auto",
        column_config={
            "title": st.column_config.TextColumn("Title", width=170),
            "artist": "Artist",
            "year": "Year",
            "said": "Was called",
            "probability": st.column_config.NumberColumn(
                "Probability", format=PER_CENT, help="How probable the model held its answer."
            ),
            "right": "Is",
            "right_probability": st.column_config.NumberColumn(
                "Right class", format=PER_CENT, help="How probable it held the right class."
            ),
            "page": st.column_config.LinkColumn("Page", display_text="WikiArt"),
        },
    )  # fmt: skip


def show_classes(found: Confusion) -> None:
    st.markdown("#### Each class")
    share = {
        name: st.column_config.ProgressColumn(
            label, help=text, format="%.0f %%", min_value=0, max_value=100, width=88
        )
        for name, label, text in (
            ("precision", "Precision", "Of those called so, how many are."),
            ("recall", "Recall", "Of those that are, how many were called so."),
            ("f1", "F1", "The harmonic mean of precision and recall."),
        )
    }
    st.dataframe(
        model_report.per_class(found), hide_index=True, height=430,
        column_config={
            "class": st.column_config.TextColumn("Class", width=140),
            "support": st.column_config.NumberColumn(
                "Paintings", help="Its labelled paintings.", width=75
            ),
            **share,
        },
    )  # fmt: skip


def show_ablation(title: str, sentence: str, rows: list[dict[str, object]], attribute: str) -> None:
    table = model_report.ablation_table(rows, attribute)
    if table.empty:
        return
    st.markdown(f"#### {title}")
    st.caption(sentence)
    labels = {
        "accuracy": "Accuracy", "balanced_accuracy": "Balanced accuracy", "macro_f1": "Macro-F1",
        "top5": "Right class among five", "ece": "ECE",
    }  # fmt: skip
    figures = {
        name: st.column_config.NumberColumn(label, format=PER_CENT, help=HELP.get(name))
        for name, label in labels.items()
    }
    counted = st.column_config.NumberColumn("Paintings", format="localized")
    st.dataframe(table, hide_index=True, column_config={"model": "Model", **figures, "n": counted})
    what = model_report.ABLATION_ROWS
    said = [f"**{name}**: {what[name]}" for name in table["model"] if name in what]
    st.caption("; ".join(said) + "." if said else "")


def show_dates(table: pd.DataFrame) -> None:
    known, figures = model_report.dated(table)
    if figures is None:
        return
    st.markdown("#### Dates")
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.plotly_chart(report_figures.date_figure(known), key="_dates", config=PLAIN)
    with right:
        st.metric(
            "Median error", f"{figures.median_abs_error_years:.1f} years",
            help="Half of the predicted medians are nearer to the year in the title than this.",
        )  # fmt: skip
        st.metric(
            "Coverage of the 80 % interval", f"{figures.coverage_80:.1%}",
            help="How many of the years lie inside the predicted interval; 80 % would be right.",
        )  # fmt: skip
        st.metric(
            "Dated paintings", f"{figures.n:,}", help="Validation paintings with a year in a title."
        )


go_to_work()
held = frame.frame(frame.MODEL_REPORT)
st.title("How good is the model?")
with frame.spoken_errors():
    bundle = galleries.bundle()
    table = bundle.validation
    st.caption(
        f"The model {bundle.facts.name} (backbone {bundle.facts.backbone}, pictures of "
        f"{bundle.facts.size} px) on {len(table):,} validation paintings, which no training has "
        "seen."
    )
    attribute = choose_attribute()
    if model_report.labelled(table, attribute).empty:
        st.info(f"No validation painting has a label of {attribute}.")
    else:
        found = model_report.confusion_of(table, attribute)
        ece = show_headline(table, attribute, found)
        show_confusion(table, attribute, found, held)
        left, right = st.columns(2, gap="medium")
        with left:
            show_classes(found)
        with right:
            bars = model_report.reliability_of(table, attribute)
            figure = report_figures.reliability_figure(bars, ece)
            st.plotly_chart(figure, key="_reliability", config=PLAIN)
        st.markdown("#### The surest mistakes")
        mistakes = report_paintings.surest_mistakes(table, attribute, MISTAKES)
        show_paintings(mistakes, attribute, held, "mistakes")
        show_ablation(
            "What each part of the model is worth",
            "On the same validation paintings, all measured in one run.",
            bundle.ablation(), attribute,
        )  # fmt: skip
        show_ablation(
            "On artists it has never seen",
            "Nearly every painter of the validation paintings above is in training too, so that a "
            "style can be told by its painters. Here nobody who painted a validation painting "
            "painted a training one: models of the same making, trained for this.",
            bundle.artist_disjoint(), attribute,
        )  # fmt: skip
    show_dates(table)
