"""Single paintings of the Model report: which they are, as a table and as cards."""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pandas as pd
import streamlit as st

from artextract.collection import Collection
from artextract.errors import CollectionError
from artextract.sources.wikiart import title_of
from artextract.sources.words import person_from_slug, repair_letters
from artextract.ui.model_report import labelled, opened, shown_name
from artextract.ui.picture_grid import Card
from artextract.ui.server import thumbnails_url

_COPY = re.compile(r"\(\d+\)$")


def cell(table: pd.DataFrame, attribute: str, right: str, said: str) -> pd.DataFrame:
    """The paintings that are `right` and were called `said`, the surest answers first."""
    inside = (table[attribute] == right) & (table[f"{attribute}_said"] == said)
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
    return pd.DataFrame(
        {
            "title": rows["title"].fillna("Untitled"),
            "artist": rows["painter"].map(person_from_slug),
            "year": rows["year"].astype("str").where(rows["year"].notna(), ""),
            "said": rows[f"{attribute}_said"].map(shown_name),
            "probability": 100 * rows[f"{attribute}_probability"].astype(float),
            "right": rows[attribute].map(shown_name),
            "right_probability": 100 * rows[f"{attribute}_right"].astype(float),
            "page": rows["file"].map(wikiart_page),
        }
    ).reset_index(drop=True)


def wikiart_page(file: str) -> str | None:
    """A painting's page at WikiArt, which forms addresses as its files are named.

    None for an untitled painting: its file's name is not WikiArt's.
    """
    painter, _, title = PurePosixPath(file).stem.partition("_")
    if not title or title_of(file) is None:
        return None
    return f"https://www.wikiart.org/en/{painter}/{_COPY.sub('', title)}"


@dataclass(frozen=True)
class Pictures:
    """The collection that holds validation paintings."""

    collection: str
    works: dict[str, tuple[str, str]]
    """`file` of a painting → the id of its work, and its thumbnail's address."""


def pictures_in(collections: Iterable[Collection]) -> Pictures | None:
    """The collection that holds most of the validation paintings; None if none holds any."""
    found = [_pictures(one.name, one.version(), str(one.root)) for one in collections]
    most = max(found, key=lambda pictures: len(pictures.works), default=None)
    return most if most is not None and most.works else None


@st.cache_resource(show_spinner=False, max_entries=16)
def _pictures(name: str, version: str, root: str) -> Pictures:
    """`version` and `root` are in the key since the works, or the cache folder, may change."""
    try:
        works = Collection.open(name).works()
    except CollectionError:  # the screens of the collection itself say so
        return Pictures(name, {})
    ours = set(opened().validation["file"])
    held = {
        repair_letters(work): (work, f"{thumbnails_url(name)}{sha256}.jpg")
        for work, sha256 in zip(works["id"], works["image_sha256"], strict=True)
    }
    return Pictures(name, {file: held[file] for file in ours & held.keys()})


def painting_cards(rows: pd.DataFrame, attribute: str, pictures: Pictures) -> list[Card]:
    """Paintings that `pictures` has as cards: what they are and what they were called."""
    table = painting_table(rows, attribute)
    return [
        _card(*pictures.works[file], facts)
        for file, facts in zip(rows["file"], table.to_dict("records"), strict=True)
    ]


def _card(work: str, picture_url: str, facts: dict[Hashable, Any]) -> Card:
    made = ", ".join(filter(None, (facts["artist"], facts["year"])))
    said = f"Called {facts['said']} {facts['probability']:.0f}\N{NO-BREAK SPACE}%"
    right = f", is {facts['right']} {facts['right_probability']:.0f}\N{NO-BREAK SPACE}%"
    return Card(
        id=work,
        picture_url=picture_url,
        title=f"{facts['title']} ({made})",
        subtitle=said if facts["said"] == facts["right"] else said + right,
    )


def _surest_first(rows: pd.DataFrame, attribute: str) -> pd.DataFrame:
    return rows.sort_values(f"{attribute}_probability", ascending=False, kind="stable")
