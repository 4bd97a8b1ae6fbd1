"""Fetching from other people's servers with good manners.

A few connections at once; who we are in the User-Agent; waits when told to (`Retry-After`, 429,
5xx) and with jitter when not; follows robots.txt; asks with validators (ETag, Last-Modified) for
what is there already. An address is data, not trust: only http(s), only hosts on the allow-list,
also after a redirect, never more bytes than expected, and never longer than `DEADLINE` allows.
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
from artextract.sources.http_responses import (
    DEADLINE,
    Answer,
    Deadline,
    FetchError,
    PassingError,
    RefusedError,
    Stamp,
    copy_body,
    retry_after,
    stamp_of,
)
from artextract.sources.robots import Robots, check_address

CONNECTIONS = 4
ATTEMPTS = 8
ATTEMPTS_TO_CONNECT = 3
"""Fewer as long as nothing was ever answered: somebody without a network hears so in seconds."""
LONGEST_BACK_OFF = 20.0
LONGEST_WAIT = 120.0
"""Seconds; a server that asks for a longer wait is left for another day."""
REDIRECTS = 5
AGENT = f"ArtExtract/{version('artextract')} (gallery explorer; fetches open-access art once)"

T = TypeVar("T")


class PoliteClient:
    """One client for one run. Safe to share among threads."""

    def __init__(self, connections: int = CONNECTIONS, deadline: float = DEADLINE) -> None:
        """Open it; nothing is sent yet.

        Args:
            connections: requests under way at once, at the most.
            deadline: seconds in which an answer must be there, as `DEADLINE` has it.
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
        self._robots = Robots(AGENT, self.get)
        self._given_up: str | None = None
        self._answered = False

    def close(self) -> None:
        """Let go of all connections; who waits stops waiting with a `FetchError`."""
        self._closed.set()
        self._http.close()

    def get(
        self,
        url: str,
        limit: int,
        stamp: Stamp | None = None,
        check: Callable[[bytes], str | None] = lambda _content: None,
    ) -> Answer | None:
        """Fetch a small body.

        Args:
            url: where.
            limit: bytes; a longer body is cut off and refused.
            stamp: of what is there already.
            check: says in a sentence what is wrong with a body, None if nothing; a wrong one is
                asked for again.

        Returns:
            None if it hasn't changed since `stamp`.

        Raises:
            FetchError: it can't be had; the sentence names the address.
        """

        def read(response: httpx2.Response) -> Answer | None:
            if response.status_code == httpx2.codes.NOT_MODIFIED:
                return None
            body = io.BytesIO()
            copy_body(response, body, limit, self._deadline)
            if (wrong := check(body.getvalue())) is not None:
                raise PassingError(f"{url}: {wrong}")
            return Answer(body.getvalue(), stamp_of(response))

        return self._fetch(url, {"Accept-Encoding": "identity"}, stamp, read)

    def download(
        self,
        url: str,
        path: Path,
        limit: int,
        stamp: Stamp | None = None,
        on_progress: Callable[[int], None] = lambda _count: None,
    ) -> Stamp | None:
        """Fetch a large body into a gzip file, compressed on the way where the server can.

        Args:
            url: where.
            path: the file, replaced in one step.
            limit: bytes on the way; a longer body is cut off and refused.
            stamp: of what is there already.
            on_progress: called with the bytes that have come so far; it may raise `Stopped`.

        Returns:
            Its stamp; None if it hasn't changed since `stamp`.

        Raises:
            FetchError: it can't be had; the sentence names the address.
            StorageError: it can't be written.
        """

        def read(response: httpx2.Response) -> Stamp | None:
            if response.status_code == httpx2.codes.NOT_MODIFIED:
                return None
            with write_atomic(path) as temporary, temporary.open("wb") as raw:
                if response.headers.get("Content-Encoding", "").lower() == "gzip":
                    copy_body(response, raw, limit, self._deadline, on_progress)
                else:
                    with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=5, mtime=0) as packed:
                        copy_body(response, packed, limit, self._deadline, on_progress)
            return stamp_of(response)

        return self._fetch(url, {"Accept-Encoding": "gzip"}, stamp, read)

    def follow_robots(self, url: str) -> None:
        """Read the robots.txt of `url`'s server, once, and keep to it (RFC 9309).

        Raises:
            FetchError: it forbids `url` to programs, or can't be had.
        """
        pause = min(self._robots.keep_to(url), LONGEST_WAIT)
        with self._lock:
            self._between = max(self._between, pause)

    def _fetch(
        self,
        url: str,
        headers: Mapping[str, str],
        stamp: Stamp | None,
        read: Callable[[httpx2.Response], T],
    ) -> T:
        """Ask until it is read, or trying again is no use."""
        asked = {**headers, **(stamp.as_headers() if stamp else {})}
        if self._given_up:
            raise FetchError(self._given_up)

        def attempt() -> T:
            try:
                with self._ask(url, asked) as response:
                    return read(response)
            except httpx2.ConnectError as error:
                raise PassingError(_unreachable(url), connecting=True) from error
            except (httpx2.TransportError, RuntimeError) as error:  # RuntimeError: closed meanwhile
                if self._closed.is_set():
                    raise FetchError("Stopped.") from error
                broke = f"the connection broke off ({type(error).__name__})"
                late = self._deadline.left() <= 0
                raise PassingError(f"{url}: {'the answer came too slowly' if late else broke}.") from error

        again = Retrying(
            retry=retry_if_exception_type(PassingError),
            stop=self._enough,
            wait=wait_random_exponential(multiplier=0.25, max=LONGEST_BACK_OFF),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return again(attempt)
        except PassingError as error:
            if error.connecting:  # what comes after would only wait as long again
                self._given_up = str(error)
            raise

    @contextmanager
    def _ask(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx2.Response]:
        """One request, its redirects followed, its refusals and errors raised."""
        left = self._seconds  # our own waiting, between the redirects, isn't the servers' slowness
        for hop in range(REDIRECTS + 1):
            try:
                check_address(url, self._hosts)
            except FetchError as error:
                if not hop:
                    raise
                raise PassingError(f"Redirected, and not followed: {error}") from error
            with self._places:
                self._wait()
                self._deadline.start(left)
                watched = {"trace": self._deadline.hold}
                with self._http.stream("GET", url, headers=dict(headers), extensions=watched) as response:
                    self._answered = True
                    if not response.has_redirect_location:
                        self._heed(response)
                        yield response
                        return
                    url = str(response.url.join(response.headers["Location"]))
                    left = self._deadline.left()
        raise FetchError(f"{url}: redirected more than {REDIRECTS} times.")

    def _wait(self) -> None:
        """Wait until the servers may be asked again."""
        while True:
            with self._lock:
                now = time.monotonic()
                wait = self._not_before - now
                if wait <= 0:
                    self._not_before = max(self._not_before, now + self._between)
                    return
            self._sleep(wait)

    def _enough(self, state: RetryCallState) -> bool:
        """Whether to stop trying."""
        error = state.outcome.exception() if state.outcome else None
        connecting = isinstance(error, PassingError) and error.connecting
        few = connecting and not self._answered
        return state.attempt_number >= (ATTEMPTS_TO_CONNECT if few else ATTEMPTS)

    def _sleep(self, seconds: float) -> None:
        if self._closed.wait(seconds):
            raise FetchError("Stopped.")

    def _heed(self, response: httpx2.Response) -> None:
        """Raise what an answer's status asks for."""
        code = response.status_code
        if code in (httpx2.codes.OK, httpx2.codes.NOT_MODIFIED):
            return
        url = response.request.url
        if code in (408, 425, 429) or code >= 500:
            if (wait := retry_after(response.headers.get("Retry-After"))) is not None:
                if wait > LONGEST_WAIT:
                    self._given_up = (
                        f"{url.host} asks to be left alone for {wait / 60:.0f} minutes: run it "
                        "again then; what was fetched is kept."
                    )
                    raise FetchError(self._given_up)
                with self._lock:
                    self._not_before = max(self._not_before, time.monotonic() + wait)
            raise PassingError(f"{url}: the server answered {code} again and again.")
        raise RefusedError(f"{url}: the server answered {code} {response.reason_phrase}.")


def _unreachable(url: str) -> str:
    host = httpx2.URL(url).host
    return (
        f"{host} can't be reached: check the network connection and run it again. What is here "
        "already, and the demo collection, work without."
    )
