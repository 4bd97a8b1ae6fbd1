"""What can be said of works that could give a region its name.

A trait is a term that is recorded of a work, a word of its title or description, a span of years
that it was made in, or, where nothing is recorded, what a model read in it.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
from artextract.attributes.reading import NOT_SURE
from artextract.work_table import TERM_COLUMNS, TERM_SEPARATOR, middle_years

COLUMNS = ("artist", "school", "style", "theme", "genre", "medium", "classification")
"""Of a work table, whose values are traits."""
WORDS = "words"
"""Kind of a trait that is a word of titles and descriptions."""
YEARS = "years"
"""Kind of a trait that is a span of years, "1630–1660", both ends of it included."""
LEAST_WORKS = 4
"""What fewer works have is no trait."""
MOST_WORDS = 5000
"""The commonest words are traits."""
WORD = r"[^\W\d_]{3,}"
"""Three letters or more."""
NO_WORD = r"[^\p{L}\p{N}_]+"
"""What lies between words, for Arrow."""
YEAR_STEP = 10
"""Spans of years begin and end at its multiples."""
LONGEST_SPAN = 80
"""Years of a span, at the most."""


@dataclass(frozen=True)
class Trait:
    """Something that is so of some works."""

    kind: str
    """One of `COLUMNS`, `WORDS`, or `YEARS`."""
    values: tuple[str, ...]
    """What it is; several where it may be either."""
    as_read: bool = False
    """Read by a model in works of which nothing is recorded."""


@dataclass(frozen=True)
class _Spans:
    """Spans of years, and the year of each work."""

    begins: np.ndarray
    """int [spans], the first year of each."""
    ends: np.ndarray
    """int [spans], the last."""
    years: np.ndarray
    """float [works], NaN where a work has none."""
    as_read: bool

    def traits(self) -> list[Trait]:
        ends = zip(self.begins.tolist(), self.ends.tolist(), strict=True)
        return [Trait(YEARS, (f"{begin}–{end}",), self.as_read) for begin, end in ends]

    def counts(self, among: np.ndarray) -> np.ndarray:
        years = np.sort(self.years[among & np.isfinite(self.years)])
        first = np.searchsorted(years, self.begins, "left")
        return np.searchsorted(years, self.ends, "right") - first

    def have(self, span: int) -> np.ndarray:
        return (self.years >= self.begins[span]) & (self.years <= self.ends[span])


class Traits:
    """The traits of a collection's works."""

    def __init__(self, works: pd.DataFrame, hidden: Collection[str] = ()) -> None:
        """Gather them.

        Args:
            works: a work table; what a model read stands in columns `read_<column>` and
                `custom_label_<column>`, where it has them.
            hidden: columns that are treated as if they were not there.
        """
        works = works.reset_index(drop=True).drop(columns=[c for c in hidden if c in works])
        parts = [_terms(works, kind) for kind in COLUMNS]
        parts += [_terms(works, kind, f"{prefix}{kind}") for kind in COLUMNS for prefix in ("read_", CUSTOM_LABEL)]
        parts.append(_words(works))
        self.works = len(works)
        self._has = sparse.hstack([has for _, has in parts], format="csr", dtype=np.int32)
        self._by_trait = self._has.tocsc()
        self._spans = _spans(works)
        self.traits = [trait for traits, _ in parts for trait in traits]
        self._columns = len(self.traits)
        for spans in self._spans:
            self.traits += spans.traits()

    def counts(self, among: np.ndarray) -> np.ndarray:
        """How many of some works have each of `traits`, int64 [traits].

        Args:
            among: which works, bool [works].
        """
        of_these = self._has[np.flatnonzero(among)]
        own = np.bincount(of_these.indices, minlength=self._columns)
        return np.concatenate([own, *(spans.counts(among) for spans in self._spans)])

    def have(self, trait: int) -> np.ndarray:
        """The works that have one of `traits`, bool [works]."""
        if trait < self._columns:
            column = np.zeros(self.works, dtype=bool)
            start, end = self._by_trait.indptr[trait : trait + 2]
            column[self._by_trait.indices[start:end]] = True
            return column
        trait -= self._columns
        for spans in self._spans:
            if trait < len(spans.begins):
                return spans.have(trait)
            trait -= len(spans.begins)
        raise IndexError(trait)


