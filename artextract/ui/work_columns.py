"""The columns of a work table as screens show them: names, values, years."""

from collections import Counter

import numpy as np
import pandas as pd

from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
from artextract.work_table import TERM_COLUMNS, TERM_SEPARATOR, first_term

COLOURS = {
    "style": "Style",
    "school": "School",
    "theme": "Theme",
    "artist": "Artist",
    "genre": "Genre",
    "year": "Year",
    "classification": "Classification",
    "medium": "Medium",
    "read_style": "Predicted style",
    "read_genre": "Predicted genre",
    "read_artist": "Predicted artist",
    "read_year": "Predicted year",
}
"""What the map can be coloured by."""
OTHER = "Other"
"""All values that have no colour of their own."""


def useful_colours(works: pd.DataFrame) -> list[str]:
    """The colourings that tell this collection's works apart."""
    names = (*COLOURS, *custom_label_columns(works))
    return [name for name in names if _column(works, name).nunique() > 1]


def custom_label_columns(works: pd.DataFrame | pd.Series) -> list[str]:
    """The columns with predicted custom labels, of a work table or a row of it."""
    names = works.keys()
    return [str(name) for name in names if str(name).startswith(CUSTOM_LABEL)]


def name_of(column: str) -> str:
    """What a column is called on the screens."""
    if column.startswith(CUSTOM_LABEL):
        return f"{name_of(column.removeprefix(CUSTOM_LABEL))} (custom label)"
    return COLOURS.get(column, column.replace("_", " ").capitalize())


def values_by(works: pd.DataFrame, column: str) -> pd.Series:
    """One value a work: of several terms the first."""
    return first_term(works[column]) if column in TERM_COLUMNS else works[column]


def read_years(works: pd.DataFrame) -> np.ndarray:
    """The year that the model read in each work, float32 [n], NaN where it has none."""
    return pd.to_numeric(works["read_year"]).to_numpy(dtype=np.float32, na_value=np.nan)


def year_bounds(works: pd.DataFrame) -> tuple[int, int] | None:
    """First and last year of the collection; None if fewer than two years are recorded."""
    first, last = works["year_begin"].min(), works["year_end"].max()
    if pd.isna(first) or pd.isna(last) or int(first) >= int(last):
        return None
    return int(first), int(last)


def choices(works: pd.DataFrame, column: str) -> dict[str, int]:
    """The values of a column, the commonest first, and how many works have each."""
    return counts_of(column, *pd.factorize(works[column]))


def counts_of(column: str, codes: np.ndarray, values: pd.Index) -> dict[str, int]:
    """The same of a column whose values are looked up already, or of some of its works.

    Args:
        column: its name; each of several terms of a work counts.
        codes: int [works], which of the values each has; -1: none.
        values: as `pd.factorize` gives them.
    """
    counts: Counter[str] = Counter()
    works = np.bincount(codes[codes >= 0], minlength=len(values))
    for place in np.flatnonzero(works):
        value = str(values[int(place)])
        for term in value.split(TERM_SEPARATOR) if column in TERM_COLUMNS else (value,):
            counts[term] += int(works[place])
    return dict(counts.most_common())


def _column(works: pd.DataFrame, name: str) -> pd.Series:
    return works["year_begin"] if name == "year" else works[name]
