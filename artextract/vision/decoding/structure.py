"""Refuses files that take far too long to read: a small file can keep a decoder busy for hours.

Pillow reads the parts of a file, and the pixels of rare kinds, in Python, which also delays all other threads.
"""

import re
from collections.abc import Callable, Iterator

from PIL.JpegImagePlugin import MARKER

from artextract.vision.decoding.cut_jpeg import scans_of

_MOST_COEFFICIENTS = 5_000_000_000  # Pixels × scans of a JPEG: about 6 s, or 33 scans of 150 million pixels
_MOST_IN_PYTHON = 1_000_000  # Bytes of a file whose pixels are decoded in Python: about 1 s
_NETPBM = re.compile(rb"P([1-6])\s" + rb"(?:\s|#[^\n]*\n)*(\d+)\s" * 3)
_QUICK_MAXIMA = {(b"5", 255), (b"5", 65535), (b"6", 255)}  # Kind of Netpbm, and a maximum that is decoded in C
_START_OF_SCAN = 0xFFDA


class SlowFileError(ValueError):
    """A file that takes too long to decode; the text says why."""


def check_structure(content: bytes, kind: str) -> None:
    """SlowFileError if Python would take too long for the header or the pixels of a file of this kind."""
    if kind in _PARTS:
        parts, most = _PARTS[kind]
        for number, _ in enumerate(parts(content)):
            if number == most:
                raise SlowFileError(f"a {kind} with more than {most:,} parts")
    if len(content) > _MOST_IN_PYTHON:
        if kind == "Netpbm" and not _is_quick_netpbm(content):
            raise SlowFileError("a Netpbm file with text or an unusual maximum")
        if kind == "BMP" and content[14] >= 40 and content[30] in {1, 2}:
            raise SlowFileError("a BMP with run-length encoding")


def check_scans(content: bytes, pixels: int) -> None:
    """Raise SlowFileError if a JPEG of so many pixels has too many scans."""
    most = _MOST_COEFFICIENTS // max(pixels, 1)
    # Counting bytes is quick. A file with many is parsed, because metadata may hold the same bytes.
    if content.count(_START_OF_SCAN.to_bytes(2, "big")) > most and (count := len(scans_of(content)[0])) > most:
        raise SlowFileError(f"a JPEG with {count:,} scans")


def is_in_one_scan(content: bytes, channels: int) -> bool:
    """Whether the first scan of a JPEG holds its whole picture."""
    first = max(_jpeg_parts(content), default=0)
    number = content[first + 4 : first + 5]
    return number == bytes([channels]) and b"\xff\xc2" not in content[:first]


def _is_quick_netpbm(content: bytes) -> bool:
    header = _NETPBM.match(content[:512])
    return content[1:2] == b"4" or (header is not None and (header[1], int(header[4])) in _QUICK_MAXIMA)


def _jpeg_parts(content: bytes) -> Iterator[int]:
    """Where the segments before the first scan begin, and the bytes between them."""
    place = 2
    while (found := content.find(b"\xff", place)) >= 0:
        yield from range(place, found)
        yield found
        marker = int.from_bytes(content[found : found + 2], "big")
        if marker == _START_OF_SCAN:
            return
        place = found + (1 if marker == 0xFFFF else 2)
        if marker in MARKER and MARKER[marker][2] is not None:  # Pillow skips the segment
            place += int.from_bytes(content[place : place + 2], "big")
    yield from range(place, len(content))


def _png_parts(content: bytes) -> Iterator[int]:
    """Where the chunks begin."""
    place = 8
    while place < len(content):
        yield place
        place += 12 + int.from_bytes(content[place : place + 4], "big")


def _gif_parts(content: bytes) -> Iterator[int]:
    """Where the blocks before the first picture begin, and their sub-blocks."""
    flags = content[10] if len(content) > 10 else 0
    place = 13 + (6 << (flags & 7) if flags & 128 else 0)
    while place < len(content) and content[place : place + 1] not in {b",", b";"}:
        yield place
        if content[place : place + 1] != b"!":
            place += 1
            continue
        place += 2
        while size := int.from_bytes(content[place : place + 1], "big"):
            yield place
            place += 1 + size
        place += 1


_PARTS: dict[str, tuple[Callable[[bytes], Iterator[int]], int]] = {
    "JPEG": (_jpeg_parts, 100_000),
    "PNG": (_png_parts, 100_000),  # of 256 MB has 32,000 chunks of the usual size
    "GIF": (_gif_parts, 10_000),
}
"""Kind → where its parts begin, and the largest number of them."""
