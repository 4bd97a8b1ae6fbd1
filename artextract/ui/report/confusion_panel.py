"""The confusion matrix, and the paintings of the chosen cell."""

import pandas as pd
import streamlit as st

from artextract.collection import Survey
from artextract.ui import address
from artextract.ui.layout import NO_TOOL_BAR
from artextract.ui.navigation import perform_switch
from artextract.ui.report import confusion_chart, paintings
from artextract.ui.report.confusion import Confusion
from artextract.ui.report.paintings_panel import show_paintings

OF_A_CELL = ("title", "probability", "right_probability", "artist", "year", "page")


@st.fragment
def show_confusion(table: pd.DataFrame, attribute: str, confusion: Confusion, survey: Survey) -> None:
    """The matrix beside the paintings of its chosen cell."""
    perform_switch()
    left, right = st.columns([1.25, 1], gap="medium")
    with right:
        st.markdown("#### The paintings of a cell")
        is_row, called = (
            _choose_class("is", "Is", confusion),
            _choose_class("called", "Was called", confusion),
        )
    with left:
        measure = st.segmented_control(
            "Colour",
            list(confusion_chart.MEASURES),
            default="recall",
            required=True,
            key="_measure",
            format_func=lambda m: confusion_chart.MEASURES[m].label,
        )
        st.caption(f"{confusion_chart.MEASURES[measure or 'recall'].sentence} The numbers are counts.")
        chosen = None if is_row is None or called is None else (is_row, called)
        st.plotly_chart(
            confusion_chart.confusion_figure(confusion, measure or "recall", attribute, chosen),
            key="_confusion",
            on_select=lambda: _cell_clicked(confusion),
            selection_mode="points",
            config=NO_TOOL_BAR,
        )
    with right:
        if chosen is None:
            st.caption("Click a cell of the matrix, or choose both classes.")
            return
        names = [confusion.classes[place] for place in chosen]
        inside = paintings.cell(table, attribute, *names)
        if inside.empty:
            st.info("No painting is in this cell.")
            return
        show_paintings(inside, attribute, survey, "cell", OF_A_CELL)


def _choose_class(parameter: str, label: str, confusion: Confusion) -> int | None:
    """One side of a cell: the place of its class, None if none is chosen."""
    asked = address.get(parameter)
    known = asked if asked in confusion.classes else None
    key = f"_{parameter}"
    address.mirror(key, known)
    st.selectbox(
        label,
        sorted(confusion.classes),
        index=None,
        key=key,
        placeholder="Choose a class",
        on_change=lambda: address.put(**{parameter: st.session_state[key]}),
    )
    return None if known is None else confusion.classes.index(known)


def _cell_clicked(confusion: Confusion) -> None:
    points = st.session_state["_confusion"].selection.points
    if points:  # clicking the chosen cell again takes nothing back
        row, column = points[0]["customdata"]
        address.put(**{"is": confusion.classes[row], "called": confusion.classes[column]})
