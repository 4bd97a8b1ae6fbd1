"""What the Explore screen means: how points are coloured, what a choice of points is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.collection import TERM_COLUMNS, Collection, each_term, first_term

COLOURS = {
    "style": "Style",
    "school": "School",
    "theme": "Theme",
    "artist": "Artist",
    "genre": "Genre",
    "year": "Year",
    "classification": "Classification",
    "medium": "Medium",
    "read_style": "Style as read",
    "read_genre": "Genre as read",
    "read_artist": "Artist as read",
    "read_year": "Year as read",
}
"""What the map can be coloured by."""
TOP_CATEGORIES = 13
"""Categories with a colour of their own; the rest share one, "Other"."""
OTHER = "Other"
NOT_RECORDED = "Not recorded"


@dataclass(frozen=True)
class Categories:
    """Points coloured by a text column."""

    labels: list[str]
    """Colour code → name. The last may be `OTHER`."""
    codes: np.ndarray
    """Colour code of each work, float32; -1 where nothing is recorded."""
    counts: list[int]
    """How many of the works that pass the filter have each code."""
    missing: int
    """How many of those have nothing recorded."""


def useful_colours(works: pd.DataFrame) -> list[str]:
    """The colourings that tell this collection's works apart."""
    return [name for name in COLOURS if _column(works, name).nunique() > 1]


def name_of(column: str) -> str:
    """What a column is called on the screens."""
    return COLOURS.get(column, column.capitalize())


def values_by(works: pd.DataFrame, column: str) -> pd.Series:
    """One value a work: of several terms the first."""
    return first_term(works[column]) if column in TERM_COLUMNS else works[column]


def categories(works: pd.DataFrame, by: str, passing: np.ndarray) -> Categories:
    """Colour codes by the column `by`: the commonest values first, the rare ones together.

    Args:
        works: the work table, n rows.
        by: a text column; of several terms the first counts.
        passing: bool [n], the works that pass the filter: only they are counted.
    """
    values = values_by(works, by)
    common = [str(value) for value in values.value_counts().index]
    has_other = len(common) > TOP_CATEGORIES + 1
    labels = [*common[:TOP_CATEGORIES], OTHER] if has_other else common
    code_of = {value: min(code, len(labels) - 1) for code, value in enumerate(common)}
    codes = values.map(code_of).fillna(-1).to_numpy(dtype=np.float32)
    counted = codes[passing]
    counts = [int((counted == code).sum()) for code in range(len(labels))]
    return Categories(labels, codes, counts, int((counted == -1).sum()))


def read_years(works: pd.DataFrame) -> np.ndarray:
    """The year that the model read in each work, float32 [n], NaN where it has none."""
    return pd.to_numeric(works["read_year"]).to_numpy(dtype=np.float32, na_value=np.nan)


def years(works: pd.DataFrame) -> np.ndarray:
    """The middle year of each work, float32 [n], NaN where it has none."""
    begin, end = works["year_begin"], works["year_end"]
    middle = (begin.fillna(end).astype("Float64") + end.fillna(begin).astype("Float64")) / 2
    return middle.to_numpy(dtype=np.float32, na_value=np.nan)


def year_bounds(works: pd.DataFrame) -> tuple[int, int] | None:
    """First and last year of the collection; None if fewer than two years are recorded."""
    first, last = works["year_begin"].min(), works["year_end"].max()
    if pd.isna(first) or pd.isna(last) or int(first) >= int(last):
        return None
    return int(first), int(last)


def choices(works: pd.DataFrame, column: str) -> dict[str, int]:
    """The values of a column, the commonest first, and how many works have each."""
    values = each_term(works[column]) if column in TERM_COLUMNS else works[column]
    return {str(value): int(count) for value, count in values.value_counts().items()}


def facts(work: pd.Series) -> list[tuple[str, str]]:
    """What is recorded of a work, as lines of name and value."""
    lines = {
        "Date": work["date_text"],
        "Medium": work["medium"],
        "Classification": work["classification"],
        "Style": work["style"],
        "School": work["school"],
        "Theme": work["theme"],
        "Genre": work["genre"],
        "Style as read": work["read_style"],
        "Genre as read": work["read_genre"],
        "Artist as read": work["read_artist"],
        "Size": f"{work['width']} × {work['height']} px",
        "Licence": work["licence"],
        "Credit": work["credit"],
        "Id": work["id"],
    }
    return [(name, str(value)) for name, value in lines.items() if not pd.isna(value)]


def selection_table(works: pd.DataFrame, rows: Sequence[int]) -> pd.DataFrame:
    """The chosen works as a table for reading and for the CSV file."""
    columns = [
        "id", "title", "artist", "date_text", "year_begin", "year_end", "medium",
        "classification", "style", "school", "theme", "genre", "read_style", "read_genre",
        "read_artist", "read_year", "licence", "credit", "source_url",
    ]  # fmt: skip
    return works.iloc[list(rows)][columns].dropna(axis=1, how="all").reset_index(drop=True)


def csv_name(collection: Collection, count: int) -> str:
    """What the CSV file of a selection is called."""
    return f"{collection.name}-selection-{count}.csv"


def _column(works: pd.DataFrame, name: str) -> pd.Series:
    return works["year_begin"] if name == "year" else works[name]
