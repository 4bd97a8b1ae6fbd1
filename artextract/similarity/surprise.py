"""The day's walk: a work, and works that are near it though nothing on their labels says so."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from artextract.collection import first_term
from artextract.similarity.search import Searcher

NEAR = 60
"""Of so many nearest works the surprising ones are taken."""
YEARS = 80
"""That lie between, at least."""
STEPS = 3
TRIES = 100
"""Works that are looked at for one with enough surprises."""


@dataclass(frozen=True)
class Surprise:
    """A work near another."""

    row: int
    rank: int
    """Among all works by cosine, 1 the nearest."""
    years: int
    """Between the two."""


@dataclass(frozen=True)
class Walk:
    """A work and its surprises, the nearest first."""

    row: int
    surprises: list[Surprise]


def days_walk(searcher: Searcher, day: date) -> Walk | None:
    """A work drawn by the day, with works near it by other artists, at least `YEARS` years apart,
    and in other styles and of other schools where those are recorded.

    The same day gives the same works as long as the collection stays as it is.

    Returns:
        None where no work that was looked at has `STEPS` of them, as in a collection without years.
    """
    works = searcher.works
    years = works[["year_begin", "year_end"]].astype("Float64").mean(axis=1)
    artists, known = works["artist"], (years.notna() & works["artist"].notna()).to_numpy()
    kinds = [first_term(works["style"]), first_term(works["school"])]
    rng = np.random.default_rng(day.toordinal())
    for row in rng.permutation(np.flatnonzero(known))[:TRIES]:
        met = {artists.iloc[row]}
        found: list[Surprise] = []
        near = searcher.rows_near_work(str(works["id"].iloc[row]), NEAR)
        for rank, other in enumerate(near, start=1):
            apart = abs(years.iloc[row] - years.iloc[other]) if known[other] else 0
            same = any(_same(kind.iloc[row], kind.iloc[other]) for kind in kinds)
            if apart >= YEARS and not same and artists.iloc[other] not in met:
                met.add(artists.iloc[other])
                found.append(Surprise(other, rank, round(float(apart))))
            if len(found) == STEPS:
                return Walk(int(row), found)
    return None


def _same(one: object, other: object) -> bool:
    return isinstance(one, str) and one == other
