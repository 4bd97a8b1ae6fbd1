"""The training images, how they are split, and their encoded labels."""

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
from artextract.sources.artgan import image_key
from train.config import Copy, Data
from train.data.lifetimes import year_spans

EXCLUDED_PAINTERS = ("adolf-hitler",)  # Never trained on, offered as an artist, or shown as a near painting


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
