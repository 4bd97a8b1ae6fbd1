"""Truncated JPEG files.

The structure of the file (segments, scans, successive approximation) is that of ITU-T T.81.
"""

import io
import re
from dataclasses import dataclass

import numpy as np
from PIL import Image

MOST_MISSING = 0.05  # Largest share of the picture that may be missing
_END = b"\xff\xd9"
_START_OF_SCAN = 0xDA
_MARKER = re.compile(rb"\xff+([^\x00\x01\xd0-\xd7\xff])", re.DOTALL)  # Excludes markers that occur within a scan
_COEFFICIENTS = 64
_MOST_MARKERS = 100_000


@dataclass(frozen=True)
class Scan:
    """A scan of a JPEG."""

    begin: int  # Where it begins in the file
    components: bytes
    first: int  # First and last of the coefficients that it holds
    last: int
    refines: bool  # Whether it adds a bit to coefficients of earlier scans
    bits_left: int  # Lower bits of the coefficients that later scans add


def end_cut_jpeg(content: bytes) -> tuple[bytes, float]:
    """A JPEG file that misses its end, with an end, and the share of the picture that is missing, 0 to 1.

    The decoder fills what is missing with grey. The share is 0 where only the lowest bit of coefficients is missing (in
    a progressive JPEG), which nobody sees. Raises ValueError if the content has no scan, or is not a JPEG.
    """
    scans, end = scans_of(content)
    if not scans:
        raise ValueError("no scan")
    closed, cut = content[:end] + _END, scans[-1]
    known = scans[:-1] if cut.refines else scans
    if not _is_complete(known):
        return closed, 1.0
    if cut.refines:
        return closed, 0.0
    pixels = _pixels(closed)
    if len(scans) == 1:
        empty = np.full_like(pixels, 128)
    else:
        empty = _pixels(content[: cut.begin] + _END)
    as_without = (np.abs(pixels.astype(np.int16) - empty) <= 1).all(axis=(1, 2))  # rows that the scan did not change
    reached = np.flatnonzero(~as_without)
    return closed, 1.0 - (reached[-1] + 1) / len(pixels) if len(reached) else 1.0


def scans_of(content: bytes) -> tuple[list[Scan], int]:
    """The scans of a JPEG, and where its last whole part ends. ValueError if a scan has no header, or on far too
    many."""
    scans: list[Scan] = []
    place = 2
    for _ in range(_MOST_MARKERS):
        if (marker := _MARKER.search(content, place)) is None:
            return scans, len(content)
        start = marker.end()
        length = int.from_bytes(content[start : start + 2], "big")
        if marker[1] == _END[1:] or start + length > len(content) or length < 2:
            return scans, marker.start()
        if marker[1][0] == _START_OF_SCAN:
            count = content[start + 2]
            tail = content[start + 3 + 2 * count : start + 6 + 2 * count]
            if len(tail) < 3:
                raise ValueError("a scan without a header")
            names = content[start + 3 : start + 3 + 2 * count : 2]
            scans.append(Scan(marker.start(), names, tail[0], tail[1], tail[2] >> 4 > 0, tail[2] & 15))
        place = start + length
    raise ValueError("too many markers")


def _is_complete(scans: list[Scan]) -> bool:
    """Whether each coefficient of each component is known, but for its lowest bit."""
    left: dict[int, np.ndarray] = {}
    for scan in scans:
        for component in scan.components:
            bits = left.setdefault(component, np.full(_COEFFICIENTS, 99))
            bits[scan.first : scan.last + 1] = scan.bits_left
    return all((bits <= 1).all() for bits in left.values())


def _pixels(content: bytes) -> np.ndarray:
    """A JPEG decoded at about an eighth of its size: uint8 [rows, columns, channels]."""
    opened = Image.open(io.BytesIO(content), formats=("JPEG",))
    opened.draft(opened.mode, (1, 1))
    pixels = np.asarray(opened)
    return pixels.reshape(*pixels.shape[:2], -1)
