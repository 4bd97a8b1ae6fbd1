"""The starter set: open-access paintings from many periods, schools and subjects.

Works are chosen one by one: each time the work whose period, school and subject were chosen least so
far; a fixed hash of the id breaks ties. So the same tables give the same works.
"""

import hashlib

import numpy as np
import pandas as pd

from artextract.sources.nga.joining import OPEN
from artextract.work_table import first_term

STARTER_COUNT = 200
PERIOD = 50  # Years
OF_ONE_ARTIST = 3  # Maximum number of works


def choose_starter(works: pd.DataFrame, count: int = STARTER_COUNT) -> pd.DataFrame:
    """`count` works of `JoinedTables.works`, or all that are open access, in the order of the table."""
    able = works[works["rights"] == OPEN].reset_index(drop=True)
    school = first_term(able["school"]).where(able["school"].notna(), able["nationality"])
    groups = [_codes(able["year_end"] // PERIOD), _codes(school), _codes(first_term(able["theme"]))]
    artist = _codes(able["artist"].where(able["artist"].notna(), able["id"]))
    tie = np.array([_hash(work) for work in able["id"]])
    taken = np.zeros(len(able), dtype=bool)
    counts = [np.zeros(codes.max(initial=0) + 1) for codes in groups]
    of_artist = np.zeros(artist.max(initial=0) + 1)
    for _ in range(min(count, len(able))):
        # A missing value (code 0) adds no variety: it counts as a crowded group.
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


def _codes(column: pd.Series) -> np.ndarray:
    """A number for each value; 0 where the value is missing."""
    values = sorted(column.dropna().unique())
    code = {value: number for number, value in enumerate(values, start=1)}
    return column.map(code).fillna(0).to_numpy(dtype=np.int64)


def _hash(work: str) -> float:
    """A number from 0 to 1 that depends only on the id."""
    return int.from_bytes(hashlib.sha256(work.encode()).digest()[:6], "big") / 2**48
