"""The labelled paintings of an ArtGAN copy: what the lists say of each image that is here."""

from pathlib import Path

import pandas as pd

from artextract.attributes.labels import LABELLED
from artextract.errors import SourceError
from artextract.sources.artgan import Labels, image_key, read_labels
from artextract.sources.names_and_years import repair_letters
from artextract.sources.wikiart import year_from_stem


def read_paintings(images: Path, labels: Path) -> pd.DataFrame:
    """Join the images of a copy, whole or partial, with the label lists.

    Returns:
        One row an image, in the order of the paths: `path` (of the file), `file` (its
        `Style/name.jpg`, letters mended), `painter` (its file name's slug, or missing), `year`
        (Int64, from its title), `style`, `genre`, `artist` (class names or missing), `style_split`,
        `genre_split`, `artist_split` ("train", "val" or missing) and `split`: "val" if any list
        keeps the image for validation, so that no attribute's training may see it; missing if no
        list has it.

    Raises:
        SourceError: a folder is missing or isn't an ArtGAN copy; a list can't be read.
    """
    lists = read_labels(labels)
    if not images.is_dir():
        raise SourceError(f"There is no folder {images}: name the folder of the images.")
    paths = sorted(images.glob("*/*.[jJ][pP][gG]"))
    if not paths:
        raise SourceError(
            f"{images} has no pictures at <Style>/<artist>_<title>.jpg: name the folder that holds the style folders."
        )
    table = pd.DataFrame([_row(path, lists) for path in paths])
    table["year"] = table["year"].astype("Int64")
    table["split"] = None
    for split in ("train", "val"):  # validation has the last word
        table.loc[in_split(table, split).any(axis=1), "split"] = split
    return table


def in_split(table: pd.DataFrame, split: str) -> pd.DataFrame:
    """Whether each list has each row in `split`: bool [n], a column an attribute of `LABELLED`."""
    return pd.DataFrame({name: table[f"{name}_split"] == split for name in LABELLED})


def _row(path: Path, lists: dict[str, Labels]) -> dict[str, object]:
    file = repair_letters(f"{path.parent.name}/{path.name}")
    row: dict[str, object] = {
        "path": path,
        "file": file,
        "painter": painter_of(file),
        "year": year_from_stem(Path(file).stem),
    }
    for attribute in LABELLED:
        found = lists[attribute].listed.get(image_key(file)) if attribute in lists else None
        row[attribute] = lists[attribute].classes[found[1]].replace("_", " ") if found else None
        row[f"{attribute}_split"] = found[0] if found else None
    return row


def painter_of(file: str) -> str | None:
    """The slug of who painted `Style/artist_title.jpg`; None if the name is only a number."""
    painter, named, _ = file.partition("/")[2].partition("_")
    return painter if named else None
