"""What came in place of a picture: pages, text, films, damaged files."""

import io
import threading
import warnings

from PIL import Image

from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError, RetryableError, host_of
from artextract.sources.fetching.statuses import is_browser_check
from artextract.sources.picture_kinds import HEAD, READ, kind_of

FULL_DECODE = 50_000_000  # Pixels. Larger pictures are decoded only by who shows them.
_DECODED = {"JPEG": "JPEG", "PNG": "PNG", "GIF": "GIF", "WebP": "WEBP"}  # Kinds that are decoded here → name in Pillow
_SOUND = (b"ID3", b"OggS", b"fLaC", b"FLV", b"\xff\xfb", b"RIFF")
_PAGE = (b"<!doctype html", b"<html", b"<head", b"<script", b"<body")
_DECODING = threading.BoundedSemaphore(2)  # A decoded picture can have 150 MB


class DamagedError(RetryableError):
    """A picture that cannot be decoded to its end."""

    attempts = 2  # most are damaged on the server

    def __init__(self, url: str, content: bytes, reason: Exception) -> None:
        """Take the file as it came."""
        super().__init__(f"{url}: the picture is damaged ({reason}).", Cause.DAMAGED, host_of(url), 200)
        self.content = content


def check_picture(content: bytes, url: str) -> None:
    """Check the body that a server sent as a picture.

    Raises:
        DamagedError: the picture is damaged.
        FetchError: the body is something else, and asking again would not help.
    """
    kind = kind_of(content[:HEAD])
    if kind not in READ:
        cause, what = _what_it_is(content, kind)
        raise FetchError(f"{url}: the server sent {what}, not a picture.", cause, host_of(url), 200)
    if kind not in _DECODED:
        return
    try:
        with _DECODING, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns below our own limit
            with Image.open(io.BytesIO(content), formats=[_DECODED[kind]]) as picture:
                if kind == "JPEG":
                    picture.draft(picture.mode, (64, 64))
                if picture.width * picture.height <= FULL_DECODE:
                    picture.load()  # to the last line, to notice a file that was cut short
    except Image.DecompressionBombError:
        return
    except Exception as error:  # a damaged file can raise any exception in a decoder
        raise DamagedError(url, content, error) from error


def _what_it_is(content: bytes, kind: str) -> tuple[Cause, str]:
    """The cause, and what a body that is not a picture is."""
    start = content[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not content:
        return Cause.NOT_A_PICTURE, "an empty file"
    if kind in ("PDF", "video") or content.startswith(_SOUND):
        return Cause.FILM, "a film, sound or PDF"
    if kind:
        return Cause.NOT_A_PICTURE, f"a file of the kind {kind}, which this program does not read"
    if start.startswith(_PAGE):
        checks = is_browser_check(content)
        return (Cause.BROWSER_CHECK, "a check for browsers") if checks else (Cause.NOT_A_PICTURE, "a web page")
    return Cause.NOT_A_PICTURE, f"something that begins with {content[:40].decode('latin-1').splitlines()[0]!r}"
