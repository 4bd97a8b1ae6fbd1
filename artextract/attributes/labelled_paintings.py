"""The labelled paintings of an ArtGAN copy: its images joined with its label lists."""

from pathlib import Path

import pandas as pd

from artextract.attributes.labels import LABELLED
from artextract.errors import SourceError
from artextract.sources.names import repair_letters
from artextract.sources.wikiart import Labels, image_key, read_labels, year_from_stem


def read_paintings(images: Path, labels: Path) -> pd.DataFrame:
    """Join the images of a copy, whole or partial, with the label lists.

    One row per image, sorted by path: `path`, `file` (`Style/name.jpg` with repaired letters), `painter` (slug in the
    file name, or missing), `year` (Int64, from the title), `style`, `genre`, `artist` (class names or missing),
    `style_split`, `genre_split`, `artist_split` ("train", "val" or missing) and `split`: "val" if any list uses the
    image for validation, so that no attribute is trained on it; missing if no list has it.

    Raises SourceError if a folder is missing or is not an ArtGAN copy, or a list can't be read.
    """
    lists = read_labels(labels)
    if not images.is_dir():
        raise SourceError(f"There is no folder {images}. Name the folder with the images.")
    paths = sorted(images.glob("*/*.[jJ][pP][gG]"))
    if not paths:
        raise SourceError(
            f"{images} has no pictures named <Style>/<artist>_<title>.jpg. Name the folder with the style folders."
        )
    table = pd.DataFrame([_row(path, lists) for path in paths])
    table["year"] = table["year"].astype("Int64")
    table["split"] = None
    for split in ("train", "val"):  # validation wins
        table.loc[in_split(table, split).any(axis=1), "split"] = split
    return table


def in_split(table: pd.DataFrame, split: str) -> pd.DataFrame:
    """Whether each list has each row in `split`: bool [n], one column per attribute of `LABELLED`."""
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
        listed = lists[attribute].listed.get(image_key(file)) if attribute in lists else None
        row[attribute] = lists[attribute].classes[listed[1]].replace("_", " ") if listed else None
        row[f"{attribute}_split"] = listed[0] if listed else None
    return row


def painter_of(file: str) -> str | None:
    """The artist's slug in `Style/artist_title.jpg`; None if the name has no artist."""
    painter, named, _ = file.partition("/")[2].partition("_")
    return painter if named else None
