"""The pictures of the demo collection: painted by the program itself, in thirteen manners.

Nothing here copies a picture by anyone. Each manner is a function from a random generator to a
painting; a new one is a row in `MANNERS`.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from artextract.sources.painters.abstractions import colour_field, gesture
from artextract.sources.painters.canvas import Painted, Rng
from artextract.sources.painters.cubism import cubist
from artextract.sources.painters.geometry import geometric
from artextract.sources.painters.ink import ink_scroll
from artextract.sources.painters.landscapes import garden, pointillist
from artextract.sources.painters.nocturnes import nocturne
from artextract.sources.painters.pop import halftone
from artextract.sources.painters.portraits import portrait
from artextract.sources.painters.seascapes import sea
from artextract.sources.painters.still_lifes import fruit_piece
from artextract.sources.painters.woodblock import woodblock

__all__ = ["MANNERS", "GeneratedPainting", "Manner", "paint_all"]


@dataclass(frozen=True)
class GeneratedPainting:
    """What a generated picture is, in words that are true of it.

    `year` is a year of the manner that the generator imitates, not of the picture;
    `date_text` says so.
    """

    id: str
    title: str
    maker: str
    style: str
    genre: str
    year: int
    date_text: str
    medium: str


@dataclass(frozen=True)
class Manner:
    """A way of painting: its name, its genre, the first and last year of its models."""

    name: str
    genre: str
    first_year: int
    last_year: int
    paint: Callable[[Rng], Painted]

    @property
    def slug(self) -> str:
        """The name as it stands in ids: "pointillist-landscape"."""
        return self.name.lower().replace(" ", "-")


MANNERS: tuple[Manner, ...] = (
    Manner("Woodblock wave", "seascape", 1825, 1860, woodblock),
    Manner("Pointillist landscape", "landscape", 1884, 1900, pointillist),
    Manner("Oval portrait", "portrait", 1620, 1840, portrait),
    Manner("Colour field", "abstract", 1949, 1970, colour_field),
    Manner("Starry nocturne", "night scene", 1870, 1905, nocturne),
    Manner("Cubist still life", "still life", 1908, 1916, cubist),
    Manner("Impressionist garden", "landscape", 1872, 1919, garden),
    Manner("Pop halftone", "pop", 1961, 1971, halftone),
    Manner("Baroque still life", "still life", 1600, 1690, fruit_piece),
    Manner("Gestural abstraction", "abstract", 1946, 1962, gesture),
    Manner("Impressionist sea", "seascape", 1867, 1905, sea),
    Manner("Geometric abstraction", "abstract", 1912, 1940, geometric),
    Manner("Ink scroll landscape", "landscape", 1420, 1720, ink_scroll),
)


def paint_all(count: int = 300, seed: int = 1) -> Iterator[tuple[GeneratedPainting, Image.Image]]:
    """Paint `count` pictures, one manner after another in turn, each when it is asked for.

    A picture depends on the seed, its manner and its number in that manner alone: a larger count
    begins with the same pictures. Long sides are 480..720 px, mode RGB.

    Raises:
        ValueError: if the count is below 1 or the seed below 0.
    """
    if count < 1:
        raise ValueError(f"The number of paintings must be at least 1, not {count}.")
    if seed < 0:
        raise ValueError(f"The seed must be 0 or more, not {seed}.")
    return (_paint(MANNERS[i % len(MANNERS)], i // len(MANNERS) + 1, seed) for i in range(count))


def _paint(manner: Manner, number: int, seed: int) -> tuple[GeneratedPainting, Image.Image]:
    """The manner's picture of that number (from 1), with its description."""
    # A checksum of the name, not the row's place: rows can move without changing any picture.
    rng = np.random.default_rng([seed, zlib.crc32(manner.slug.encode()), number])
    year = int(rng.integers(manner.first_year, manner.last_year + 1))
    painted = manner.paint(rng)
    about = GeneratedPainting(
        id=f"{manner.slug}-{number:03d}",
        title=painted.title,
        maker=f"Generator: {manner.name}",
        style=manner.name,
        genre=manner.genre,
        year=year,
        date_text=f"after the manner of {year}",
        medium=painted.medium,
    )
    return about, Image.fromarray(painted.picture)
