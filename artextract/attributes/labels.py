"""The attributes that the model predicts, and the classes of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.sources.names import person_from_slug

ATTRIBUTES = ("style", "genre", "artist", "date")
LABELLED = ("style", "genre", "artist")  # The attributes with classes; the date is a year
ANOTHER = "another artist"  # The class of all artists with too few training images


def painter_name(artist: str) -> str:
    """The file-name slug of an ArtGAN artist class: "Claude Monet" → "claude-monet"."""
    return artist.lower().replace(" ", "-")


@dataclass(frozen=True)
class Classes:
    """The classes of style, genre and artist."""

    style: tuple[str, ...]
    genre: tuple[str, ...]
    artist: tuple[str, ...]  # Slugs from file names ("claude-monet"); the last is `ANOTHER`

    def of(self, attribute: str) -> tuple[str, ...]:
        """The classes of `attribute` ("style", "genre" or "artist")."""
        return getattr(self, attribute)

    def shown(self, attribute: str) -> tuple[str, ...]:
        """The classes of `attribute` as displayed ("Claude Monet")."""
        if attribute != "artist":
            return self.of(attribute)
        return (*(person_from_slug(slug) for slug in self.artist[:-1]), self.artist[-1])

    def known(self, attribute: str) -> tuple[str, ...]:
        """The classes of `attribute` as displayed, without the rest class of artists."""
        return tuple(name for name in self.shown(attribute) if attribute != "artist" or name != ANOTHER)

    @staticmethod
    def from_table(table: pd.DataFrame, at_least: int) -> "Classes":
        """The classes of training rows from `read_paintings`.

        An artist has a class with `at_least` images, or if the artist list names them. All others are `ANOTHER`.
        """
        listed = {painter_name(artist) for artist in table["artist"].dropna()}
        counts = {str(name): int(n) for name, n in table["painter"].value_counts().items()}
        artists = sorted(painter for painter, count in counts.items() if count >= at_least or painter in listed)
        return Classes(
            tuple(sorted(table["style"].dropna().unique())),
            tuple(sorted(table["genre"].dropna().unique())),
            (*artists, ANOTHER),
        )

    def encode(self, table: pd.DataFrame) -> dict[str, np.ndarray]:
        """Attribute → class index of each row, int64 [n]; -1 where the label is missing or not a class."""
        encoded = {attribute: _indices(table[attribute], self.of(attribute)) for attribute in ("style", "genre")}
        artist = _indices(table["painter"], self.artist)
        another = (artist < 0) & table["painter"].notna().to_numpy()
        encoded["artist"] = np.where(another, len(self.artist) - 1, artist)
        return encoded


def _indices(names: pd.Series, classes: Sequence[str]) -> np.ndarray:
    return pd.Index(classes).get_indexer(pd.Index(names)).astype(np.int64)
