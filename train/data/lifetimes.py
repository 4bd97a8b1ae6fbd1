"""When a painting can have been made, if its year is not known: the working life of its artist, or its style's time."""

import re
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd

from artextract.attributes import date_bins
from artextract.errors import SourceError

FIRST_WORKS_AT = 18  # Years of age
AROUND_DATED_WORKS = 10  # Years before the first and after the last dated training painting of an artist
MIN_DATED = 3  # Dated paintings that an artist needs for that
STYLE_YEARS = {"Medieval": (1200, 1450), "Renaissance": (1400, 1600)}
"""Of styles that hardly have dated paintings."""


def year_spans(table: pd.DataFrame, people: Path | None) -> np.ndarray:
    """First and last possible year of each painting, float32 [n, 2], within the years of the date's head; else NaN.

    `table` is one of `labelled_paintings`. The span is the year itself; else the working life of the artist from
    `people`, the National Gallery of Art's table of constituents; else that of the artist's dated training paintings;
    else the time of an early style. Raises SourceError if `people` can't be read.
    """
    year = table["year"].astype(float).to_numpy()
    dated = (
        table[(table["part"] == "fit") & table["year"].notna()].groupby("painter")["year"].agg(["min", "max", "count"])
    )
    dated = dated[dated["count"] >= MIN_DATED].astype(float)
    sources = [
        (year, year),
        _mapped(table["painter"], _lives(people), ("first", "last")),
        _mapped(
            table["painter"],
            dated.assign(min=dated["min"] - AROUND_DATED_WORKS, max=dated["max"] + AROUND_DATED_WORKS),
            ("min", "max"),
        ),
        tuple(
            table["style"].map({style: years[end] for style, years in STYLE_YEARS.items()}).to_numpy(float)
            for end in (0, 1)
        ),
    ]
    spans = np.full((len(table), 2), np.nan)
    for first, last in sources:
        missing = np.isnan(spans[:, 0]) & ~np.isnan(first) & ~np.isnan(last) & (last >= date_bins.FIRST)
        spans[missing] = np.stack([first, last], axis=1)[missing]
    return np.clip(spans, date_bins.FIRST, date_bins.LAST - 1).astype(np.float32)


def _mapped(painters: pd.Series, table: pd.DataFrame, columns: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    first, last = (painters.map(table[column]).to_numpy(float) for column in columns)
    return first, last


def _lives(people: Path | None) -> pd.DataFrame:
    """`first` and `last` year of work, by the slug of the name."""
    if people is None:
        return pd.DataFrame({"first": [], "last": []}, dtype=float)
    columns = ["forwarddisplayname", "beginyear", "endyear", "artistofngaobject"]
    try:
        table = pd.read_csv(people, usecols=columns).dropna()
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{people} is not a table of constituents with {', '.join(columns)}. Check the path."
        ) from error
    table = table.sort_values("artistofngaobject", ascending=False, kind="stable")
    table.index = pd.Index([_slug(name) for name in table["forwarddisplayname"]])
    table = table[~table.index.duplicated()]
    return pd.DataFrame({"first": table["beginyear"] + FIRST_WORKS_AT, "last": table["endyear"]}).query("first <= last")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
