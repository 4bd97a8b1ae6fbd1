"""The pictures of the demo collection, painted by the program in five styles.

No picture copies a work of art. A style is a function from a random generator to a picture and
its title. To add a style, add a row to `STYLES`.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from artextract.sources.painters.abstractions import colour_field, discs
from artextract.sources.painters.canvas import Rgb, Rng
from artextract.sources.painters.ponds import pond
from artextract.sources.painters.portraits import portrait
from artextract.sources.painters.woodblock import woodblock


@dataclass(frozen=True)
class DemoStyle:
    """A style: name, genre, first and last year of the art that it imitates, paint function, and means."""

    name: str
    genre: str
    first_year: int
    last_year: int
    paint: Callable[[Rng], tuple[Rgb, str]]
    means: str

    @property
    def slug(self) -> str:
        """The name as ids write it: "oval-portrait"."""
        return self.name.lower().replace(" ", "-")


STYLES: tuple[DemoStyle, ...] = (
    DemoStyle("Woodblock wave", "seascape", 1825, 1860, woodblock, "flat colours and outlines"),
    DemoStyle("Oval portrait", "portrait", 1620, 1840, portrait, "modelled planes and varnish"),
    DemoStyle("Colour field", "abstract", 1949, 1970, colour_field, "soft-edged fields of colour"),
    DemoStyle("Impressionist garden", "landscape", 1872, 1919, pond, "dabs and short strokes"),
    DemoStyle("Simultaneous discs", "abstract", 1912, 1938, discs, "rings of flat colour"),
)


@dataclass(frozen=True)
class DemoPainting:
    """A generated picture, mode RGB, with its style, its number in that style (from 1), year and title."""

    style: DemoStyle
    number: int
    year: int
    title: str
    image: Image.Image

    @property
    def id(self) -> str:
        """The style and the number: "oval-portrait-001"."""
        return f"{self.style.slug}-{self.number:03d}"


def paint_all(count: int) -> Iterator[DemoPainting]:
    """Paint `count` pictures, one style after the other, each when the iterator reaches it.

    A picture depends only on its style and its number: a larger count starts with the same
    pictures. The long side has 480..600 px.
    """
    return (_paint(STYLES[i % len(STYLES)], i // len(STYLES) + 1) for i in range(count))


def _paint(style: DemoStyle, number: int) -> DemoPainting:
    # A checksum of the name, not the row number: rows can move and no picture changes.
    rng = np.random.default_rng([1, zlib.crc32(style.slug.encode()), number])
    year = int(rng.integers(style.first_year, style.last_year + 1))
    picture, title = style.paint(rng)
    return DemoPainting(style, number, year, title, Image.fromarray(picture))
