"""Files that are too large to read into memory."""

import io
from pathlib import Path
from typing import BinaryIO

from PIL import ExifTags, Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from artextract.files import check_regular
from artextract.sources.picture_kinds import HEAD, kind_of
from artextract.vision.decoding import tiff
from artextract.vision.decoding.colours import to_rgb
from artextract.vision.decoding.memory import MEMORY

_MOST_PIXELS = 40_000_000  # Size of the copy: 320 MB while it is decoded, about 20 MB as a JPEG
_MOST_PAGES = 64


def smaller_copy(path: Path) -> bytes | None:
    """A JPEG of a large file: of a level of a pyramid TIFF, or of a JPEG decoded at 1/2, 1/4 or 1/8 of its size.

    Only what is needed of the file is read. None if it has no smaller form, or is damaged; OSError if it can't be
    opened.
    """
    check_regular(path)
    with path.open("rb") as file:
        kind = kind_of(file.read(HEAD))
        file.seek(0)
        try:
            small = _level(file) if kind == "TIFF" else _reduced(file) if kind == "JPEG" else None
            if small is None:
                return None
            buffer = io.BytesIO()
            with MEMORY.room(8 * _MOST_PIXELS):
                small.load()
                ImageOps.exif_transpose(small, in_place=True)
                to_rgb(small, *tiff.scale_of(small)).save(buffer, "JPEG", quality=95)
            return buffer.getvalue()
        except Exception:  # a damaged file can raise any exception in a decoder
            return None


def _level(file: BinaryIO) -> Image.Image | None:
    """The largest level of a pyramid TIFF, stored as a page of its own, that has at most `_MOST_PIXELS`."""
    opened = TiffImageFile(file)
    full, orientation = tiff.size_of(opened.tag_v2), opened.getexif().get(ExifTags.Base.Orientation, 1)
    levels = []
    for page in range(1, min(opened.n_frames, _MOST_PAGES)):
        opened.seek(page)
        if tiff.is_smaller_copy(opened.tag_v2, full) and opened.width * opened.height <= _MOST_PIXELS:
            levels.append((opened.width, -page))
    if not levels:
        return None
    opened.seek(-max(levels)[1])
    tiff.check_tiles(opened.tag_v2)
    opened.getexif()[ExifTags.Base.Orientation] = orientation
    return opened


def _reduced(file: BinaryIO) -> Image.Image | None:
    opened = JpegImageFile(file)
    width, height = opened.size
    scales = [scale for scale in (2, 4, 8) if width * height <= _MOST_PIXELS * scale**2]
    if not scales or "progressive" in opened.info:  # the decoder would hold all coefficients
        return None
    opened.draft(opened.mode, (width // scales[0], height // scales[0]))
    return opened
