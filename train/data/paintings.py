"""The training images, and which of them are for what."""

from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from artextract.attributes.labelled_paintings import read_paintings
from artextract.errors import SourceError
from artextract.files import read_regular_text
from artextract.sources.artgan import image_key
from train.config import Copy, Data


def labelled_paintings(data: Data) -> pd.DataFrame:
    """The paintings of a configuration with the columns `copy` and `part`.

    `copy` is the number of a painting's copy. `part` is "fit" (trained on), "aside" (calibration
    and choices), "val", or missing (in no list). Beside the columns of
    `artextract.attributes.labelled_paintings.read_paintings`.

    Raises:
        SourceError: the images or lists can't be read, or a part is empty.
    """
    tables = [_paintings_of(copy, data).assign(copy=number) for number, copy in enumerate(data.copies)]
    return pd.concat(tables, ignore_index=True)


def _paintings_of(copy: Copy, data: Data) -> pd.DataFrame:
    # Each copy is parted by itself: another copy beside it must not move what was kept aside.
    table = read_paintings(copy.images, copy.labels)
    if copy.validation is not None:
        held = {image_key(line) for line in _lines(copy.validation)}
        listed = table["split"].notna()
        inside = table["file"].map(image_key).isin(held)
        table.loc[listed, "split"] = np.where(inside[listed], "val", "train")
    table["part"] = table["split"].replace("train", "fit")
    for part in ("fit", "val"):
        if not (table["part"] == part).any():
            purpose = "training" if part == "fit" else "validation"
            raise SourceError(
                f"None of the images in {copy.images} is for {purpose} "
                f"by the lists in {copy.validation or copy.labels}: check that they match."
            )
    fit = table.index[table["part"] == "fit"]
    styles = table.loc[fit, "style"].fillna("")
    common = styles.where(styles.map(styles.value_counts()) > 1, styles.mode()[0])
    wanted = max(ceil(data.aside * len(fit)), common.nunique())
    if len(fit) < 2 * wanted:
        raise SourceError(
            f"{len(fit)} training images in {copy.images} are too few to keep some of each style aside: bring more."
        )
    _, aside = train_test_split(fit, test_size=wanted, random_state=data.seed, stratify=common)
    table.loc[aside, "part"] = "aside"
    return table


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in read_regular_text(file).splitlines() if line.strip()]
    except FileNotFoundError as error:
        raise SourceError(f"There is no list {file}: check the path.") from error
    except OSError as error:
        raise SourceError(f"The list {file} can't be read ({error.strerror}): check the path.") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{file} is not UTF-8 text: save it as such.") from error
