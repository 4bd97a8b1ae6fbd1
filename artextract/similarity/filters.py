"""Filters: which works of a collection a search may return.

The text filter matches any part of a word in titles and artists' names at every keystroke, and needs no index
(`artextract.text` searches all texts by word stems and meaning).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from artextract.metadata.dates import span_text, year_text
from artextract.text.spelling import PLAIN_LETTERS
from artextract.work_table import TERM_COLUMNS, has_any_term


class TitleText:
    """Titles and artists of works, in lower case without accents, ready for search."""

    def __init__(self, works: pd.DataFrame) -> None:
        title, artist = (
            pc.fill_null(pa.array(works[name].astype("str")).cast(pa.large_string()), "")
            for name in ("title", "artist")
        )
        separator = pa.scalar("\n", pa.large_string())
        texts = pc.binary_join_element_wise(title, artist, separator)
        self._texts = _folded(pa.concat_arrays(getattr(texts, "chunks", [texts])))

    def containing(self, word: str) -> np.ndarray:
        """Which works have a word (without white space) in title or artist, in any case and accents: bool [n]."""
        wanted = _folded(pa.array([word], pa.large_string()))[0].as_py()
        return pc.match_substring(self._texts, wanted).to_numpy(zero_copy_only=False)


def _folded(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Texts in lower case without accents. Only texts that are not ASCII take time."""
    texts = pc.utf8_lower(texts)
    accented = pc.invert(pc.string_is_ascii(texts))
    plain = pc.replace_substring_regex(pc.utf8_normalize(texts.filter(accented), "NFD"), r"\p{Mn}+", "")
    for letter, spelling in (PLAIN_LETTERS | {"’": "'"}).items():
        plain = pc.replace_substring(plain, letter, spelling)
    return pc.replace_with_mask(texts, accented, plain)


CATEGORIES = (
    *("style", "school", "theme", "artist", "genre", "medium", "classification"),
    *("read_style", "read_genre", "read_artist"),
)
"""Columns of a work table whose values `Filters` selects."""


@dataclass(frozen=True)
class Filters:
    """Which works may be returned. An empty selection allows all."""

    artist: tuple[str, ...] = ()
    style: tuple[str, ...] = ()
    school: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    genre: tuple[str, ...] = ()
    medium: tuple[str, ...] = ()
    classification: tuple[str, ...] = ()
    read_style: tuple[str, ...] = ()
    read_genre: tuple[str, ...] = ()
    read_artist: tuple[str, ...] = ()  # Predictions of a model; these columns must be in `Searcher.works`
    custom_labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Columns of predicted custom labels and their chosen values."""
    year_from: int | None = None
    year_to: int | None = None
    text: str = ""  # All of its words must be in the title or the artist, in any case

    def allowed(self, works: pd.DataFrame, texts: TitleText | None = None) -> np.ndarray:
        """Which rows of a work table pass, bool [n]. `texts` are those of the table, if they are ready.

        A work passes a range of years if its own years overlap it. A work without a year does not pass.
        """
        mask = np.ones(len(works), dtype=bool)
        categories = [(column, values) for column in CATEGORIES if (values := getattr(self, column))]
        for column, values in (*categories, *self.custom_labels):
            passes = has_any_term if column in TERM_COLUMNS else pd.Series.isin
            mask &= passes(works[column], list(values)).to_numpy(dtype=bool)
        if self.year_from is not None:
            mask &= _first_known(works, "year_end", "year_begin") >= self.year_from
        if self.year_to is not None:
            mask &= _first_known(works, "year_begin", "year_end") <= self.year_to
        for word in self.text.split():
            texts = texts or TitleText(works)
            mask &= texts.containing(word)
        return mask

    def summary(self) -> str:
        """What the filters choose, such as "Baroque or Rococo, from 1600, “lady”"; empty for no filters."""
        chosen = [" or ".join(getattr(self, column)) for column in CATEGORIES]
        chosen += [" or ".join(values) for _, values in self.custom_labels]
        first, last = self.year_from, self.year_to
        if first is not None and last is not None:
            chosen.append(span_text(first, last))
        elif first is not None:
            chosen.append(f"from {year_text(first)}")
        elif last is not None:
            chosen.append(f"until {year_text(last)}")
        if self.text:
            chosen.append(f"“{self.text}”")
        return ", ".join(filter(None, chosen))


NO_FILTERS = Filters()  # Allows all works


def _first_known(works: pd.DataFrame, *columns: str) -> np.ndarray:
    """The first of two years that is recorded, float64 [n]; NaN, which passes no bound, if none is."""
    first, second = (works[column].to_numpy(dtype=np.float64, na_value=np.nan) for column in columns)
    return np.where(np.isnan(first), second, first)
