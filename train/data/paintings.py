"""The training images, how they are split, and their encoded labels and years."""

from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from artextract.attributes import date_bins
from artextract.attributes.labelled_paintings import read_paintings
from artextract.attributes.labels import Classes
from artextract.errors import SourceError
from artextract.files import read_regular_text
from artextract.sources.wikiart import image_key
from train.config import Copy, Data

EXCLUDED_PAINTERS = ("adolf-hitler",)  # Never trained on, offered as an artist, or shown as a near painting
FIRST_WORKS_AT = 18  # Years of age
AROUND_DATED_WORKS = 10  # Years before the first and after the last dated training painting of an artist
MIN_DATED = 3  # Dated paintings that an artist needs for that
STYLE_YEARS = {"Medieval": (1200, 1450), "Renaissance": (1400, 1600)}
"""Of styles that hardly have dated paintings."""


@dataclass(frozen=True)
class Paintings:
    """The paintings of a configuration with encoded labels."""

    table: pd.DataFrame  # The rows of `labelled_paintings` that belong to a part
    classes: Classes
    targets: dict[str, np.ndarray]  # Attribute → int64 [n]; -1 without a label
    years: np.ndarray  # float32 [n, date_bins.BINS], soft targets
    spans: np.ndarray  # float32 [n, 2]: first and last possible year (`year_spans`)

    @staticmethod
    def read(data: Data, classes: Classes | None = None) -> "Paintings":
        """Read the images and lists of a configuration; classes: None takes those of the training paintings.

        Raises SourceError as `labelled_paintings`.
        """
        table = labelled_paintings(data)
        table = table[table["part"].notna()].reset_index(drop=True)
        classes = classes or Classes.from_table(table[table["part"] == "fit"], data.artist_at_least)
        years = date_bins.soft_targets(table["year"].to_numpy(float, na_value=np.nan))
        return Paintings(table, classes, classes.encode(table), years, year_spans(table, data.people))

    def rows(self, part: str) -> np.ndarray:
        """The rows of "fit", "aside" or "val", int64."""
        return np.flatnonzero(self.table["part"] == part)

    def counts(self, attribute: str) -> np.ndarray:
        """Training images of each class, int64 [classes]."""
        known = self.targets[attribute][self.rows("fit")]
        return np.bincount(known[known >= 0], minlength=len(self.classes.of(attribute)))

    @property
    def sizes(self) -> dict[str, int]:
        """Attribute → number of classes (for the date: bins)."""
        return {name: len(self.classes.of(name)) for name in self.targets} | {"date": date_bins.BINS}


def labelled_paintings(data: Data) -> pd.DataFrame:
    """The paintings of a configuration: the columns of `read_paintings`, `copy` (index in `data.copies`) and `part`.

    A part is "fit" (trained on), "aside" (calibration and choices), "val", or missing (in no list,
    or by an excluded painter).
    Raises SourceError if the images or lists can't be read, or a part is empty.
    """
    tables = [_paintings_of(copy, data).assign(copy=number) for number, copy in enumerate(data.copies)]
    return pd.concat(tables, ignore_index=True)


def _paintings_of(copy: Copy, data: Data) -> pd.DataFrame:
    # Each copy is split alone: another copy must not change what is set aside.
    table = read_paintings(copy.images, copy.labels)
    if copy.validation is not None:
        inside = table["file"].map(image_key).isin(_listed(copy.validation))
        table["split"] = inside.map({True: "val", False: "train"}).where(table["split"].notna(), None)
    table["part"] = table["split"].replace("train", "fit")
    for part, purpose in (("fit", "training"), ("val", "validation")):
        if not (table["part"] == part).any():
            raise SourceError(
                f"None of the images in {copy.images} is for {purpose} in the lists of "
                f"{copy.validation or copy.labels}. Check that they belong together."
            )
    fit = table.index[table["part"] == "fit"]
    styles = table.loc[fit, "style"].fillna("")
    common = styles.where(styles.map(styles.value_counts()) > 1, styles.mode()[0])
    wanted = max(ceil(data.aside * len(fit)), common.nunique())
    if len(fit) < 2 * wanted:
        raise SourceError(f"{copy.images} has {len(fit)} training images, too few to set some of each style aside.")
    _, aside = train_test_split(fit, test_size=wanted, random_state=data.seed, stratify=common)
    table.loc[aside, "part"] = "aside"
    # After the split: it must set the same paintings aside whoever is excluded.
    table.loc[table["painter"].isin(EXCLUDED_PAINTERS), "part"] = None
    return table


def _listed(file: Path) -> set[str]:
    try:
        return {image_key(line) for line in read_regular_text(file).splitlines() if line.strip()}
    except OSError as error:
        raise SourceError(f"The list {file} can't be read ({error.strerror}). Check the path.") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{file} is not UTF-8 text. Save it as UTF-8.") from error


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
