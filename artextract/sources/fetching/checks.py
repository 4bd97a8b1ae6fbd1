"""Checks of responses: their status and headers, and whether a body is a picture."""

import io
import threading
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
from PIL import Image

from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError, RetryableError, ServerRefusedError, host_of
from artextract.sources.picture_kinds import HEAD, READ, kind_of

FULL_DECODE = 50_000_000  # Pixels. Larger pictures are not decoded here.
_CAUSES = {
    **{400: Cause.SIZE, 401: Cause.LOGIN, 404: Cause.GONE, 407: Cause.LOGIN},
    **{410: Cause.GONE, 429: Cause.TOO_MANY, 501: Cause.SIZE},
}
_MAY_PASS = (408, 425, 429)  # Temporary failures besides 5xx
_PAGE_HEAD = 20_000  # Bytes of a page that are examined
_BROWSER_CHECKS = (
    *(b"_incapsula_resource", b"just a moment", b"cf-chl", b"cf_chl", b"challenge-platform", b"captcha"),
    *(b"checking your browser", b"enable javascript and cookies", b"are you a robot", b"ddos-guard"),
)
_SOUND = (b"ID3", b"OggS", b"fLaC", b"FLV", b"\xff\xfb", b"RIFF")
_PAGE = (b"<!doctype html", b"<html", b"<head", b"<script", b"<body")
_DECODED = {"JPEG": "JPEG", "PNG": "PNG", "GIF": "GIF", "WebP": "WEBP"}  # Kinds that are decoded here → name in Pillow
_DECODING = threading.BoundedSemaphore(2)  # A decoded picture can have 150 MB


class DamagedError(RetryableError):
    """A picture that cannot be decoded to its end."""

    attempts = 2  # most are damaged on the server

    def __init__(self, url: str, content: bytes, reason: Exception) -> None:
        """Take the file as it came."""
        super().__init__(f"{url}: the picture is damaged ({reason}).", Cause.DAMAGED, host_of(url), 200)
        self.content = content


def check_status(response: httpx2.Response) -> None:
    """Check by status and headers that a response has the requested content, or says that it is unchanged.

    Raises RetryableError for a temporary failure, ServerRefusedError for a permanent one.
    """
    code, url, host = response.status_code, response.request.url, host_of(response.request.url)
    if code == httpx2.codes.NOT_MODIFIED:
        return
    if code == httpx2.codes.OK:
        kind = response.headers.get("Content-Type", "").lower()
        if kind.startswith(("video/", "audio/", "application/pdf")):
            raise FetchError(f"{url}: this is a film, sound or PDF, not a picture ({kind}).", Cause.FILM, host, code)
        return
    page = b""
    with suppress(httpx2.HTTPError):  # the status says enough
        page = next(response.iter_bytes(_PAGE_HEAD), b"")
    challenged = "challenge" in (response.headers.get("cf-mitigated"), response.headers.get("x-amzn-waf-action"))
    if challenged or _is_browser_check(page):
        sentence = f"{url}: the server answered {code} with a check for browsers, which no program can pass."
        raise ServerRefusedError(sentence, Cause.BROWSER_CHECK, host, code)
    if code in _MAY_PASS or (code >= 500 and code != 501):
        cause = _CAUSES.get(code, Cause.SERVER_ERROR)
        raise RetryableError(f"{url}: the server kept answering {code}.", cause, host, code)
    sentence = f"{url}: the server answered {code} {response.reason_phrase}."
    raise ServerRefusedError(sentence, _CAUSES.get(code, Cause.REFUSED), host, code)


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header (a number or a date) asks for; None if it is missing or wrong."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((when - datetime.now(UTC)).total_seconds(), 0.0)


def check_page(content: bytes, url: str) -> None:
    """Refuse a page that checks for browsers, by which servers keep programs out.

    Raises FetchError if the body is such a page.
    """
    if content.lstrip()[:1] == b"<" and _is_browser_check(content):
        sentence = f"{url}: the server sent a check for browsers, which no program can pass."
        raise FetchError(sentence, Cause.BROWSER_CHECK, host_of(url), 200)


def check_picture(content: bytes, url: str) -> None:
    """Check the body that a server sent as a picture.

    Raises DamagedError if the picture is damaged, FetchError if the body is something else.
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
    if not content:
        return Cause.NOT_A_PICTURE, "an empty file"
    if kind in ("PDF", "video") or content.startswith(_SOUND):
        return Cause.FILM, "a film, sound or PDF"
    if kind:
        return Cause.NOT_A_PICTURE, f"a file of the kind {kind}, which this program does not read"
    if content[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGE):
        return Cause.NOT_A_PICTURE, "a web page"
    return Cause.NOT_A_PICTURE, f"something that begins with {content[:40].decode('latin-1').splitlines()[0]!r}"


def _is_browser_check(page: bytes) -> bool:
    start = page[:_PAGE_HEAD].lower()
    return any(word in start for word in _BROWSER_CHECKS)
