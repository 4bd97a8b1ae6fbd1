"""Paintings of the Model report, as pictures and as tables: those of a cell of the matrix, and the mistakes."""

from functools import partial

import pandas as pd
import streamlit as st

from artextract.collection import Survey
from artextract.sources.names import person_from_slug
from artextract.ui import navigation
from artextract.ui.components.grid.component import Card, picture_grid
from artextract.ui.model_paintings import PaintingPictures, pictures_in, wikiart_page
from artextract.ui.report.scores import labelled

PICTURES = 60  # At most this many pictures of a cell are shown
MISTAKES = 12  # The most confident mistakes shown
PER_CENT = "%.1f %%"


def cell(table: pd.DataFrame, attribute: str, true: str, predicted: str) -> pd.DataFrame:
    """The paintings of a cell of the matrix, the most confident predictions first."""
    inside = (table[attribute] == true) & (table[f"{attribute}_predicted"] == predicted)
    return _confident_first(table[inside], attribute)


def confident_mistakes(table: pd.DataFrame, attribute: str, count: int) -> pd.DataFrame:
    """The wrong predictions with the highest probability, the highest first."""
    known = labelled(table, attribute)
    return _confident_first(known[known[attribute] != known[f"{attribute}_predicted"]], attribute).head(count)


def _confident_first(rows: pd.DataFrame, attribute: str) -> pd.DataFrame:
    return rows.sort_values(f"{attribute}_probability", ascending=False, kind="stable")


def painting_table(rows: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """Paintings as a table to read; probabilities in per cent, `year` as text, `page` missing if WikiArt has none."""
    return pd.DataFrame({
        "title": rows["title"].fillna("Untitled"),
        "artist": rows["painter"].map(person_from_slug, na_action="ignore").fillna(""),
        "year": rows["year"].astype("str").where(rows["year"].notna(), ""),
        "predicted": rows[f"{attribute}_predicted"],
        "probability": 100 * rows[f"{attribute}_probability"].astype(float),
        "true": rows[attribute],
        "true_probability": 100 * rows[f"{attribute}_right"].astype(float),
        "page": rows["file"].map(wikiart_page),
    }).reset_index(drop=True)


def painting_cards(rows: pd.DataFrame, attribute: str, pictures: PaintingPictures) -> list[Card]:
    """Paintings that `pictures` has as cards, with their true and predicted classes."""
    cards = []
    for file, facts in zip(rows["file"], painting_table(rows, attribute).to_dict("records"), strict=True):
        work, picture_url = pictures.works[file]
        made = ", ".join(filter(None, (facts["artist"], facts["year"])))
        subtitle = f"Predicted {facts['predicted']} ({facts['probability']:.0f}\N{NO-BREAK SPACE}%)"
        if facts["predicted"] != facts["true"]:
            subtitle += f", is {facts['true']} ({facts['true_probability']:.0f}\N{NO-BREAK SPACE}%)"
        title = f"{facts['title']} ({made})" if made else str(facts["title"])
        cards.append(Card(work, picture_url, title, subtitle, work=(pictures.collection, work)))
    return cards


def show_paintings(rows: pd.DataFrame, attribute: str, survey: Survey, key: str, columns: list[str] | None) -> None:
    """Paintings as pictures, where a collection has them; the others as a table with `columns` (None: all)."""
    pictures = pictures_in(survey.collections)
    has_picture = rows["file"].isin(pictures.works if pictures else [])
    st.caption(f"{len(rows):,} paintings, the most confident predictions first.")
    if pictures and has_picture.any():
        picture_grid(
            key=f"_pictures_{key}",
            column_width=200,
            cards=painting_cards(rows[has_picture][:PICTURES], attribute, pictures),
            on_open=partial(navigation.open_in_explore, collection=pictures.collection),
        )
        if has_picture.sum() > PICTURES:
            st.caption(f"The first {PICTURES} of {has_picture.sum():,} pictures.")
    if has_picture.all():
        return
    number, without = st.column_config.NumberColumn, rows[~has_picture]
    st.dataframe(
        painting_table(without, attribute),
        hide_index=True,
        column_order=columns,
        height="content" if len(without) <= MISTAKES else "auto",
        column_config={
            "title": st.column_config.TextColumn("Title", width=170),
            "artist": "Artist",
            "year": "Year",
            "predicted": "Predicted",
            "probability": number("Probability", format=PER_CENT, help="Of the predicted class."),
            "true": "True class",
            "true_probability": number("Probability of the true class", format=PER_CENT),
            "page": st.column_config.LinkColumn("Page", display_text="WikiArt"),
        },
    )
