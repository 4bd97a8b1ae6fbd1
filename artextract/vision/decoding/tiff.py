"""The directories of TIFF files: their tags (TIFF 6.0), and the levels of pyramids."""

import io
import struct
from collections.abc import Iterator
from enum import IntEnum
from math import prod
from typing import Any

from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

_LARGEST_TILE = 4096 * 4096  # Pixels, beside four times those of the picture
_MOST_DIRECTORIES = 64


class Tag(IntEnum):
    """Numbers of tags. A strip or tile is a part of the picture that is packed on its own."""

    REDUCED = 254  # Bit 0: a smaller copy of another page
    WIDTH = 256
    HEIGHT = 257
    BITS = 258  # Bits of each sample
    COMPRESSION = 259
    PHOTOMETRIC = 262
    STRIP_OFFSETS = 273
    SAMPLES = 277  # Samples of a pixel
    ROWS_PER_STRIP = 278
    STRIP_BYTES = 279
    HIGHEST = 281  # Value of a sample
    PLANAR = 284  # 2: one channel after another
    PREDICTOR = 317
    TILE_WIDTH = 322
    TILE_HEIGHT = 323
    TILE_OFFSETS = 324
    TILE_BYTES = 325
    SUB_DIRECTORIES = 330
    FORMAT = 339  # Format of each sample: 1 unsigned, 2 signed, 3 float
    PROFILE = 34675


class RareTiffError(ValueError):
    """A TIFF of a kind that is not read; the text names the kind."""


def directories(content: bytes) -> Iterator[tuple[int, ImageFileDirectory_v2, bool]]:
    """The directories of a TIFF: place in the file, tags, and whether it is a smaller copy of the first."""
    file = io.BytesIO(content)
    header = content[:16] if _is_big(content) else content[:8]
    directory = ImageFileDirectory_v2(header)
    waiting, seen = [(directory.next, False)], set[int]()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        place, reduced = waiting.pop(0)
        if place in seen or not place:
            continue
        seen.add(place)
        file.seek(place)
        directory = ImageFileDirectory_v2(header)
        directory.load(file)
        yield place, directory, reduced or bool(number_of(directory, Tag.REDUCED, 0) & 1)
        waiting += [(sub, True) for sub in numbers_of(directory, Tag.SUB_DIRECTORIES)]
        if not reduced:
            waiting.append((directory.next, False))


def smaller_level(content: bytes, most: int) -> bytes | None:
    """A pyramid TIFF whose first picture is its largest level of at most `most` pixels; None without one."""
    best, place = 0, 0
    full = first_size(content)
    for start, tags, reduced in directories(content):
        width, height = size_of(tags)
        if reduced and _same_shape((width, height), full) and best < width * height <= most:
            best, place = width * height, start
    if not best:
        return None
    begin, end, kind = (8, 16, "Q") if _is_big(content) else (4, 8, "L")
    return content[:begin] + struct.pack(("<" if content[:1] == b"I" else ">") + kind, place) + content[end:]


def is_smaller_copy(tags: ImageFileDirectory_v2, full: tuple[int, int]) -> bool:
    """Whether a page is a smaller copy of a picture of the size `full`."""
    return bool(number_of(tags, Tag.REDUCED, 0) & 1) and _same_shape(size_of(tags), full)


def first_size(content: bytes) -> tuple[int, int]:
    """Width and height of the first picture of a TIFF, pixels; (0, 0) if they are missing."""
    return size_of(next(directories(content))[1])


def size_of(tags: ImageFileDirectory_v2) -> tuple[int, int]:
    """Width and height of a picture, pixels; (0, 0) if they are missing."""
    return number_of(tags, Tag.WIDTH, 0), number_of(tags, Tag.HEIGHT, 0)


def bits_of(opened: Image.Image) -> tuple[int, ...]:
    """Bits of each channel of a TIFF that Pillow opened."""
    return numbers_of(opened.tag_v2, Tag.BITS) if isinstance(opened, TiffImageFile) else ()


def check_tiles(tags: ImageFileDirectory_v2) -> None:
    """Raise RareTiffError if tiles are much larger than the picture: each would be unpacked whole."""
    width, height = number_of(tags, Tag.TILE_WIDTH, 0), number_of(tags, Tag.TILE_HEIGHT, 0)
    if width * height > _LARGEST_TILE + 4 * prod(size_of(tags)):
        raise RareTiffError(f"tiles of {width} × {height} pixels")


def strip_bytes(tags: ImageFileDirectory_v2) -> int:
    """The bytes of a strip or tile when it is unpacked."""
    samples = 1 if number_of(tags, Tag.PLANAR, 1) == 2 else number_of(tags, Tag.SAMPLES, 1)
    return prod(strip_size(tags)) * samples * max(numbers_of(tags, Tag.BITS), default=1) // 8


def strip_size(tags: ImageFileDirectory_v2) -> tuple[int, int]:
    """Width and height of a strip or tile, pixels."""
    width, height = size_of(tags)
    rows = min(number_of(tags, Tag.ROWS_PER_STRIP, height), height)
    return number_of(tags, Tag.TILE_WIDTH, width), number_of(tags, Tag.TILE_HEIGHT, rows)


def scale_of(opened: Image.Image) -> tuple[int | None, bool]:
    """The highest value that a picture's file allows, if it says so, and whether 0 is white in a deep grey TIFF."""
    if not isinstance(opened, TiffImageFile):
        return None, False
    tags = opened.tag_v2
    highest = max(numbers_of(tags, Tag.HIGHEST), default=0) or 2 ** max(bits_of(opened), default=16) - 1
    return highest, number_of(tags, Tag.PHOTOMETRIC, 1) == 0


def _same_shape(size: tuple[int, int], full: tuple[int, int]) -> bool:
    return min(*size, *full) > 0 and abs(size[0] * full[1] / (size[1] * full[0]) - 1) < 0.02


def _is_big(content: bytes) -> bool:
    """Whether a file is a BigTIFF, whose places are numbers of 8 bytes."""
    return 43 in content[2:4]


def numbers_of(tags: ImageFileDirectory_v2, tag: int) -> tuple[int, ...]:
    """The numbers of a tag; () without it."""
    value: Any = tags.get(tag, ())
    return tuple(int(number) for number in (value if isinstance(value, tuple) else (value,)))


def number_of(tags: ImageFileDirectory_v2, tag: int, otherwise: int) -> int:
    """The first number of a tag."""
    return next(iter(numbers_of(tags, tag)), otherwise)
