"""Filters: which works of a collection may be found."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.similarity.title_text import TitleText
from artextract.work_table import TERM_COLUMNS, has_any_term

CATEGORIES = (
    "style",
    "school",
    "theme",
    "artist",
    "genre",
    "medium",
    "classification",
    "read_style",
    "read_genre",
    "read_artist",
)
"""Columns of a work table that `Filters` chooses values of."""


@dataclass(frozen=True)
class Filters:
    """Which works may be neighbours. An empty choice admits all."""

    artist: tuple[str, ...] = ()
    style: tuple[str, ...] = ()
    school: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    genre: tuple[str, ...] = ()
    medium: tuple[str, ...] = ()
    classification: tuple[str, ...] = ()
    read_style: tuple[str, ...] = ()
    read_genre: tuple[str, ...] = ()
    read_artist: tuple[str, ...] = ()
    """What a model read in them; `Searcher.works` needs the columns then."""
    custom_labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Columns of predicted custom labels and their chosen values."""
    year_from: int | None = None
    year_to: int | None = None
    text: str = ""
    """All its words occur in the title or the artist, in any case."""

    def allowed(self, works: pd.DataFrame, texts: TitleText | None = None) -> np.ndarray:
        """Which rows of a work table pass, bool [n].

        Args:
            works: the table.
            texts: its titles and artists, where they are ready; else they are made so now.

        A work passes a year range if its own span of years meets it; without a year it doesn't.
        """
        mask = np.ones(len(works), dtype=bool)
        for column in CATEGORIES:
            if not (chosen := getattr(self, column)):
                continue
            if column in TERM_COLUMNS:
                mask &= has_any_term(works[column], list(chosen)).to_numpy(dtype=bool)
            else:
                mask &= works[column].isin(list(chosen)).to_numpy(dtype=bool)
        for column, values in self.custom_labels:
            mask &= works[column].isin(list(values)).to_numpy(dtype=bool)
        if self.year_from is not None:
            mask &= _either(works, "year_end", "year_begin") >= self.year_from
        if self.year_to is not None:
            mask &= _either(works, "year_begin", "year_end") <= self.year_to
        if words := self.text.split():
            texts = texts or TitleText(works)
            for word in words:
                mask &= texts.having(word)
        return mask


NO_FILTERS = Filters()
"""Admits all."""


def _either(works: pd.DataFrame, first: str, second: str) -> np.ndarray:
    """The one year of each work, or else the other: float64 [n], NaN (which passes no bound)
    where neither is recorded."""
    one, other = (works[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in (first, second))
    return np.where(np.isnan(one), other, one)
