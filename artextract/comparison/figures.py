"""How common something is on one side and on the other, and whether chance alone could do it.

What is tried is much, and chance alone makes some look over-represented. So something counts only
where, of all draws of so many works out of those of both sides, as many of one side would have it
with a probability (Fisher's exact test, one-sided) below `CHANCE` divided by the number of all that
is tried (Bonferroni).
"""

from dataclasses import dataclass
from math import log

import numpy as np

CHANCE = 0.001
"""Probability that chance alone makes anything look over-represented."""
LEAST_LIFT = 1.5
"""How many times as common as on the other side, at the least."""


@dataclass(frozen=True)
class Figures:
    """How common something is on one side, and on the other."""

    has: int
    size: int
    """Works of the side of which it is known whether they have it."""
    others_have: int
    others: int
    """Of the other side likewise."""

    @property
    def share(self) -> float:
        """Of the side's works, 0 to 1."""
        return self.has / self.size

    @property
    def lift(self) -> float:
        """How many times as common as on the other side; infinite if there is none."""
        return self.share / (self.others_have / self.others) if self.others_have else float("inf")

    @property
    def text(self) -> str:
        """Such as "84 of 96, against 12 of 310: 23 times as common"."""
        counts = f"{self.has:,} of {self.size:,}"
        if not self.others_have:
            return f"{counts}, against none of {self.others:,}"
        times = f"{self.lift:,.0f}" if self.lift >= 10 else f"{self.lift:.1f}"
        against = f"against {self.others_have:,} of {self.others:,}"
        return f"{counts}, {against}: {times} times as common"

    @property
    def divergence(self) -> float:
        """How well it tells the side's works from the other's: the Kullback-Leibler divergence of
        having it here from having it there, as `regions.names` ranks what it could say."""
        s = min(max(self.share, 1e-9), 1 - 1e-9)
        e = min((self.others_have + 0.5) / (self.others + 1), 1 - 1e-9)
        return s * log(s / e) + (1 - s) * log((1 - s) / (1 - e))


def over_represented(
    has: np.ndarray, size: np.ndarray, others_have: np.ndarray, others: np.ndarray, tried: int
) -> np.ndarray:
    """Which of many things are surely more common on one side than on the other, bool [n].

    Args:
        has: how many works of the side have each, int [n].
        size: of how many of which it is known, int [n].
        others_have: as `has`, of the other side.
        others: as `size`, of the other side.
        tried: how many things are tried in all.
    """
    from scipy.stats import hypergeom

    share = has / np.maximum(size, 1)
    lifted = share >= LEAST_LIFT * others_have / np.maximum(others, 1)
    by_chance = hypergeom.sf(has - 1, size + others, has + others_have, size)
    return (has > 0) & lifted & (by_chance < CHANCE / max(1, tried))
