"""The daily pick: one work, and similar works by other artists from other periods."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from artextract.similarity.search import Searcher
from artextract.similarity.vectors import cosines_of, lengths_of
from artextract.work_table import first_term

SAMPLE = 20_000
"""Works drawn for the day; the pick and its matches are chosen among them. A million would take too long."""
NEAREST = 60  # Nearest works of each candidate that are considered as matches
MIN_YEARS = 80  # Least number of years between the pick and a match
MATCHES = 3
MAX_TRIES = 100  # Candidates that are tried until one has enough matches


@dataclass(frozen=True)
class DistantMatch:
    """A work near the pick, from another period."""

    row: int
    rank: int  # Among all works by cosine, 1 is the nearest
    years: int  # Years between the two works


@dataclass(frozen=True)
class DailyPick:
    """A work and its matches, the nearest first."""

    row: int
    matches: list[DistantMatch]


def find_daily_pick(searcher: Searcher, day: date) -> DailyPick | None:
    """Draw a work that has similar works by other artists, `MIN_YEARS` or more apart.

    The matches also have another style and school where those are recorded. The same day gives the same works as long
    as the collection does not change. None if no candidate has `MATCHES` matches, such as without recorded years.
    """
    from scipy.stats import rankdata

    works = searcher.works
    years = works[["year_begin", "year_end"]].astype("Float64").mean(axis=1)
    artists, known = works["artist"], (years.notna() & works["artist"].notna()).to_numpy()
    kinds = [first_term(works["style"]), first_term(works["school"])]
    rng = np.random.default_rng(day.toordinal())
    drawn = rng.permutation(np.flatnonzero(known))[:SAMPLE]
    vectors = searcher.embeddings.vectors[drawn]
    lengths = lengths_of(vectors)
    for number, row in enumerate(drawn[:MAX_TRIES].tolist()):
        cosines = cosines_of(vectors, lengths, vectors[number])
        cosines[number] = -np.inf
        apart: dict[str, tuple[int, float]] = {artists.iloc[row]: (row, 0.0)}  # by artist: row, years apart
        for candidate in drawn[np.argsort(-cosines, kind="stable")[:NEAREST]].tolist():
            years_apart = float(abs(years.iloc[row] - years.iloc[candidate]))
            pairs = ((kind.iloc[row], kind.iloc[candidate]) for kind in kinds)
            same_kind = any(isinstance(left, str) and left == right for left, right in pairs)
            if years_apart >= MIN_YEARS and not same_kind:
                apart.setdefault(artists.iloc[candidate], (candidate, years_apart))
        if len(apart) > MATCHES:
            nearness = searcher.cosines_with(searcher.embeddings.vectors[row])
            nearness[row] = -np.inf
            ranks = rankdata(-nearness, method="ordinal")
            chosen = [*apart.values()][1 : MATCHES + 1]
            matches = [DistantMatch(match, int(ranks[match]), round(gap)) for match, gap in chosen]
            return DailyPick(row, sorted(matches, key=lambda match: match.rank))
    return None
