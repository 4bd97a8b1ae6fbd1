"""When a painting can have been made, if its year is not known: the working life of its artist, or its style's time."""

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
    dated = table[table["part"] == "fit"].groupby("painter")["year"].agg(["min", "max", "count"]).astype(float)
    dated = dated[dated["count"] >= MIN_DATED]
    works = pd.DataFrame({"first": dated["min"] - AROUND_DATED_WORKS, "last": dated["max"] + AROUND_DATED_WORKS})
    styles = pd.DataFrame.from_dict(STYLE_YEARS, "index", columns=["first", "last"])
    spans = np.tile(np.where(year >= date_bins.FIRST, year, np.nan)[:, None], 2)
    for names, years in ((table["painter"], _lives(people)), (table["painter"], works), (table["style"], styles)):
        found = np.stack([names.map(years[end]).to_numpy(float) for end in ("first", "last")], axis=1)
        spans = np.where(np.isnan(spans) & (found[:, 1:] >= date_bins.FIRST), found, spans)
    return np.clip(spans, date_bins.FIRST, date_bins.LAST - 1).astype(np.float32)


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
    plain = table["forwarddisplayname"].str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    table.index = pd.Index(plain.str.lower().str.replace(r"[^a-z0-9]+", "-", regex=True).str.strip("-"))
    table = table[~table.index.duplicated()]
    return pd.DataFrame({"first": table["beginyear"] + FIRST_WORKS_AT, "last": table["endyear"]}).query("first <= last")
