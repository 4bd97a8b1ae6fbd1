"""The day's walk: a work, and works that are near it though nothing on their labels says so."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from artextract.collection import first_term
from artextract.similarity.search import Searcher
from artextract.similarity.vectors import cosines_of, lengths_of

AMONG = 20_000
"""Works drawn by the day, among which the walk leads: of a million all would take too long."""
NEAR = 60
"""Of so many nearest of them the surprising ones are taken."""
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
    drawn = rng.permutation(np.flatnonzero(known))[:AMONG]
    vectors = searcher.embeddings.vectors[drawn]
    lengths = lengths_of(vectors)
    for number, row in enumerate(drawn[:TRIES]):
        cosines = cosines_of(vectors, lengths, vectors[number])
        cosines[number] = -np.inf
        met = {artists.iloc[row]}
        found: list[int] = []
        for other in drawn[np.argsort(-cosines, kind="stable")[:NEAR]]:
            apart = abs(years.iloc[row] - years.iloc[other])
            same = any(_same(kind.iloc[row], kind.iloc[other]) for kind in kinds)
            if apart >= YEARS and not same and artists.iloc[other] not in met:
                met.add(artists.iloc[other])
                found.append(int(other))
            if len(found) == STEPS:
                return Walk(int(row), _surprises(searcher, int(row), found, years))
    return None


def _surprises(searcher: Searcher, row: int, found: list[int], years: pd.Series) -> list[Surprise]:
    cosines = searcher.cosines_with(searcher.embeddings.vectors[row])
    cosines[row] = -np.inf
    surprises = []
    for other in found:
        nearer = np.count_nonzero(cosines > cosines[other])
        as_near = np.count_nonzero(cosines[:other] == cosines[other])
        apart = round(float(abs(years.iloc[row] - years.iloc[other])))
        surprises.append(Surprise(other, int(1 + nearer + as_near), apart))
    return sorted(surprises, key=lambda one: one.rank)


def _same(one: object, other: object) -> bool:
    return isinstance(one, str) and one == other
