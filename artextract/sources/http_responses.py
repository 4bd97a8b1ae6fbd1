"""Answers of other people's servers: what they hold, when they count, what they ask for."""

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import BinaryIO

import httpx2

from artextract.errors import SourceError

SLOWEST = 64 * 1024
"""Bytes a second, on the whole of an answer, below which it is given up (after `GRACE` seconds)."""
GRACE = 60.0


class FetchError(SourceError):
    """Something that could not be fetched, and why."""


class PassingError(FetchError):
    """Worth another try."""

    def __init__(self, sentence: str, connecting: bool = False) -> None:
        super().__init__(sentence)
        self.connecting = connecting


class RefusedError(FetchError):
    """The server knows what was asked and says no."""


@dataclass(frozen=True)
class Stamp:
    """What a server gives to ask later whether something changed (RFC 9110, section 8.8)."""

    etag: str | None = None
    last_modified: str | None = None

    def as_headers(self) -> dict[str, str]:
        """The headers that ask for it only if it changed."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Answer:
    """A body and its stamp."""

    content: bytes
    stamp: Stamp


def copy_body(
    response: httpx2.Response,
    sink: "BinaryIO | gzip.GzipFile",
    limit: int,
    told: Callable[[int], None] = lambda _count: None,
) -> None:
    """Copy a body as it comes over the wire, as long as it is of a lawful size and speed."""
    url, promised = response.request.url, response.headers.get("Content-Length", "")
    if promised.isdigit() and int(promised) > limit:
        raise FetchError(f"{url}: {int(promised):,} bytes are more than the {limit:,} expected.")
    began, count = time.monotonic(), 0
    for chunk in response.iter_raw():
        count += len(chunk)
        if count > limit:
            raise FetchError(f"{url}: more than the {limit:,} bytes expected; cut off.")
        if time.monotonic() - began > GRACE + count / SLOWEST:
            raise PassingError(f"{url}: the answer came too slowly.")
        sink.write(chunk)
        told(count)


def stamp_of(response: httpx2.Response) -> Stamp:
    """The stamp that an answer carries."""
    return Stamp(response.headers.get("ETag"), response.headers.get("Last-Modified"))


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for (a number, or a date); None without one."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max((when - datetime.now(UTC)).total_seconds(), 0.0)
