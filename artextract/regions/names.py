"""Names of map regions: the terms that set a region apart from all other works.

A name is true of at least half of a region's works, and at least twice as common there as elsewhere.
It is one term, two terms of a kind ("Baroque and Rococo": either of them), or up to three terms of
different kinds ("Dutch portraits, 1630–60": works that have all of them). The name with the
highest `TermCounts.divergence` is chosen: it separates the region's works best from the others.

A term counts only if chance does not explain how common it is in the region: the probability that
as many works, drawn from all works, have the term (binomial test, one-sided, slightly stricter than
Fisher's exact test) is below `CHANCE` divided by the number of tests of the level (Bonferroni), and if
several artists have works with it (`by_several_artists`), except for the name of an artist.

The constants below have no published source: they were chosen by hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations

import numpy as np

from artextract.regions.terms import COLUMNS, PLURAL_KINDS, WORDS, YEARS, Term, Terms
from artextract.term_statistics import CHANCE, TermCounts, by_several_artists

MIN_SHARE = 0.5  # A name is true of at least this share of the region's works
MIN_LIFT = 2.0  # How many times as common in the region as elsewhere a term must be
MAX_TERMS = 3  # Terms in a name
KEPT_DIVERGENCE = 0.98  # A further term enters a name only if the divergence stays above this share of what it was …
GAINED_LIFT = 1.25
"""… and if the name becomes this many times as specific: a term that follows from the others adds nothing."""
MIN_EITHER = 0.2  # Two terms of a kind form a name only if each has at least this share of the region's works
MAX_FURTHER = 5  # Further terms listed below the name
MIN_FURTHER = 0.15  # A further term has at least this share of the region's works
ORDER = ("artist", "style", "school", "genre", "theme", "classification", "medium", WORDS, YEARS)
"""The order of kinds within a name."""


@dataclass(frozen=True)
class RegionName:
    """Terms of different kinds, and how many works have them all."""

    terms: tuple[Term, ...]
    counts: TermCounts

    @property
    def text(self) -> str:
        """The terms in words: "Dutch portraits, 1630–60"."""
        text, before = "", ""
        for term in sorted(self.terms, key=lambda term: ORDER.index(term.kind)):
            close = before == "school" and term.kind in PLURAL_KINDS
            text += (" " if close else ", ") * bool(text) + term.text
            before = term.kind
        return text[:1].upper() + text[1:]


def find_names(terms: Terms, groups: Sequence[np.ndarray]) -> list[list[RegionName]]:
    """For each region (the rows of its works), its name and then further terms, best first; empty without a name."""
    chance = CHANCE / max(1, len(groups) * len(terms.terms))
    totals = terms.counts(np.ones(terms.works, dtype=bool))
    names = []
    for rows in groups:
        mask = np.zeros(terms.works, dtype=bool)
        mask[rows] = True
        names.append(_Group(terms, mask, len(rows), chance).names(totals))
    return names


@dataclass(frozen=True)
class _Candidate:
    """A term, or a pair of terms of a kind; a work has the pair if it has either term."""

    numbers: tuple[int, ...]
    term: Term
    counts: TermCounts
    divergence: float

    @property
    def lift(self) -> float:
        return self.counts.share / self.counts.share_elsewhere


@dataclass(frozen=True)
class _Group:
    """The works of a region."""

    terms: Terms
    mask: np.ndarray  # bool [works]
    size: int
    chance: float  # A term counts if its probability by chance is below this

    def names(self, totals: np.ndarray) -> list[RegionName]:
        """See `find_names`; `totals` is how many works have each term, int [terms]."""
        named = np.ones(len(self.mask), dtype=bool)
        single = self._distinctive(named, totals)
        candidates = _best_first([*self._either(single), *single])
        chosen: list[_Candidate] = []
        while len(chosen) < MAX_TERMS:
            kinds = {candidate.term.kind for candidate in chosen}
            fitting = (
                candidate
                for candidate in candidates
                if candidate.counts.share >= MIN_SHARE
                and candidate.term.kind not in kinds
                and (not chosen or candidate.lift >= GAINED_LIFT * chosen[-1].lift)
            )
            best = next(fitting, None)
            if best is None or (chosen and best.divergence < KEPT_DIVERGENCE * chosen[-1].divergence):
                break
            chosen.append(best)
            named = named & self._has(best.numbers)
            candidates = self._distinctive(named, self.terms.counts(named))
        if not chosen:
            return []
        name = RegionName(tuple(candidate.term for candidate in chosen), chosen[-1].counts)
        used = {number for candidate in chosen for number in candidate.numbers}
        further = [RegionName((one.term,), one.counts) for one in single if not used.intersection(one.numbers)]
        # The best span of years only, or none if the name has one: spans overlap.
        spans = [one for one in further if one.terms[0].kind == YEARS]
        dropped = spans if any(term.kind == YEARS for term in name.terms) else spans[1:]
        return [name, *[one for one in further if one not in dropped][:MAX_FURTHER]]

    def _distinctive(self, named: np.ndarray, totals: np.ndarray) -> list[_Candidate]:
        """The terms that set the region apart together with the name so far, best first.

        `named` are the works that have all terms of the name so far, bool [works], `totals` is how many of
        them have each term, int [terms].
        """
        from scipy.special import bdtrc

        inside, works = self.terms.counts(named & self.mask), len(self.mask)
        share, elsewhere = inside / self.size, (totals - inside) / max(1, works - self.size)
        numbers = np.flatnonzero((share >= MIN_FURTHER) & (share >= MIN_LIFT * elsewhere))
        by_chance = bdtrc(inside[numbers] - 1, self.size, totals[numbers] / works)
        rows = np.flatnonzero(named & self.mask)
        return _best_first(
            self._candidate((number,), self.terms.having(number, rows), int(totals[number]), rows)
            for number in numbers[by_chance < self.chance].tolist()
        )

    def _either(self, candidates: Sequence[_Candidate]) -> list[_Candidate]:
        """Pairs of terms of the same kind; a work has the pair if it has either term."""
        pairs, rows = [], np.flatnonzero(self.mask)
        for left, right in combinations([one for one in candidates if one.counts.share >= MIN_EITHER], 2):
            kind, predicted = left.term.kind, left.term.predicted
            if kind in COLUMNS and (kind, predicted) == (right.term.kind, right.term.predicted):
                numbers = left.numbers + right.numbers
                has = self._has(numbers)
                pairs.append(self._candidate(numbers, np.flatnonzero(has & self.mask), int(has.sum()), rows))
        return _best_first(pairs)

    def _has(self, numbers: Sequence[int]) -> np.ndarray:
        """The works that have any of the terms, bool [works]."""
        return reduce(np.logical_or, map(self.terms.has, numbers))

    def _candidate(
        self, numbers: tuple[int, ...], having: np.ndarray, total: int, rows: np.ndarray
    ) -> _Candidate | None:
        """A term of the works in `having`, a part of the region's works in `rows`; None if it is of too few artists."""
        terms = [self.terms.terms[number] for number in numbers]
        term = replace(terms[0], values=tuple(value for term in terms for value in term.values))
        counts = TermCounts(len(having), self.size, total - len(having), len(self.mask) - self.size)
        artists = self.terms.artists
        several = counts if term.kind == "artist" else by_several_artists(counts, artists[having], artists[rows])
        return None if several is None else _Candidate(numbers, term, several, several.divergence)


def _best_first(candidates: Iterable[_Candidate | None]) -> list[_Candidate]:
    return sorted((one for one in candidates if one is not None), key=lambda candidate: -candidate.divergence)
