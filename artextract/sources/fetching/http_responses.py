"""Responses of other servers: bodies, validators, deadlines, and what can go wrong."""

import gzip
import io
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

import httpx2

from artextract.errors import SourceError
from artextract.sources.fetching.causes import Cause

DEADLINE = 60.0  # Seconds for a whole response: redirects, headers and body. Each `SLOWEST` bytes add one second.
SLOWEST = 64 * 1024  # Bytes per second


class FetchError(SourceError):
    """An address could not be fetched."""

    def __init__(self, sentence: str, cause: str = "", host: str = "", status: int | None = None) -> None:
        """Take the sentence for the user, and the facts for the report: see `SourceError`."""
        super().__init__(sentence)
        self.cause, self.host, self.status = cause, host, status


class RetryableError(FetchError):
    """A temporary failure."""

    attempts = 8  # Total number of requests, with waits between them


class ServerRefusedError(FetchError):
    """The server answered that it will not send the address."""


@dataclass(frozen=True)
class Stamp:
    """Validators that tell later whether an address changed (RFC 9110, section 8.8)."""

    etag: str | None = None
    last_modified: str | None = None

    def as_headers(self) -> dict[str, str]:
        """The headers that request the address only if it changed."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


@dataclass(frozen=True)
class FetchedBody:
    """A response body and its stamp."""

    content: bytes
    stamp: Stamp


class Deadline(threading.local):
    """When the response that a thread reads must be complete; each thread has its own.

    A timeout between bytes is not enough: a server that sends a byte now and then could hold a
    connection for ever. So every read ends at the deadline.
    """

    _at = math.inf

    def start(self, seconds: float) -> None:
        """Set the deadline, in seconds from now."""
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the deadline; 0 or less when it is over."""
        return self._at - time.monotonic()

    def hold(self, event: str, info: dict[str, Any]) -> None:
        """Apply the deadline to a new connection: httpcore calls this as a request's "trace" extension."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            stream.read = partial(self._read, stream.read)

    def _read(self, read: Callable[[int, float], bytes], max_bytes: int, timeout: float | None = None) -> bytes:
        if (left := self.left()) <= 0:
            raise httpx2.ReadTimeout("timed out")
        return read(max_bytes, left if timeout is None else min(timeout, left))

    def read_body(self, response: httpx2.Response, limit: int) -> FetchedBody:
        """A body of at most `limit` bytes, and its stamp."""
        body = io.BytesIO()
        stamp = self.copy_body(response, body, limit)
        return FetchedBody(body.getvalue(), stamp)

    def copy_body(
        self,
        response: httpx2.Response,
        sink: "BinaryIO | gzip.GzipFile",
        limit: int,
        on_progress: Callable[[int], None] = lambda _count: None,
    ) -> Stamp:
        """Copy a body of at most `limit` bytes as it arrives; returns its stamp."""
        url, promised = response.request.url, response.headers.get("Content-Length", "")
        if promised.isdigit() and int(promised) > limit:
            sentence = f"{url}: {int(promised):,} bytes are more than the {limit:,} expected."
            raise FetchError(sentence, Cause.TOO_LARGE, host_of(url), response.status_code)
        count = 0
        for chunk in response.iter_raw():
            count += len(chunk)
            if count > limit:
                sentence = f"{url}: more than the {limit:,} bytes expected."
                raise FetchError(sentence, Cause.TOO_LARGE, host_of(url), response.status_code)
            self._at += len(chunk) / SLOWEST
            sink.write(chunk)
            on_progress(count)
        return Stamp(response.headers.get("ETag"), response.headers.get("Last-Modified"))


def host_of(url: str | httpx2.URL) -> str:
    """The host of an http(s) address, with its port if that is unusual; "" for a path or any other text."""
    if isinstance(url, str) and "://" not in url:
        return ""
    try:
        address = httpx2.URL(url)
        return address.host.lower() if address.port is None else f"{address.host.lower()}:{address.port}"
    except (httpx2.InvalidURL, TypeError, ValueError):
        return ""
