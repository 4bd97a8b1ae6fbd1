"""Terms that are more common in one subset than in the other: labels, artists, years, words.

A term is counted among the works that have any recorded term of its kind: if only one collection
records media, that is no difference between the works. Terms that follow from a filter are
left out: works chosen by style have that style.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
from artextract.attributes.reading import NOT_SURE
from artextract.comparison.subsets import SubsetPair
from artextract.regions.terms import WORDS, YEARS, Term, Terms
from artextract.similarity.filters import CATEGORIES, Filters
from artextract.term_statistics import TermCounts, by_several_artists, more_common
from artextract.work_table import middle_years

MAX_TERMS = 15  # Listed for each subset
MAX_OF_KIND = 5  # Terms of a kind: otherwise the many artists of a subset would fill the list
MIN_KNOWN = 10  # A kind counts if this many works of each subset have a recorded term of it


@dataclass(frozen=True)
class TypicalTerm:
    """A term that is more common in a subset."""

    term: Term
    counts: TermCounts


def typical_terms(pair: SubsetPair) -> tuple[list[TypicalTerm], list[TypicalTerm]]:
    """The terms of each subset that tell its works best from the other's, best first."""
    rows = np.concatenate(pair.rows)
    works = pair.works.iloc[rows].reset_index(drop=True)
    first = np.arange(len(rows)) < len(pair.rows[0])
    terms = Terms(works)
    tested = [
        number
        for number, term in enumerate(terms.terms)
        if not any(_follows(term, subset.filters) for subset in pair.subsets)
    ]
    known = _known_counts(works, [terms.terms[number] for number in tested], (first, ~first))
    enough = (known[0] >= MIN_KNOWN) & (known[1] >= MIN_KNOWN)
    has = [np.where(enough, terms.counts(mask)[tested], 0) for mask in (first, ~first)]
    left, right = (
        _listed(terms, np.flatnonzero(mask), [(tested[n], counts) for n, counts in common])
        for mask, common in zip((first, ~first), more_common((has[0], has[1]), known), strict=True)
    )
    return left, right


def _listed(terms: Terms, rows: np.ndarray, common: list[tuple[int, TermCounts]]) -> list[TypicalTerm]:
    """The first terms (by number) of the subset in `rows` that name an artist, or that works of several artists have.

    At most `MAX_OF_KIND` of a kind, and only one span of years: spans overlap.
    """
    seen: Counter[str] = Counter()
    kept = []
    for number, counts in common:
        term, having = terms.terms[number], terms.artists[terms.having(number, rows)]
        several = counts if term.kind == "artist" else by_several_artists(counts, having, terms.artists[rows])
        if several is None:
            continue
        if seen[term.kind] < (1 if term.kind == YEARS else MAX_OF_KIND):
            kept.append(TypicalTerm(term, several))
        seen[term.kind] += 1
    return kept[:MAX_TERMS]


def filtered_kinds(filters: Filters) -> set[str]:
    """The kinds of term that filters choose by; predictions and custom labels count as their column."""
    kinds = {column.removeprefix("read_") for column in CATEGORIES if getattr(filters, column)}
    kinds |= {column.removeprefix(CUSTOM_LABEL) for column, _ in filters.custom_labels}
    if filters.year_from is not None or filters.year_to is not None:
        kinds.add(YEARS)
    return kinds


def _follows(term: Term, filters: Filters) -> bool:
    """Whether the term follows from a filter."""
    if term.kind in filtered_kinds(filters):
        return True
    value = term.values[0].lower()
    return term.kind in ("artist", WORDS) and any(
        word in value or value in word for word in filters.text.lower().split()
    )


def _known_counts(
    works: pd.DataFrame, terms: list[Term], masks: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """How many works of each mask (bool [works]) have any recorded term of each term's kind, int [terms] each."""
    kinds = [(term.kind, term.predicted) for term in terms]
    known = {kind: _known(works, *kind) for kind in set(kinds)}
    counts = [{kind: np.count_nonzero(has & mask) for kind, has in known.items()} for mask in masks]
    left, right = (np.array([of_side[kind] for kind in kinds], dtype=np.int64) for of_side in counts)
    return left, right


def _known(works: pd.DataFrame, kind: str, predicted: bool) -> np.ndarray:
    if kind == WORDS:
        recorded = (works["title"].notna() | works["description"].notna()).to_numpy(dtype=bool)
    elif kind == YEARS:
        recorded = np.isfinite(middle_years(works))
    else:
        recorded = works[kind].notna().to_numpy(dtype=bool)
    if not predicted:
        return recorded
    columns = ("read_year",) if kind == YEARS else (f"read_{kind}", f"{CUSTOM_LABEL}{kind}")
    answers = [works[name].notna() & (works[name] != NOT_SURE) for name in columns if name in works]
    return ~recorded & np.logical_or.reduce(answers)
