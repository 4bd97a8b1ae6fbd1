"""The terms of a collection's works, which describe a region or a subset.

A term is a recorded value (a style, an artist), a word of titles and descriptions, a span of years,
or, where nothing is recorded, a value that a model predicted.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
from artextract.attributes.reading import NOT_SURE
from artextract.metadata.dates import span_text
from artextract.work_table import TERM_COLUMNS, TERM_SEPARATOR, middle_years

COLUMNS = ("artist", "school", "style", "theme", "genre", "medium", "classification")
"""Columns of the work table whose values are terms."""
WORDS = "words"  # Kind of a term that is a word of titles and descriptions
YEARS = "years"  # Kind of a term that is a span of years, "1630–1660", both included
PLURAL_KINDS = ("genre", "classification")  # Kinds whose values name works, and so are written in the plural
MIN_WORKS = 4  # Minimum number of works with a term
MAX_WORDS = 5000  # Only this many words, the most frequent, are terms
WORD = r"[^\W\d_]{3,}"  # A word has at least three letters
NO_WORD = r"[^\p{L}\p{N}_]+"  # Separates words, in Arrow's regular expressions
YEAR_STEP = 10  # Spans of years begin and end at multiples of it
LONGEST_SPAN = 80  # Years
_PLURALS = {"still life": "still lifes", "sketch and study": "sketches and studies", "nude painting": "nudes"}


@dataclass(frozen=True)
class Term:
    """Something that some works have in common."""

    kind: str  # One of `COLUMNS`, `WORDS`, or `YEARS`
    values: tuple[str, ...]  # One value, or several: a work has the term if it has any of them
    predicted: bool = False  # Predicted by a model, for works without a recorded value

    @property
    def text(self) -> str:
        """For a person: "portraits", "“ship”", "1630–60", "Cubism (predicted)"."""
        text = " and ".join(map(self._value_text, self.values))
        return f"{text} (predicted)" if self.predicted else text

    def _value_text(self, value: str) -> str:
        if self.kind in PLURAL_KINDS:
            value = value.lower()
            return _PLURALS.get(value, value if value.endswith("s") else f"{value}s")
        if self.kind == WORDS:
            return f"“{value}”"
        if self.kind == YEARS:
            begin, _, end = value.rpartition("–")
            if begin.startswith("-"):
                return span_text(int(begin), int(end))
            return f"{begin}–{end[-2:] if begin[:-2] == end[:-2] else end}"
        return value


@dataclass(frozen=True)
class _Spans:
    """Spans of years, and the year of each work."""

    begins: np.ndarray  # int [spans], the first year of each
    ends: np.ndarray  # int [spans], the last
    years: np.ndarray  # float [works], NaN where a work has none
    predicted: bool

    def terms(self) -> list[Term]:
        ends = zip(self.begins.tolist(), self.ends.tolist(), strict=True)
        return [Term(YEARS, (f"{begin}–{end}",), self.predicted) for begin, end in ends]

    def counts(self, among: np.ndarray) -> np.ndarray:
        years = np.sort(self.years[among & np.isfinite(self.years)])
        first = np.searchsorted(years, self.begins, "left")
        return np.searchsorted(years, self.ends, "right") - first

    def having(self, span: int, rows: np.ndarray) -> np.ndarray:
        years = self.years[rows]
        return rows[(years >= self.begins[span]) & (years <= self.ends[span])]


class Terms:
    """The terms of a collection's works, and which works have each."""

    def __init__(self, works: pd.DataFrame, hidden: Collection[str] = ()) -> None:
        """Collect the terms of a work table, without those of the `hidden` columns.

        Predictions are in columns `read_<column>` and `custom_label_<column>`, where the table has them.
        """
        self.artists = pd.factorize(works["artist"])[0]
        """The artist of each work as a number, int64 [works], -1 if not recorded; also where `hidden`."""
        works = works.reset_index(drop=True).drop(columns=[c for c in hidden if c in works])
        predictions = [(kind, f"{prefix}{kind}") for kind in COLUMNS for prefix in ("read_", CUSTOM_LABEL)]
        columns = [*((kind, "") for kind in COLUMNS), *predictions]
        parts = [*(_column_terms(works, *column) for column in columns), _words(works)]
        self.works = len(works)
        self._has = sparse.hstack([has for _, has in parts], format="csr", dtype=np.int32)
        self._by_term = self._has.tocsc()
        self._spans = _spans(works)
        self.terms = [term for terms, _ in parts for term in terms]
        self._columns = len(self.terms)
        self.terms += [term for spans in self._spans for term in spans.terms()]

    def counts(self, among: np.ndarray) -> np.ndarray:
        """How many works of a mask (bool [works]) have each of `terms`, int64 [terms]."""
        rows = self._has[np.flatnonzero(among)]
        counts = np.bincount(rows.indices, minlength=self._columns)
        return np.concatenate([counts, *(spans.counts(among) for spans in self._spans)])

    def has(self, term: int) -> np.ndarray:
        """The works that have one of `terms`, bool [works]."""
        mask = np.zeros(self.works, dtype=bool)
        mask[self.having(term, np.arange(self.works))] = True
        return mask

    def having(self, term: int, rows: np.ndarray) -> np.ndarray:
        """Those of `rows` (int, rising) whose works have one of `terms`."""
        if term < self._columns:
            start, end = self._by_term.indptr[term : term + 2]
            return np.intersect1d(rows, self._by_term.indices[start:end], assume_unique=True)
        term -= self._columns
        for spans in self._spans:
            if term < len(spans.begins):
                return spans.having(term, rows)
            term -= len(spans.begins)
        raise IndexError(term)


