"""Decoding at a smaller size, where the caller needs less, or the memory is too small for the full size."""

from math import ceil, sqrt

from PIL import Image
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile

from artextract.vision.decoding.memory import MEMORY, bytes_to_decode
from artextract.vision.decoding.structure import is_in_one_scan

_MANY = 8_000_000  # Pixels above which a picture is reduced where the caller needs less
_MOST = 25_000_000  # Pixels that remain of a picture where the caller names a side
_CODING_STYLE = b"\xff\x52\x00"  # The marker in a JPEG 2000 file before its number of resolutions


def factor_for(size: tuple[int, int], at_least: int | None) -> int:
    """By how much the sides of a picture of `size` are reduced where the caller needs the side `at_least`."""
    pixels = size[0] * size[1]
    if at_least is None or pixels <= _MANY:
        return 1
    return max(1, min(size) // at_least, ceil(sqrt(pixels / _MOST)))


def factor_that_fits(opened: Image.Image, size: tuple[int, int], factor: int, besides: int) -> tuple[int, int]:
    """The factor, at least `factor`, by which a picture is reduced, and the bytes that this takes.

    `size` is its size when decoded, `besides` are bytes that the decoder needs for any size.
    """
    bands = len(opened.getbands())
    needs = [bytes_to_decode(opened.format or "", opened.mode, bands, size, factor + more) for more in (0, 1, 2)]
    more = next((more for more, need in enumerate(needs) if need + besides <= MEMORY.most), 0)
    return factor + more, needs[more] + besides


def draft_jpeg(opened: JpegImageFile, content: bytes, most: int, at_least: int | None) -> int | None:
    """Make a JPEG decode at the size that `at_least` allows, and at most `most` pixels and the memory demand.

    Returns the bytes that the decoder needs for any size: it holds all coefficients if they come in several scans. None
    if the picture is too large at any size.
    """
    width, height = opened.size
    bands = len(opened.getbands())
    coefficients = 0 if is_in_one_scan(content, bands) else 2 * width * height * bands

    def fits(scale: int) -> bool:
        need = bytes_to_decode("JPEG", opened.mode, bands, (width // scale, height // scale), 1)
        return width * height <= most * scale**2 and need + coefficients <= MEMORY.most

    scale = next(filter(fits, (1, 2, 4, 8)), None)
    if scale is None:
        return None
    sides = width // scale, height // scale
    wanted = sides if at_least is None else (min(at_least, sides[0]), min(at_least, sides[1]))
    if wanted != (width, height):
        opened.draft(opened.mode, wanted)
    return coefficients


def draft_jpeg_2000(opened: Jpeg2KImageFile, content: bytes, at_least: int | None) -> tuple[int, int]:
    """Make a JPEG 2000 file decode at the size that `at_least` allows and the memory demands; returns this size."""
    place = content.find(_CODING_STYLE)
    levels = content[place + 9] if 0 <= place < len(content) - 9 else 0  # of resolution, besides the full one
    bands, (width, height) = len(opened.getbands()), opened.size

    def fits(halvings: int) -> bool:
        size = width >> halvings, height >> halvings
        return bytes_to_decode("JPEG2000", opened.mode, bands, size, 1) <= MEMORY.most

    enough = factor_for(opened.size, at_least).bit_length() - 1
    halvings = min(next(filter(fits, range(enough, levels)), levels), levels)
    if halvings:
        opened.reduce = halvings
    return width >> halvings, height >> halvings
