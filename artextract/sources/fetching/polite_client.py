"""Fetching politely and safely from other servers.

Politely: few connections, an honest User-Agent, robots.txt, `Retry-After`, waits between retries, and
validators (ETag, Last-Modified) so that nothing is sent twice. Safely: only http(s), only hosts on
the allow-list (also after a redirect), never more bytes than expected, never longer than `DEADLINE`.
"""

import gzip
import io
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from artextract.files import write_atomic
from artextract.settings import allowed_hosts
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import (
    DEADLINE,
    Deadline,
    FetchedBody,
    FetchError,
    RetryableError,
    ServerRefusedError,
    Stamp,
    retry_after,
)
from artextract.sources.fetching.robots import ROBOT, RobotsFiles, check_address

CONNECTIONS = 4
ATTEMPTS = 8
ATTEMPTS_TO_CONNECT = 3  # Attempts until the first response ever: a person without a network hears so in seconds
LONGEST_BACK_OFF = 20.0
LONGEST_WAIT = 120.0  # Seconds. If a server asks for more, the run ends.
REDIRECTS = 5
AGENT = f"{ROBOT}/{version('artextract')} (gallery explorer; fetches open-access art once)"

T = TypeVar("T")


class PoliteClient:
    """A client for one run. Safe to share between threads."""

    def __init__(self, connections: int = CONNECTIONS, deadline: float = DEADLINE) -> None:
        """Open the client; nothing is sent yet.

        Args:
            connections: maximum number of requests at the same time.
            deadline: seconds for a response, as `DEADLINE`.
        """
        self._hosts = allowed_hosts()
        self._http = httpx2.Client(
            headers={"User-Agent": AGENT},
            timeout=httpx2.Timeout(30.0, connect=10.0),
            limits=httpx2.Limits(max_connections=connections),
            follow_redirects=False,
        )
        self._seconds = deadline
        self._deadline = Deadline()
        self._places = threading.BoundedSemaphore(connections)
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._between = 0.0
        self._robots = RobotsFiles(self.get)
        self._given_up: str | None = None
        self._answered = False

    def close(self) -> None:
        """Close all connections; threads that wait get a `FetchError`."""
        self._closed.set()
        self._http.close()

    def get(
        self,
        url: str,
        limit: int,
        stamp: Stamp | None = None,
        check: Callable[[bytes], str | None] = lambda _content: None,
    ) -> FetchedBody | None:
        """Fetch a small body into memory.

        Args:
            url: the address.
            limit: maximum number of bytes.
            stamp: the stamp of an earlier response.
            check: what is wrong with a body, as a sentence, or None; a wrong body is requested again.

        Returns:
            None if the body has not changed since `stamp`.

        Raises:
            FetchError: the body is not available; the sentence names the address.
        """

        def read(response: httpx2.Response) -> FetchedBody:
            body = io.BytesIO()
            stamped = self._deadline.copy_body(response, body, limit)
            if (wrong := check(body.getvalue())) is not None:
                raise RetryableError(f"{url}: {wrong}", Cause.DAMAGED, response.request.url.host)
            return FetchedBody(body.getvalue(), stamped)

        return self._fetch(url, "identity", stamp, read)

    def download(
        self,
        url: str,
        path: Path,
        limit: int,
        stamp: Stamp | None = None,
        on_progress: Callable[[int], None] = lambda _count: None,
    ) -> Stamp | None:
        """Fetch a large body into a gzip file, compressed on the way if the server can.

        Args:
            url: the address.
            path: the file, replaced in one step.
            limit: maximum number of bytes on the way.
            stamp: the stamp of an earlier response.
            on_progress: receives the number of bytes so far; it may raise `Stopped`.

        Returns:
            The stamp; None if the body has not changed since `stamp`.

        Raises:
            FetchError: the body is not available; the sentence names the address.
            StorageError: the file is not writable.
        """

        def read(response: httpx2.Response) -> Stamp:
            with write_atomic(path) as temporary, temporary.open("wb") as raw:
                if response.headers.get("Content-Encoding", "").lower() == "gzip":
                    return self._deadline.copy_body(response, raw, limit, on_progress)
                with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=5, mtime=0) as packed:
                    return self._deadline.copy_body(response, packed, limit, on_progress)

        return self._fetch(url, "gzip", stamp, read)

    def follow_robots(self, url: str) -> None:
        """Check the robots.txt of `url`'s server (read once), and keep the pause that it asks for.

        Raises:
            FetchError: robots.txt forbids `url`, or is not available.
        """
        pause = min(self._robots.check(url), LONGEST_WAIT)
        with self._lock:
            self._between = max(self._between, pause)

    def _fetch(self, url: str, encoding: str, stamp: Stamp | None, read: Callable[[httpx2.Response], T]) -> T | None:
        """Request `url` until its body is read or another attempt is useless; None if it has not changed."""
        headers = {"Accept-Encoding": encoding, **(stamp.as_headers() if stamp else {})}
        if self._given_up:
            raise FetchError(self._given_up)

        def attempt() -> T | None:
            try:
                with self._request(url, headers) as response:
                    return None if response.status_code == httpx2.codes.NOT_MODIFIED else read(response)
            except httpx2.ConnectError as error:
                broken = RetryableError(
                    f"{httpx2.URL(url).host} cannot be reached. Check the network connection and try again. "
                    "Your collections and the demo work without a network.",
                    Cause.NO_ANSWER,
                    httpx2.URL(url).host,
                )
                broken.connecting = True
                raise broken from error
            except (httpx2.TransportError, RuntimeError) as error:  # RuntimeError: closed by another thread
                if self._closed.is_set():
                    raise FetchError("Stopped.") from error
                late, broke = "the response was too slow", f"the connection broke ({type(error).__name__})"
                raise RetryableError(f"{url}: {late if self._deadline.left() <= 0 else broke}.") from error

        retrying = Retrying(
            retry=retry_if_exception_type(RetryableError),
            stop=self._is_last_attempt,
            wait=wait_random_exponential(multiplier=0.25, max=LONGEST_BACK_OFF),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(attempt)
        except RetryableError as error:
            if error.connecting:  # further requests would only wait as long again
                self._given_up = str(error)
            raise

    @contextmanager
    def _request(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx2.Response]:
        """One request with its redirects; refusals and errors are raised."""
        left = self._seconds  # our own waits between redirects do not count
        for hop in range(REDIRECTS + 1):
            try:
                check_address(url, self._hosts)
            except FetchError as error:
                if not hop:
                    raise
                raise RetryableError(f"A redirect was not followed: {error}") from error
            with self._places:
                self._wait()
                self._deadline.start(left)
                extensions = {"trace": self._deadline.hold}
                with self._http.stream("GET", url, headers=dict(headers), extensions=extensions) as response:
                    self._answered = True
                    if not response.has_redirect_location:
                        self._check_status(response)
                        yield response
                        return
                    url = str(response.url.join(response.headers["Location"]))
                    left = self._deadline.left()
        raise FetchError(f"{url}: more than {REDIRECTS} redirects.")

    def _wait(self) -> None:
        """Wait until the servers accept the next request."""
        while True:
            with self._lock:
                now = time.monotonic()
                wait = self._not_before - now
                if wait <= 0:
                    self._not_before = max(self._not_before, now + self._between)
                    return
            self._sleep(wait)

    def _is_last_attempt(self, state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        unreachable = isinstance(error, RetryableError) and error.connecting and not self._answered
        return state.attempt_number >= (ATTEMPTS_TO_CONNECT if unreachable else ATTEMPTS)

    def _sleep(self, seconds: float) -> None:
        if self._closed.wait(seconds):
            raise FetchError("Stopped.")

    def _check_status(self, response: httpx2.Response) -> None:
        """Raise the error that a status stands for, and note how long the server asks to wait."""
        code, url = response.status_code, response.request.url
        if code in (httpx2.codes.OK, httpx2.codes.NOT_MODIFIED):
            return
        if code not in (408, 425, 429) and code < 500:
            cause = Cause.GONE if code in (404, 410) else Cause.REFUSED
            sentence = f"{url}: the server answered {code} {response.reason_phrase}."
            raise ServerRefusedError(sentence, cause, url.host, code)
        wait = retry_after(response.headers.get("Retry-After")) or 0.0
        if wait > LONGEST_WAIT:
            self._given_up = (
                f"{url.host} asks to wait {wait / 60:.0f} minutes. Try again then; finished downloads are kept."
            )
            raise FetchError(self._given_up)
        with self._lock:
            self._not_before = max(self._not_before, time.monotonic() + wait)
        raise RetryableError(f"{url}: the server kept answering {code}.")
