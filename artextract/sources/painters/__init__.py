"""The pictures of the demo collection: painted by the program itself, in ten manners.

Nothing here copies a picture by anyone. Each manner is a function from a random generator to a
painting; a new one is a row in `MANNERS`.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from artextract.sources.painters.abstractions import colour_field, discs, geometric
from artextract.sources.painters.canvas import Painting, Rng
from artextract.sources.painters.landscapes import garden, pointillist
from artextract.sources.painters.nocturnes import nocturne
from artextract.sources.painters.portraits import portrait
from artextract.sources.painters.seascapes import sea
from artextract.sources.painters.still_lifes import fruit_piece
from artextract.sources.painters.woodblock import woodblock

__all__ = ["MANNERS", "GeneratedPainting", "Manner", "paint_all"]


@dataclass(frozen=True)
class GeneratedPainting:
    """What a generated picture is, in true words: `year` is its manner's, as `date_text` says."""

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
    """A way of painting: name, genre, first and last year of its models, painter, means."""

    name: str
    genre: str
    first_year: int
    last_year: int
    paint: Callable[[Rng], Painting]
    means: str

    @property
    def slug(self) -> str:
        """The name as it stands in ids: "pointillist-landscape"."""
        return self.name.lower().replace(" ", "-")


MANNERS: tuple[Manner, ...] = (
    Manner("Woodblock wave", "seascape", 1825, 1860, woodblock, "flat colours and outlines"),
    Manner("Pointillist landscape", "landscape", 1884, 1900, pointillist, "dots of pure colour"),
    Manner("Oval portrait", "portrait", 1620, 1840, portrait, "modelled planes and varnish"),
    Manner("Colour field", "abstract", 1949, 1970, colour_field, "soft-edged fields of colour"),
    Manner("Starry nocturne", "night scene", 1870, 1905, nocturne, "turning strokes"),
    Manner("Impressionist garden", "landscape", 1872, 1919, garden, "dabs and short strokes"),
    Manner("Baroque still life", "still life", 1600, 1690, fruit_piece, "shaded solids"),
    Manner("Impressionist sea", "seascape", 1867, 1905, sea, "short level strokes"),
    Manner("Geometric abstraction", "abstract", 1912, 1940, geometric, "planes and bars"),
    Manner("Simultaneous discs", "abstract", 1912, 1938, discs, "rings of flat colour"),
)


def paint_all(count: int = 300, seed: int = 1) -> Iterator[tuple[GeneratedPainting, Image.Image]]:
    """Paint `count` pictures, one manner after another in turn, each when it is asked for.

    A picture depends on the seed, its manner and its number in that manner alone: a larger count
    begins with the same pictures. Long sides are 480..600 px, mode RGB.

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
    picture, title = manner.paint(rng)
    about = GeneratedPainting(
        id=f"{manner.slug}-{number:03d}",
        title=title,
        maker=f"Generator: {manner.name}",
        style=manner.name,
        genre=manner.genre,
        year=year,
        date_text=f"after the manner of {year}",
        medium=f"Generated image: {manner.means}",
    )
    return about, Image.fromarray(picture)
