"""What sets a region apart from all other works, and how surely.

A name is what is true of most works of a region and at least `LEAST_LIFT` times as common there as
elsewhere: one trait, or up to three together ("Dutch portraits, 1630–60" counts the works that are
all of it). Of what could be said, that is said by which the region's works are told best from the
others: the largest Kullback-Leibler divergence of being so in the region from being so elsewhere,
s log(s/e) + (1-s) log((1-s)/(1-e)).

Many traits are tried on many regions, and chance alone makes some look over-represented. So a trait
counts only where chance would give so many works of the region (Fisher's exact test, one-sided)
with a probability below `CHANCE` divided by the number of all that is tried (Bonferroni).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.regions.traits import YEARS, Trait, Traits

LEAST_SHARE = 0.5
"""Part of a region's works of which its name is true, at the least."""
LEAST_LIFT = 2.0
"""How many times as common as elsewhere that is, at the least."""
CHANCE = 0.001
"""Probability that chance alone sets any of a level's regions apart."""
MOST_TRAITS = 3
WORTH = 0.98
"""One more trait enters a name if with it the region's works are told from others as well as before,
or nearly: it says more."""
IMPLIED = {"artist": ("school", "style")}
"""Kinds that go without saying beside another in a name."""
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
class _Region:
    traits: Traits
    inside: np.ndarray
    """bool [works]."""
    chance: float

    def told_by(self, so: np.ndarray, have: np.ndarray) -> list[tuple[float, int, Figures]]:
        """The traits that set it apart beside what is said already, the best first.

        Args:
            so: the works of which that is true, bool [works].
            have: how many of them have each trait, int [traits].

        Returns:
            How well each tells the region's works from others, its number, and the figures.
        """
        from scipy.stats import hypergeom

        size, works = int(self.inside.sum()), len(self.inside)
        had = self.traits.counts(so & self.inside)
        share, elsewhere = had / size, (have - had) / max(1, works - size)
        found = np.flatnonzero((share >= LEAST_OTHER) & (share >= LEAST_LIFT * elsewhere))
        by_chance = hypergeom.sf(had[found] - 1, works, have[found], size)
        found = found[by_chance < self.chance]
        how_well = _divergence(share[found], (have[found] - had[found] + 0.5) / (works - size + 1))
        return [
            (
                float(how_well[at]),
                int(found[at]),
                Figures(int(had[found[at]]), size, int((have - had)[found[at]]), works - size),
            )
            for at in np.argsort(-how_well, kind="stable")
        ]


def _apart(region: _Region, everything: np.ndarray) -> Apart | None:
    traits = region.traits
    so = np.ones(traits.works, dtype=bool)
    said: list[int] = []
    told, figures = 0.0, None
    alone = found = region.told_by(so, everything)
    while len(said) < MOST_TRAITS:
        kinds = {traits.traits[number].kind for number in said}
        kinds |= {implied for kind in kinds for implied in IMPLIED.get(kind, ())}
        fit = next(
            (
                one for one in found
                if one[2].share >= LEAST_SHARE and traits.traits[one[1]].kind not in kinds
            ), None,
        )  # fmt: skip
        if fit is None or fit[0] < WORTH * told:
            break
        told, number, figures = fit
        said.append(number)
        so &= traits.have(number)
        found = region.told_by(so, traits.counts(so))
    if figures is None:
        return None
    name = Said(tuple(traits.traits[number] for number in said), figures)
    more = [Said((traits.traits[number],), own) for _, number, own in alone if number not in said]
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


def _divergence(share: np.ndarray, elsewhere: np.ndarray) -> np.ndarray:
    s, e = np.clip(share, 1e-9, 1 - 1e-9), np.clip(elsewhere, 1e-9, 1 - 1e-9)
    result: np.ndarray = s * np.log(s / e) + (1 - s) * np.log((1 - s) / (1 - e))
    return result
