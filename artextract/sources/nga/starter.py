"""The starter set: a small choice of open-access paintings that shows the gallery's breadth.

A rule and no list: works are taken one after the other, each time one whose period, school and
subject have been taken the least, and of those the one that a fixed hash puts first. The same
tables give the same works, and a table with some more works gives nearly the same.
"""

import hashlib

import numpy as np
import pandas as pd

from artextract.sources.nga.joining import OPEN
from artextract.work_table import first_term

STARTER_COUNT = 200
PERIOD = 50
"""Years that count as one period."""
OF_ONE_ARTIST = 3
"""Works of one artist at the most."""


def choose_starter(works: pd.DataFrame, count: int = STARTER_COUNT) -> pd.DataFrame:
    """The starter set of the works, in the order of the table.

    Args:
        works: `Joined.works`.
        count: how many to choose; fewer where there are fewer open-access works.
    """
    able = works[works["rights"] == OPEN].reset_index(drop=True)
    groups = [_codes(able["year_end"] // PERIOD), _codes(_school(able)), _codes(_subject(able))]
    artist = _codes(able["artist"].where(able["artist"].notna(), able["id"]))
    tie = np.array([_hash(work) for work in able["id"]])
    taken = np.zeros(len(able), dtype=bool)
    counts = [np.zeros(codes.max(initial=0) + 1) for codes in groups]
    of_artist = np.zeros(artist.max(initial=0) + 1)
    for _ in range(min(count, len(able))):
        # What isn't said of a work (its code is 0) spreads nothing: it counts as a crowded group.
        load = sum(
            np.where(codes > 0, seen[codes] / max(seen.mean(), 1.0), 2.0)
            for codes, seen in zip(groups, counts, strict=True)
        )
        load = load + 100.0 * (of_artist[artist] >= OF_ONE_ARTIST) + tie * 0.5
        load[taken] = np.inf
        chosen = int(np.argmin(load))
        taken[chosen] = True
        of_artist[artist[chosen]] += 1
        for codes, seen in zip(groups, counts, strict=True):
            seen[codes[chosen]] += 1
    return able[taken].reset_index(drop=True)


def _school(works: pd.DataFrame) -> pd.Series:
    """The first school that the gallery names, or else the artist's nationality."""
    return first_term(works["school"]).where(works["school"].notna(), works["nationality"])


def _subject(works: pd.DataFrame) -> pd.Series:
    return first_term(works["theme"])


def _codes(column: pd.Series) -> np.ndarray:
    """A number for each value in the order of the values; 0 where there is none."""
    values = sorted(column.dropna().unique())
    code = {value: number for number, value in enumerate(values, start=1)}
    return column.map(code).fillna(0).to_numpy(dtype=np.int64)


def _hash(work: str) -> float:
    """A number from 0 to 1 that depends on nothing but the id."""
    return int.from_bytes(hashlib.sha256(work.encode()).digest()[:6], "big") / 2**48
