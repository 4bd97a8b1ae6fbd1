"""What came in place of a picture: pages, text, films, damaged files."""

import io
import threading
import warnings

from PIL import Image, UnidentifiedImageError

from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError, RetryableError, host_of
from artextract.sources.fetching.statuses import is_browser_check

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "PPM", "JPEG2000", "AVIF")
"""Names in Pillow. No format whose reader runs another program."""
FULL_DECODE = 50_000_000  # Pixels. Larger pictures are only opened here; who shows them decodes them.
_FILMS = (b"%PDF", b"ID3", b"OggS", b"\x1aE\xdf\xa3", b"fLaC", b"FLV", b"\x00\x00\x01\xba", b"\xff\xfb")
_FILM_BRANDS = (b"isom", b"mp4", b"M4", b"qt  ", b"avc1", b"3gp", b"dash", b"iso")
_DECODING = threading.BoundedSemaphore(2)  # A decoded picture can have 150 MB


def check_picture(content: bytes, url: str) -> None:
    """Check the body that a server sent as a picture.

    Raises:
        RetryableError: the picture is damaged.
        FetchError: the body is something else, and asking again would not help.
    """
    try:
        with _DECODING, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns below our own limit
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.format == "JPEG":
                    picture.draft(picture.mode, (64, 64))
                if picture.width * picture.height <= FULL_DECODE:
                    picture.load()  # to the last line, to notice a file that was cut short
    except UnidentifiedImageError:
        _refuse(content, url)
    except Image.DecompressionBombError:
        return  # who shows it decides
    except Exception as error:  # a damaged file can raise any exception in a decoder
        damaged = RetryableError(f"{url}: the picture is damaged ({error}).", Cause.DAMAGED, host_of(url), 200)
        damaged.attempts = 3  # most are damaged on the server
        raise damaged from error


def _refuse(content: bytes, url: str) -> None:
    host = host_of(url)
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not content:
        raise FetchError(f"{url}: the server sent an empty file.", Cause.NOT_A_PICTURE, host, 200)
    if content.startswith(_FILMS) or (content[4:8] == b"ftyp" and content[8:12].startswith(_FILM_BRANDS)):
        raise FetchError(f"{url}: this is a film, sound or PDF, not a picture.", Cause.FILM, host, 200)
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<script", b"<body")):
        if is_browser_check(content):
            raise FetchError(f"{url}: the server checks for browsers.", Cause.BROWSER_CHECK, host, 200)
        raise FetchError(f"{url}: the server sent a web page, not a picture.", Cause.NOT_A_PICTURE, host, 200)
    shown = content[:40].decode("latin-1").split("\n")[0]
    raise FetchError(f"{url}: this is not a picture; it begins with {shown!r}.", Cause.NOT_A_PICTURE, host, 200)
