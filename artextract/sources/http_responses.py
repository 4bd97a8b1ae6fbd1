"""Answers of other people's servers: what they hold, when they count, what they ask for."""

import gzip
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, BinaryIO

import httpx2

from artextract.errors import SourceError

DEADLINE = 60.0
"""Seconds in which an answer must be there, its redirects, headers and body together, whatever the
server does; its body brings it one second more with each `SLOWEST` bytes."""
SLOWEST = 64 * 1024
"""Bytes a second."""


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


class Deadline(threading.local):
    """By when the answer that a thread waits for must be there; each thread has its own.

    A limit on pauses alone is none: by a byte now and then, of the headers or of the body, a server
    could hold a connection for ever. So every read ends with the deadline.
    """

    _at = math.inf

    def start(self, seconds: float) -> None:
        """The answer must be there in so many seconds from now."""
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then; 0 or less when it is over."""
        return self._at - time.monotonic()

    def extend(self, count: int) -> None:
        """Give the time that `count` bytes of the body may take."""
        self._at += count / SLOWEST

    def hold(self, event: str, info: dict[str, Any]) -> None:
        """Hold each new connection to it. httpcore tells a request's "trace" extension of them."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            stream.read = partial(self._read, stream.read)

    def _read(self, read: Callable[[int, float], bytes], max_bytes: int, timeout: float | None = None) -> bytes:
        if (left := self.left()) <= 0:
            raise httpx2.ReadTimeout("the deadline is over")
        return read(max_bytes, left if timeout is None else min(timeout, left))


def copy_body(
    response: httpx2.Response,
    sink: "BinaryIO | gzip.GzipFile",
    limit: int,
    deadline: Deadline,
    on_progress: Callable[[int], None] = lambda _count: None,
) -> None:
    """Copy a body as it comes over the wire, as long as it is of a lawful size."""
    url, promised = response.request.url, response.headers.get("Content-Length", "")
    if promised.isdigit() and int(promised) > limit:
        raise FetchError(f"{url}: {int(promised):,} bytes are more than the {limit:,} expected.")
    count = 0
    for chunk in response.iter_raw():
        count += len(chunk)
        if count > limit:
            raise FetchError(f"{url}: more than the {limit:,} bytes expected; cut off.")
        deadline.extend(len(chunk))
        sink.write(chunk)
        on_progress(count)


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