_Part = tuple[list[Trait], sparse.csr_matrix]


def _terms(works: pd.DataFrame, kind: str, reading: str = "") -> _Part:
    """The values of a column; or, of works that have none, those that were read."""
    column = reading or kind
    if column not in works:
        return [], sparse.csr_matrix((len(works), 0), dtype=np.int32)
    found = works[column]
    if reading:
        found = found.mask(found == NOT_SURE)
        if kind in works:
            found = found.where(works[kind].isna())
    # Each distinct value is looked at once: a million works have a few thousand.
    of_work, values = pd.factorize(found)
    has_value = _ones(np.flatnonzero(of_work >= 0), of_work[of_work >= 0], len(works), len(values))
    terms = pd.Series(values, dtype="str")
    if kind in TERM_COLUMNS:  # a row a term, under the value's number
        terms = terms.str.split(TERM_SEPARATOR, regex=False).explode()
    of_term, distinct = pd.factorize(terms)
    has = has_value @ _ones(terms.index.to_numpy(), of_term, len(values), len(distinct))
    counts = np.asarray(has.sum(axis=0)).ravel()
    common = np.flatnonzero((counts >= LEAST_WORKS) & (counts < len(works)))
    common = common[np.argsort(-counts[common], kind="stable")]
    traits = [Trait(kind, (str(distinct[int(term)]),), bool(reading)) for term in common]
    return traits, has[:, common]


def _words(works: pd.DataFrame) -> _Part:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    texts = works["title"].fillna("") + " " + works["description"].fillna("")
    # By Arrow, beside Python: the words of a million titles would hold up all else for ten seconds.
    held = pa.array(texts, pa.large_string())
    if isinstance(held, pa.ChunkedArray):  # as of tables that were put together
        held = held.combine_chunks()
    parts = pc.split_pattern_regex(pc.utf8_lower(held), NO_WORD)
    tokens = pc.list_flatten(parts).dictionary_encode()
    rows, of_token = pc.list_parent_indices(parts).to_numpy(), tokens.indices.to_numpy()
    words = tokens.dictionary.to_pylist()
    wanted = [bool(re.fullmatch(WORD, word)) and word not in ENGLISH_STOP_WORDS for word in words]
    known = np.array(wanted, dtype=bool)[of_token]
    has = _ones(rows[known], of_token[known], len(works), len(words))
    counts = np.asarray(has.sum(axis=0)).ravel()
    common = np.argsort(-counts, kind="stable")[:MOST_WORDS]
    common = common[counts[common] >= LEAST_WORKS]
    return [Trait(WORDS, (words[word],)) for word in common], has[:, common]


def _ones(rows: np.ndarray, columns: np.ndarray, height: int, width: int) -> sparse.csr_matrix:
    """1 at the places that are given, once or several times, 0 elsewhere: int32 [height, width]."""
    ones = np.ones(len(rows), dtype=np.int32)
    found = sparse.csr_matrix((ones, (rows, columns)), shape=(height, width))
    found.data[:] = 1
    return found


def _spans(works: pd.DataFrame) -> Sequence[_Spans]:
    recorded = middle_years(works) if "year_begin" in works else np.full(len(works), np.nan)
    found = [(recorded, False)]
    if "read_year" in works:
        read = pd.to_numeric(works["read_year"]).to_numpy(dtype=float, na_value=np.nan)
        found.append((np.where(np.isnan(recorded), read, np.nan), True))
    return [_Spans(*_span_ends(years), years, as_read) for years, as_read in found]


def _span_ends(years: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = years[np.isfinite(years)]
    if not len(known):
        return np.empty(0, dtype=int), np.empty(0, dtype=int)
    first = int(known.min()) // YEAR_STEP * YEAR_STEP
    begins = np.arange(first, int(known.max()) + 1, YEAR_STEP)
    lengths = np.arange(YEAR_STEP, LONGEST_SPAN + 1, YEAR_STEP)
    # The shortest first: of spans that hold the same works the first is taken.
    return np.tile(begins, len(lengths)), np.add.outer(lengths, begins).ravel()
