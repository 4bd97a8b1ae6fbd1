"""How common a term is in a group of works and elsewhere, and whether chance alone could explain the difference."""

from dataclasses import dataclass, replace
from math import log

import numpy as np

CHANCE = 0.001  # Probability that chance alone makes any of the tested terms look more common
MIN_WORKS = 4  # Works of a group that must have a term before `more_common` lists it
MIN_SHARE = 0.02  # Share of the group's works that must have it
MIN_LIFT = 1.5  # How many times as common as in the other group it must be
MAX_LIFT = 100  # A higher lift is not told: it rests on one or two works elsewhere
MIN_ARTISTS = 3
"""Artists of a group who must have works with the term. The tests take works as independent, but ten works of one
artist are one fact."""


@dataclass(frozen=True)
class TermCounts:
    """How many works have a term, in a group and elsewhere."""

    inside: int
    size: int  # Works of the group
    outside: int
    others: int  # Works elsewhere
    artists: int = 0  # Artists of the group's works that have the term; 0 if an artist is not known

    @property
    def share(self) -> float:
        """Share of the group's works that have the term, 0 to 1."""
        return self.inside / self.size

    @property
    def lift(self) -> float:
        """How many times as common as elsewhere; infinite if no work elsewhere has the term."""
        return self.share / (self.outside / self.others) if self.outside else float("inf")

    @property
    def share_elsewhere(self) -> float:
        """Share of the works elsewhere, smoothed (half a work more), so that it is never 0."""
        return (self.outside + 0.5) / (self.others + 1)

    @property
    def divergence(self) -> float:
        """The Kullback-Leibler divergence of having the term in the group from having it elsewhere, in nats."""
        s, e = min(max(self.share, 1e-9), 1 - 1e-9), min(self.share_elsewhere, 1 - 1e-9)
        return s * log(s / e) + (1 - s) * log((1 - s) / (1 - e))

    @property
    def text(self) -> str:
        """The counts as text: "84 of 96, by 31 artists, 12 of 310 elsewhere: 23 times as common"."""
        counts = f"{self.inside:,} of {self.size:,}" + (f", by {self.artists:,} artists" if self.artists > 1 else "")
        if not self.outside:
            return f"{counts}, none elsewhere"
        times = f"{self.lift:.0f}" if self.lift >= 10 else f"{self.lift:.1f}"
        times = f"over {MAX_LIFT}" if self.lift >= MAX_LIFT else times
        return f"{counts}, {self.outside:,} of {self.others:,} elsewhere: {times} times as common"


def by_several_artists(counts: TermCounts, having: np.ndarray, group: np.ndarray) -> TermCounts | None:
    """The counts with the number of artists; None if fewer than `MIN_ARTISTS` made the works that have the term.

    `having` are the artists of the group's works that have it, `group` those of all its works: numbers, int, -1 if
    not recorded. Of a group with fewer artists, all must have such works.
    """
    artists = 0 if (having < 0).any() else len(np.unique(having))
    if 0 < artists < min(MIN_ARTISTS, len(np.unique(group))):
        return None
    return replace(counts, artists=artists)


def more_common(
    has: tuple[np.ndarray, np.ndarray], size: tuple[np.ndarray, np.ndarray]
) -> tuple[list[tuple[int, TermCounts]], list[tuple[int, TermCounts]]]:
    """The terms that are significantly more common in each of two groups than in the other.

    Fisher's exact test, one-sided, with Bonferroni's correction for all terms and both groups. `has`
    counts each group's works that have each term, int [terms], and `size` those that could have it.
    Returns, for each group, its distinctive terms (by number) with their counts, the most distinctive first.
    """
    from scipy.stats import hypergeom

    common = []
    for own, other in ((0, 1), (1, 0)):
        inside, outside, works, others = has[own], has[other], size[own], size[other]
        mask = inside >= np.maximum(MIN_WORKS, MIN_SHARE * works)
        mask &= inside / np.maximum(works, 1) >= MIN_LIFT * outside / np.maximum(others, 1)
        by_chance = hypergeom.sf(inside - 1, works + others, inside + outside, works)
        mask &= by_chance < CHANCE / max(1, 2 * len(inside))
        terms = [
            (n, TermCounts(int(inside[n]), int(works[n]), int(outside[n]), int(others[n])))
            for n in np.flatnonzero(mask).tolist()
        ]
        common.append(sorted(terms, key=lambda term: -term[1].divergence))
    return common[0], common[1]
