"""Single paintings of the Model report: which they are, as a table and as cards."""

from collections.abc import Hashable
from typing import Any

import pandas as pd

from artextract.sources.names_and_years import person_from_slug
from artextract.ui.components.grid.component import Card
from artextract.ui.model_paintings import Pictures, wikiart_page
from artextract.ui.report.confusion import labelled


def cell(table: pd.DataFrame, attribute: str, right: str, called: str) -> pd.DataFrame:
    """The paintings that are `right` and were called `called`, the surest answers first."""
    inside = (table[attribute] == right) & (table[f"{attribute}_said"] == called)
    return _surest_first(table[inside], attribute)


def surest_mistakes(table: pd.DataFrame, attribute: str, count: int) -> pd.DataFrame:
    """The wrong answers with the highest probability, the highest first."""
    known = labelled(table, attribute)
    wrong = known[known[attribute] != known[f"{attribute}_said"]]
    return _surest_first(wrong, attribute).head(count)


def painting_table(rows: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """Paintings as a table to read.

    Returns:
        `title`, `artist`, `year` (text, "" if not known), `said`, `probability` (per cent),
        `right`, `right_probability` (per cent), `page` (its address at WikiArt, or missing).
    """
    return pd.DataFrame({
        "title": rows["title"].fillna("Untitled"),
        "artist": rows["painter"].map(person_from_slug, na_action="ignore").fillna(""),
        "year": rows["year"].astype("str").where(rows["year"].notna(), ""),
        "said": rows[f"{attribute}_said"],
        "probability": 100 * rows[f"{attribute}_probability"].astype(float),
        "right": rows[attribute],
        "right_probability": 100 * rows[f"{attribute}_right"].astype(float),
        "page": rows["file"].map(wikiart_page),
    }).reset_index(drop=True)


def painting_cards(rows: pd.DataFrame, attribute: str, pictures: Pictures) -> list[Card]:
    """Paintings that `pictures` has as cards: what they are and what they were called."""
    table = painting_table(rows, attribute)
    return [
        _card(pictures.collection, *pictures.works[file], facts)
        for file, facts in zip(rows["file"], table.to_dict("records"), strict=True)
    ]


def _card(collection: str, work: str, picture_url: str, facts: dict[Hashable, Any]) -> Card:
    made = ", ".join(filter(None, (facts["artist"], facts["year"])))
    called = f"Called {facts['said']} {facts['probability']:.0f}\N{NO-BREAK SPACE}%"
    right = f", is {facts['right']} {facts['right_probability']:.0f}\N{NO-BREAK SPACE}%"
    return Card(
        id=work,
        picture_url=picture_url,
        title=f"{facts['title']} ({made})" if made else str(facts["title"]),
        subtitle=called if facts["said"] == facts["right"] else called + right,
        work=(collection, work),
    )


def _surest_first(rows: pd.DataFrame, attribute: str) -> pd.DataFrame:
    return rows.sort_values(f"{attribute}_probability", ascending=False, kind="stable")
