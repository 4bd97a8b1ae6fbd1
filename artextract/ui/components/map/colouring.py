"""Points coloured by a column of the work table: by category, or by a number."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from artextract.attributes.reading import NOT_SURE
from artextract.similarity.filters import Filters
from artextract.ui import work_columns
from artextract.ui.colours import GREY, PALETTE
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.work_columns import OTHER, values_by
from artextract.work_table import middle_years

TOP_CATEGORIES = 13  # Categories with a colour of their own; the rest share "Other"
MIN_COLOURED = 0.5
NUMBERS = ("year", "read_year")  # Columns that are coloured on a scale
LAST_COLOUR = 252  # The highest colour code; numbers are scaled to 0…252
NOT_RECORDED = 254  # The code of works without a value


@dataclass(frozen=True)
class Categorical:
    """Points coloured by category."""

    labels: Sequence[str]  # Colour code → name. `NOT_SURE` and `OTHER` are the last.
    colours: Sequence[str]  # Colour code → "#rrggbb"
    counts: Sequence[int]  # Colour code → number of works that pass the filters
    missing: int  # Number of works that pass the filters and have no category


@dataclass(frozen=True)
class Continuous:
    """Points coloured by a number."""

    title: str
    low: float  # The lowest number among the works that pass the filters
    high: float  # The highest number among them


Colouring = Categorical | Continuous


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_GALLERY)
def useful_columns(gallery: Gallery) -> list[str]:
    """The columns that can colour the map and have two values or more, cached; one column at least.

    Those in which fewer than half of the works have a colour of their own come last.
    """
    works = gallery.works
    names = [*work_columns.COLOURS, *work_columns.custom_label_columns(works)]
    useful = [name for name in names if works["year_begin" if name == "year" else name].nunique() > 1]
    return sorted(useful, key=lambda name: _coloured(works, name) < MIN_COLOURED) or ["style"]


def _coloured(works: pd.DataFrame, column: str) -> float:
    """The share of works with a colour of their own."""
    values = colour_values(works, column)
    labels = [] if column in NUMBERS else category_labels(works, column)
    shared = [code for code, label in enumerate(labels) if label in (OTHER, NOT_SURE)]
    return float(np.mean((values >= 0) & ~np.isin(values, shared)))


@st.cache_resource(show_spinner=False, max_entries=100, hash_funcs=BY_GALLERY)
def colouring_of(gallery: Gallery, column: str, filters: Filters) -> Colouring:
    """The legend of a gallery coloured by `column`, cached."""
    values = colour_values(gallery.works, column)
    if column in NUMBERS:
        passing = gallery.searcher.allowed(filters)
        return Continuous(work_columns.name_of(column), *_bounds(values[passing]))
    labels = category_labels(gallery.works, column)
    colours = [GREY if label in (OTHER, NOT_SURE) else colour for label, colour in zip(labels, PALETTE, strict=False)]
    passing = values[gallery.searcher.allowed(filters)].astype(np.int64)
    counts = np.bincount(passing + 1, minlength=len(labels) + 1).tolist()
    return Categorical(labels, colours, counts[1:], counts[0])


def colour_codes(works: pd.DataFrame, column: str, passing: np.ndarray) -> np.ndarray:
    """The colour code of each work, uint8 [n]; `passing`, bool [n], are the works that pass the filters.

    A category's code, or a number's place between the lowest and the highest number of the works that pass, as 0 to
    `LAST_COLOUR`; `NOT_RECORDED` where there is none.
    """
    values = colour_values(works, column)
    if column in NUMBERS:
        low, high = _bounds(values[passing])
        values = np.clip((values - low) / max(high - low, 1e-12), 0, 1) * LAST_COLOUR
    known = values >= 0  # neither -1 nor NaN
    return np.where(known, np.rint(np.where(known, values, 0)), NOT_RECORDED).astype(np.uint8)


def _bounds(values: np.ndarray) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)


def colour_values(works: pd.DataFrame, column: str) -> np.ndarray:
    """The value that colours each work, float32 [n]: a category's code (-1 if missing), or a year (NaN if missing)."""
    if column == "year":
        return middle_years(works)
    if column == "read_year":
        return pd.to_numeric(works["read_year"]).to_numpy(dtype=np.float32, na_value=np.nan)
    labels = category_labels(works, column)
    code_of = {label: code for code, label in enumerate(labels)}
    other = len(labels) - 1 if labels and labels[-1] == OTHER else -1
    # Each distinct value is looked up once; the last code is for works without a value.
    numbers, distinct = pd.factorize(values_by(works, column))
    codes = [code_of.get(str(value), other) for value in distinct]
    return np.array([*codes, -1], dtype=np.float32)[numbers]


def category_labels(works: pd.DataFrame, column: str) -> list[str]:
    """The values with a colour of their own, the most common first, then `NOT_SURE`, and `OTHER` if there are more.

    If a work has several terms, the first counts.
    """
    common = [str(value) for value in values_by(works, column).value_counts().index]
    unsure = [NOT_SURE] if NOT_SURE in common else []
    common = [value for value in common if value != NOT_SURE]
    if len(common) + len(unsure) <= TOP_CATEGORIES + 1:
        return [*common, *unsure]
    return [*common[: TOP_CATEGORIES - len(unsure)], *unsure, OTHER]
