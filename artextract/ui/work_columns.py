"""The columns of a work table on screens: names, values, years."""

from collections import Counter

import numpy as np
import pandas as pd

from artextract.attributes.collection_readings import COLUMNS as PREDICTED
from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
from artextract.work_table import INTEGER_COLUMNS, TERM_COLUMNS, TERM_SEPARATOR, TEXT_COLUMNS, first_term

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
"""Columns that can colour the map → label."""
_TECHNICAL = frozenset({
    *("iiif", "iiif_profile", "iiif_width", "iiif_height", "manifest", "source_id", "renamed_to", "more_pictures"),
    *("picture_remark"),
})
OTHER = "Other"  # Label of all values without a colour of their own


def custom_label_columns(works: pd.DataFrame | pd.Series) -> list[str]:
    """The columns with predicted custom labels, of a work table or a row of it."""
    names = works.keys()
    return [str(name) for name in names if str(name).startswith(CUSTOM_LABEL)]


def source_columns(works: pd.DataFrame | pd.Series) -> list[str]:
    """The further columns of a source, such as an inventory number, in its order, of a work table or a row of it."""
    known = {*TEXT_COLUMNS, *INTEGER_COLUMNS, *PREDICTED, *_TECHNICAL, *custom_label_columns(works)}
    names = works.columns if isinstance(works, pd.DataFrame) else works.index
    return [str(name) for name in names if name not in known]


def name_of(column: str) -> str:
    """A column's label."""
    if column.startswith(CUSTOM_LABEL):
        return f"{name_of(column.removeprefix(CUSTOM_LABEL))} (custom label)"
    return COLOURS.get(column, column.replace("_", " ").capitalize())


def values_by(works: pd.DataFrame, column: str) -> pd.Series:
    """One value per work: the first of several terms."""
    return first_term(works[column]) if column in TERM_COLUMNS else works[column]


def year_bounds(works: pd.DataFrame) -> tuple[int, int] | None:
    """The first and last year of the works; None for fewer than two different years."""
    years = works[["year_begin", "year_end"]]
    first, last = years.min().min(), years.max().max()
    if pd.isna(first) or pd.isna(last) or int(first) >= int(last):
        return None
    return int(first), int(last)


def choices(works: pd.DataFrame, column: str) -> dict[str, int]:
    """The values of a column → their number of works, the most common first."""
    return counts_of(column, *pd.factorize(works[column]))


def counts_of(column: str, codes: np.ndarray, values: pd.Index) -> dict[str, int]:
    """The values of a factorized column → their number of works, the most common first.

    `codes`, int [n], has the code of each work to count, -1 without a value. If a work has several terms, each counts.
    """
    counts: Counter[str] = Counter()
    works = np.bincount(codes[codes >= 0], minlength=len(values))
    for place in np.flatnonzero(works):
        value = str(values[int(place)])
        for term in value.split(TERM_SEPARATOR) if column in TERM_COLUMNS else (value,):
            counts[term] += int(works[place])
    return dict(counts.most_common())
