"""The labelled paintings of an ArtGAN copy: what the lists say of each image that is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from artextract.errors import SourceError
from artextract.sources.artgan import Labels, image_key, read_labels
from artextract.sources.wikiart import year_from_stem
from artextract.sources.words import person_from_slug, repair_letters

ATTRIBUTES = ("style", "genre", "artist", "date")
LABELLED = ("style", "genre", "artist")
"""The attributes that are a choice among classes; the date is a year."""
ANOTHER = "another artist"
"""The artist class of everybody with too few training images for a class of their own."""


def read_paintings(images: Path, labels: Path) -> pd.DataFrame:
    """Join the images of a copy, whole or partial, with the label lists.

    Returns:
        One row an image, in the order of the paths: `path` (of the file), `file` (its
        `Style/name.jpg`, letters mended), `painter` (its file name's slug), `year` (Int64, from
        its title), `style`, `genre`, `artist` (class names, or missing), `style_split`,
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
            f"{images} has no pictures at <Style>/<artist>_<title>.jpg: name the folder that "
            "holds the style folders."
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


def painter_of(file: str) -> str:
    """The slug of who painted `Style/artist_title.jpg`."""
    return file.partition("/")[2].partition("_")[0]


def painter_name(artist: str) -> str:
    """The painter's slug of an ArtGAN artist class: "Claude Monet" → "claude-monet"."""
    return artist.lower().replace(" ", "-")


@dataclass(frozen=True)
class Classes:
    """The classes that a model tells apart, for each attribute but the date."""

    style: tuple[str, ...]
    genre: tuple[str, ...]
    artist: tuple[str, ...]
    """Painters by their file names' slugs ("claude-monet"); the last is `ANOTHER`."""

    def of(self, attribute: str) -> tuple[str, ...]:
        """The classes of `attribute` ("style", "genre" or "artist")."""
        names: tuple[str, ...] = getattr(self, attribute)
        return names

    def shown(self, attribute: str) -> tuple[str, ...]:
        """The classes of `attribute` as people write them ("Claude Monet")."""
        if attribute != "artist":
            return self.of(attribute)
        return (*(person_from_slug(slug) for slug in self.artist[:-1]), self.artist[-1])

    @staticmethod
    def found_in(table: pd.DataFrame, at_least: int) -> "Classes":
        """The classes that the training rows of `read_paintings` have images of.

        An artist is a class of their own with `at_least` images, or where the artist list has
        them; everybody else is `ANOTHER`.
        """
        listed = {painter_name(artist) for artist in table["artist"].dropna()}
        counts = {str(name): int(n) for name, n in table["painter"].value_counts().items()}
        artists = sorted(
            painter
            for painter, count in counts.items()
            if painter and (count >= at_least or painter in listed)
        )
        return Classes(
            tuple(sorted(table["style"].dropna().unique())),
            tuple(sorted(table["genre"].dropna().unique())),
            (*artists, ANOTHER),
        )

    def encode(self, table: pd.DataFrame) -> dict[str, np.ndarray]:
        """Class indices of each row, int64 [n], -1 where a painting has no label of ours."""
        encoded = {
            attribute: _indices(table[attribute], self.of(attribute))
            for attribute in ("style", "genre")
        }
        artist = _indices(table["painter"], self.artist)
        encoded["artist"] = np.where(artist < 0, len(self.artist) - 1, artist)
        return encoded


def _indices(names: pd.Series, classes: Sequence[str]) -> np.ndarray:
    found: np.ndarray = pd.Index(classes).get_indexer(pd.Index(names)).astype(np.int64)
    return found
