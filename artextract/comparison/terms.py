"""What is said of one side's works more often than of the other's: terms, artists, years, words.

What is said is a trait of `regions.traits`. It is counted among the works of which something of its
kind is known: that one collection records media and another doesn't is no difference of their
works. What follows from a filter itself isn't said: works that were chosen for their style have it.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
from artextract.attributes.reading import NOT_SURE
from artextract.comparison.figures import Figures, over_represented
from artextract.comparison.subsets import Sides
from artextract.regions.phrases import trait_text
from artextract.regions.traits import WORDS, YEARS, Trait, Traits
from artextract.similarity.filters import CATEGORIES, Filters
from artextract.work_table import middle_years

MOST = 15
"""Terms of a side."""
MOST_OF_KIND = 5
"""Of them artists, or words, …: else the many artists of a side were all that is said of it."""
LEAST_WORKS = 4
"""What fewer works of a side have isn't said."""
LEAST_SHARE = 0.02
"""Nor what a smaller part of them has."""
LEAST_KNOWN = 10
"""Works of each side of which something of a kind is known; of fewer nothing of it is said."""


@dataclass(frozen=True)
class Term:
    """Something said of one side's works more often."""

    trait: Trait
    figures: Figures

    @property
    def text(self) -> str:
        """As it stands on a screen, such as "portraits" or "1630–60"."""
        return trait_text(self.trait)


def terms_of(sides: Sides) -> tuple[list[Term], list[Term]]:
    """What is typical of the first side, and of the second: of each what tells its works best from
    the other's first, `MOST` at the most."""
    rows = np.concatenate(sides.sides)
    works = sides.works.iloc[rows].reset_index(drop=True)
    first = np.arange(len(rows)) < len(sides.of_one)
    traits = Traits(works)
    said = [
        number
        for number, trait in enumerate(traits.traits)
        if not _follows(trait, sides.one.filters) and not _follows(trait, sides.other.filters)
    ]
    has = [traits.counts(side)[said] for side in (first, ~first)]
    size = _known(works, [traits.traits[number] for number in said], (first, ~first))
    found = []
    for own, other in ((0, 1), (1, 0)):
        enough = (size[own] >= LEAST_KNOWN) & (size[other] >= LEAST_KNOWN)
        enough &= has[own] >= np.maximum(LEAST_WORKS, LEAST_SHARE * size[own])
        sure = over_represented(has[own], size[own], has[other], size[other], 2 * len(said))
        terms = [
            Term(
                traits.traits[said[n]],
                Figures(*(int(of[n]) for of in (has[own], size[own], has[other], size[other]))),
            )
            for n in np.flatnonzero(enough & sure)
        ]
        terms.sort(key=lambda term: -term.figures.divergence)
        found.append(_of_all_kinds(terms)[:MOST])
    return found[0], found[1]


def filtered_kinds(filters: Filters) -> set[str]:
    """The kinds of trait that filters choose by: of a column also its predictions and custom labels."""
    kinds = {column.removeprefix("read_") for column in CATEGORIES if getattr(filters, column)}
    kinds |= {column.removeprefix(CUSTOM_LABEL) for column, _ in filters.custom_labels}
    if filters.year_from is not None or filters.year_to is not None:
        kinds.add(YEARS)
    return kinds


def _follows(trait: Trait, filters: Filters) -> bool:
    """Whether a filter speaks of the same."""
    if trait.kind in filtered_kinds(filters):
        return True
    value = trait.values[0].lower()
    words = filters.text.lower().split()
    return trait.kind in ("artist", WORDS) and any(word in value or value in word for word in words)


def _known(works: pd.DataFrame, traits: list[Trait], sides: tuple[np.ndarray, np.ndarray]) -> list[np.ndarray]:
    """Of each side, bool [works], and each trait: of how many works something of its kind is known,
    int [traits]."""
    counts: dict[tuple[str, bool], list[int]] = {}
    for trait in traits:
        which = (trait.kind, trait.as_read)
        if which not in counts:
            known = _known_of(works, *which)
            counts[which] = [int(np.count_nonzero(known & side)) for side in sides]
    of_traits = [counts[trait.kind, trait.as_read] for trait in traits]
    return [np.array([one[side] for one in of_traits], dtype=np.int64) for side in (0, 1)]


def _known_of(works: pd.DataFrame, kind: str, as_read: bool) -> np.ndarray:
    if kind == WORDS:
        recorded = works["title"].notna() | works["description"].notna()
    elif kind == YEARS:
        recorded = pd.Series(np.isfinite(middle_years(works)))
    else:
        recorded = works[kind].notna()
    if not as_read:
        return recorded.to_numpy(dtype=bool)
    names = ("read_year",) if kind == YEARS else (f"read_{kind}", f"{CUSTOM_LABEL}{kind}")
    read = [works[name].notna() & (works[name] != NOT_SURE) for name in names if name in works]
    return ~recorded.to_numpy(dtype=bool) & np.logical_or.reduce(read)


def _of_all_kinds(terms: list[Term]) -> list[Term]:
    """The first `MOST_OF_KIND` of each kind; of spans of years the first alone: they overlap."""
    seen: Counter[str] = Counter()
    kept = []
    for term in terms:
        kind = term.trait.kind
        if seen[kind] < (1 if kind == YEARS else MOST_OF_KIND):
            kept.append(term)
        seen[kind] += 1
    return kept
