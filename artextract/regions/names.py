"""What sets a region apart from all other works, and how surely.

A name is what is true of most works of a region and at least `LEAST_LIFT` times as common there as
elsewhere: one trait, or two of a kind ("Baroque and Rococo": either of them), or up to three of
different kinds together ("Dutch portraits, 1630–60" counts the works that are all of it). Of what
could be said, that is said by which the region's works are told best from the others: the largest
Kullback-Leibler divergence of being so in the region from being so elsewhere,
s log(s/e) + (1-s) log((1-s)/(1-e)).

Many traits are tried on many regions, and chance alone makes some look over-represented. So a trait
counts only where as many works of the region, drawn from all works, would have it by chance
(binomial test, one-sided, a little stricter than Fisher's exact test) with a probability below
`CHANCE` divided by the number of all that is tried (Bonferroni).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import combinations
from math import log

import numpy as np

from artextract.regions.traits import COLUMNS, YEARS, Trait, Traits

LEAST_SHARE = 0.5
"""Part of a region's works of which its name is true, at the least."""
LEAST_LIFT = 2.0
"""How many times as common as elsewhere that is, at the least."""
CHANCE = 0.001
"""Probability that chance alone sets any of a level's regions apart."""
MOST_TRAITS = 3
WORTH = 0.98
"""One more trait enters a name if with it the region's works are told from others as well as
before, or nearly …"""
NARROWER = 1.25
"""… and what the name says is then so many times as common in the region, against elsewhere, as it
was before: a trait that goes without saying beside the others doesn't enter."""
LEAST_EITHER = 0.2
"""Part of a region's works that have each of two traits of a kind, at the least."""
MOST_OTHERS = 5
"""Further traits that are told of a region."""
LEAST_OTHER = 0.15
"""Part of a region's works that have such a one, at the least."""


@dataclass(frozen=True)
class Figures:
    """How common something is in a region, and elsewhere."""

    inside: int
    size: int
    """Works of the region."""
    outside: int
    others: int
    """Works that are not of it."""

    @property
    def share(self) -> float:
        """Of the region's works, 0 to 1."""
        return self.inside / self.size

    @property
    def lift(self) -> float:
        """How many times as common as elsewhere; infinite if there is none elsewhere."""
        return self.share / (self.outside / self.others) if self.outside else float("inf")


@dataclass(frozen=True)
class Said:
    """Traits, and how common works are that have them all."""

    traits: tuple[Trait, ...]
    figures: Figures


@dataclass(frozen=True)
class Apart:
    """What sets a region apart."""

    name: Said
    more: tuple[Said, ...]
    """What else does, a trait each, those first that tell its works best from others."""


def set_apart(traits: Traits, regions: Sequence[np.ndarray]) -> list[Apart | None]:
    """What sets each of the regions of a level apart; None where nothing does.

    Args:
        traits: of the works.
        regions: of each the rows of its works, int.
    """
    chance = CHANCE / max(1, len(regions) * len(traits.traits))
    everything = traits.counts(np.ones(traits.works, dtype=bool))
    found = []
    for rows in regions:
        inside = np.zeros(traits.works, dtype=bool)
        inside[rows] = True
        found.append(_apart(_Region(traits, inside, chance), everything))
    return found


@dataclass(frozen=True)
class _Candidate:
    """What could be said of a region."""

    how_well: float
    """It tells the region's works from others: `_divergence`."""
    numbers: tuple[int, ...]
    """Of a trait, or of several of which any will do."""
    figures: Figures