_Part = tuple[list[Term], sparse.csr_matrix]


def _column_terms(works: pd.DataFrame, kind: str, prediction: str = "") -> _Part:
    """The values of a column, with predictions for works without a recorded value."""
    column = prediction or kind
    if column not in works:
        return [], sparse.csr_matrix((len(works), 0), dtype=np.int32)
    cells = works[column]
    if prediction:
        cells = cells.mask(cells == NOT_SURE)
        if kind in works:
            cells = cells.where(works[kind].isna())
    # Each distinct value is split once: a million works have only a few thousand values.
    of_work, values = pd.factorize(cells)
    has_value = _ones(np.flatnonzero(of_work >= 0), of_work[of_work >= 0], len(works), len(values))
    split = pd.Series(values, dtype="str")
    if kind in TERM_COLUMNS:  # one row per term, with the value's number as index
        split = split.str.split(TERM_SEPARATOR, regex=False).explode()
    of_value, distinct = pd.factorize(split)
    has = has_value @ _ones(split.index.to_numpy(), of_value, len(values), len(distinct))
    counts = np.asarray(has.sum(axis=0)).ravel()
    common = np.flatnonzero((counts >= MIN_WORKS) & (counts < len(works)))
    common = common[np.argsort(-counts[common], kind="stable")]
    return [Term(kind, (str(distinct[number]),), bool(prediction)) for number in common.tolist()], has[:, common]


def _words(works: pd.DataFrame) -> _Part:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    texts = works["title"].fillna("") + " " + works["description"].fillna("")
    # Split by Arrow: Python would block all other threads for 10 s for a million titles.
    array = pa.array(texts, pa.large_string())
    if isinstance(array, pa.ChunkedArray):  # from concatenated tables
        array = array.combine_chunks()
    parts = pc.split_pattern_regex(pc.utf8_lower(array), NO_WORD)
    tokens = pc.list_flatten(parts).dictionary_encode()
    rows, of_token = pc.list_parent_indices(parts).to_numpy(), tokens.indices.to_numpy()
    words = tokens.dictionary.to_pylist()
    wanted = [bool(re.fullmatch(WORD, word)) and word not in ENGLISH_STOP_WORDS for word in words]
    mask = np.array(wanted, dtype=bool)[of_token]
    has = _ones(rows[mask], of_token[mask], len(works), len(words))
    counts = np.asarray(has.sum(axis=0)).ravel()
    common = np.argsort(-counts, kind="stable")[:MAX_WORDS]
    common = common[counts[common] >= MIN_WORKS]
    return [Term(WORDS, (words[number],)) for number in common], has[:, common]


def _ones(rows: np.ndarray, columns: np.ndarray, height: int, width: int) -> sparse.csr_matrix:
    """1 at the given places, which may repeat, and 0 elsewhere: int32 [height, width]."""
    matrix = sparse.csr_matrix((np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=(height, width))
    matrix.data[:] = 1
    return matrix


def _spans(works: pd.DataFrame) -> list[_Spans]:
    recorded = middle_years(works) if "year_begin" in works else np.full(len(works), np.nan)
    kinds = [(recorded, False)]
    if "read_year" in works:
        predicted = pd.to_numeric(works["read_year"]).to_numpy(dtype=float, na_value=np.nan)
        kinds.append((np.where(np.isnan(recorded), predicted, np.nan), True))
    spans, lengths = [], np.arange(YEAR_STEP, LONGEST_SPAN + 1, YEAR_STEP)
    for years, is_predicted in kinds:
        if len(known := years[np.isfinite(years)]):
            begins = np.arange(int(known.min()) // YEAR_STEP * YEAR_STEP, int(known.max()) + 1, YEAR_STEP)
            # The shortest first: of spans with the same works the first is chosen.
            ends = np.add.outer(lengths, begins).ravel()
            spans.append(_Spans(np.tile(begins, len(lengths)), ends, years, is_predicted))
    return spans
