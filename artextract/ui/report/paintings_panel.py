"""Paintings of the report as pictures and as tables."""

import pandas as pd
import streamlit as st

from artextract.collection import Survey
from artextract.ui import model_paintings, navigation
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.report import paintings

PICTURES = 60
"""Of a cell, shown at the most."""
MISTAKES = 12
"""The surest ones, shown."""
PER_CENT = "%.1f %%"


def show_paintings(
    rows: pd.DataFrame,
    attribute: str,
    survey: Survey,
    key: str,
    columns: tuple[str, ...] | None = None,
) -> None:
    """Paintings as pictures, where a collection has them; the others as a table with `columns`."""
    pictures = model_paintings.pictures_in(survey.collections)
    has_picture = rows["file"].isin(pictures.works if pictures else [])
    st.caption(f"{len(rows):,} paintings, the surest answer first.")
    if pictures and has_picture.any():
        collection = pictures.collection
        picture_grid(
            key=f"_pictures_{key}",
            column_width=200,
            cards=paintings.painting_cards(rows[has_picture][:PICTURES], attribute, pictures),
            on_open=lambda work: navigation.switch_to(navigation.EXPLORE, collection=collection, work=work),
        )
        if has_picture.sum() > PICTURES:
            st.caption(f"The first {PICTURES} of {has_picture.sum():,} pictures.")
    if not has_picture.all():
        _show_table(paintings.painting_table(rows[~has_picture], attribute), columns)


def _show_table(rows: pd.DataFrame, columns: tuple[str, ...] | None) -> None:
    st.dataframe(
        rows,
        hide_index=True,
        column_order=columns,
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
    )