@dataclass(frozen=True)
class _Region:
    traits: Traits
    inside: np.ndarray
    """bool [works]."""
    chance: float

    @cached_property
    def size(self) -> int:
        """Works of the region."""
        return int(np.count_nonzero(self.inside))

    def told_by(self, so: np.ndarray, have: np.ndarray) -> list[_Candidate]:
        """The traits that set it apart beside what is said already, the best first.

        Args:
            so: the works of which that is true, bool [works].
            have: how many of them have each trait, int [traits].
        """
        from scipy.special import bdtrc

        size, works = self.size, len(self.inside)
        had = self.traits.counts(so & self.inside)
        share, elsewhere = had / size, (have - had) / max(1, works - size)
        found = np.flatnonzero((share >= LEAST_OTHER) & (share >= LEAST_LIFT * elsewhere))
        by_chance = bdtrc(had[found] - 1, size, have[found] / works)
        told = [
            self._candidate((int(number),), int(had[number]), int(have[number]))
            for number in found[by_chance < self.chance]
        ]
        return sorted(told, key=lambda one: -one.how_well)

    def either(self, told: Sequence[_Candidate]) -> list[_Candidate]:
        """Two traits of a kind, of which either will do, of those that set it apart alone."""
        large = [one for one in told if one.figures.share >= LEAST_EITHER]
        found = []
        for first, second in combinations(large, 2):
            one, other = (self.traits.traits[each.numbers[0]] for each in (first, second))
            if (one.kind, one.as_read) == (other.kind, other.as_read) and one.kind in COLUMNS:
                numbers = first.numbers + second.numbers
                have = self.have(numbers)
                inside = int((have & self.inside).sum())
                found.append(self._candidate(numbers, inside, int(have.sum())))
        return found

    def have(self, numbers: Sequence[int]) -> np.ndarray:
        """The works that have one of the traits, bool [works]."""
        return reduce(np.logical_or, map(self.traits.have, numbers))

    def trait(self, numbers: Sequence[int]) -> Trait:
        """Those traits as one."""
        traits = [self.traits.traits[number] for number in numbers]
        return replace(traits[0], values=tuple(v for trait in traits for v in trait.values))

    def _candidate(self, numbers: tuple[int, ...], inside: int, every: int) -> _Candidate:
        size, works = self.size, len(self.inside)
        figures = Figures(inside, size, every - inside, works - size)
        return _Candidate(_divergence(figures), numbers, figures)


def _apart(region: _Region, everything: np.ndarray) -> Apart | None:
    so = np.ones(region.traits.works, dtype=bool)
    said: list[_Candidate] = []
    alone = region.told_by(so, everything)
    found = sorted([*region.either(alone), *alone], key=lambda one: -one.how_well)
    while len(said) < MOST_TRAITS:
        kinds = {region.trait(one.numbers).kind for one in said}
        fit = next(
            (
                one
                for one in found
                if one.figures.share >= LEAST_SHARE
                and region.trait(one.numbers).kind not in kinds
                and (not said or _lift(one.figures) >= NARROWER * _lift(said[-1].figures))
            ),
            None,
        )
        if fit is None or (said and fit.how_well < WORTH * said[-1].how_well):
            break
        said.append(fit)
        so &= region.have(fit.numbers)
        found = region.told_by(so, region.traits.counts(so))
    if not said:
        return None
    name = Said(tuple(region.trait(one.numbers) for one in said), said[-1].figures)
    named = {number for one in said for number in one.numbers}
    more = [Said((region.trait(one.numbers),), one.figures) for one in alone if not named.intersection(one.numbers)]
    return Apart(name, tuple(_one_span(more, name)[:MOST_OTHERS]))


def _one_span(more: list[Said], name: Said) -> list[Said]:
    """Of spans of years the best alone, or none if the name has one: they overlap."""
    kept, seen = [], any(trait.kind == YEARS for trait in name.traits)
    for one in more:
        if one.traits[0].kind == YEARS:
            if seen:
                continue
            seen = True
        kept.append(one)
    return kept


def _elsewhere(figures: Figures) -> float:
    """The part of the other works, never quite 0."""
    return (figures.outside + 0.5) / (figures.others + 1)


def _lift(figures: Figures) -> float:
    return figures.share / _elsewhere(figures)


def _divergence(figures: Figures) -> float:
    s, e = min(max(figures.share, 1e-9), 1 - 1e-9), min(_elsewhere(figures), 1 - 1e-9)
    return s * log(s / e) + (1 - s) * log((1 - s) / (1 - e))
