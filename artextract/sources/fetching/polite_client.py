"""Fetching politely and safely from other servers.

Politely: two connections to a server, its own pace, an honest User-Agent, robots.txt, `Retry-After`, waits
between retries, and validators (ETag, Last-Modified) so that nothing is sent twice. The run gives
up on a server that keeps failing, and continues with the others. Safely: only http(s), only the hosts that
`AllowedHosts` allows (also after a redirect), never more bytes than expected, never longer than `DEADLINE`.
"""

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from artextract.files import write_atomic, write_bytes
from artextract.settings import CONTACT_VARIABLE, GALLERY_HOSTS, contact, named_hosts
from artextract.sources.fetching.addresses import AllowedHosts
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.checks import check_status, retry_after
from artextract.sources.fetching.host_rules import rule_of
from artextract.sources.fetching.hosts import Host
from artextract.sources.fetching.http_responses import (
    DEADLINE,
    Deadline,
    FetchedBody,
    FetchError,
    RetryableError,
    ServerRefusedError,
    Stamp,
    host_of,
)
from artextract.sources.fetching.robots import ROBOT, RobotsFiles

CONNECTIONS = 32  # Simultaneous connections to all hosts together
ATTEMPTS_TO_CONNECT = 3  # Few, so that a missing network is reported in seconds
PATIENCE = httpx2.Timeout(30.0, connect=5.0)  # Seconds until a connection, and until the next bytes
FIRST_PATIENCE = httpx2.Timeout(10.0, connect=5.0)  # The same for a host that has not answered yet
LONGEST_BACK_OFF = 20.0
LONGEST_WAIT = 120.0  # Seconds; the run gives up on a server that asks for longer waits, also in total
REDIRECTS = 5

T = TypeVar("T")


class PoliteClient:
    """A client for one run. Safe to share between threads; it is best used by about 32."""

    def __init__(self, any_public: bool = False) -> None:
        """Open the client; nothing is sent yet.

        It may ask the hosts that ``ARTEXTRACT_HOSTS`` names, and with `any_public` also every public host; without such
        names, the gallery's. Raises SourceError if ``ARTEXTRACT_CONTACT`` is no address.
        """
        self._contact = contact()
        about = f"+{self._contact}" if self._contact else "fetches open-access art once"
        self._agent = f"{ROBOT}/{version('artextract')} (gallery explorer; {about})"
        named = named_hosts()
        self._allowed = AllowedHosts(named if any_public else named or GALLERY_HOSTS, any_public)
        self._http = httpx2.Client(
            headers={"User-Agent": self._agent},
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=CONNECTIONS),
            follow_redirects=False,
        )
        self._deadline = Deadline()
        self._places = threading.BoundedSemaphore(CONNECTIONS)
        self._closed = threading.Event()
        self._robots = RobotsFiles(self._get_rules)
        self._hosts: dict[str, Host] = {}

    def close(self) -> None:
        """Close all connections; threads that wait get a `FetchError`."""
        self._closed.set()
        self._http.close()

    def keep_pause(self, host: str, seconds: float) -> None:
        """Leave at least that time between two requests to a host."""
        self._host(host).keep_pause(seconds)

    def follow_robots(self, url: str) -> None:
        """Check the robots.txt of `url`'s server (read once), and keep the pause that it asks for.

        Raises FetchError if robots.txt forbids `url`, or is not available; or the address is not allowed.
        """
        self._allowed.check(url)
        self.keep_pause(host_of(url), min(self._robots.check(url), LONGEST_WAIT))

    def get(
        self,
        url: str,
        limit: int,
        stamp: Stamp | None = None,
        check: Callable[[bytes], str | None] = lambda _content: None,
        robots: bool = False,
    ) -> FetchedBody | None:
        """Fetch a body of at most `limit` bytes into memory; None if it has not changed since `stamp`.

        Args:
            url: the address.
            limit: maximum number of bytes.
            stamp: the stamp of an earlier response.
            check: what is wrong with a body, as a sentence, or None; a wrong body is requested again. A
                `FetchError` that it raises is final.
            robots: whether to keep to robots.txt, also after a redirect: for addresses that no person chose.

        Raises FetchError if the body is not available; the sentence names the address.
        """

        def read_and_check() -> FetchedBody | None:
            read = partial(self._deadline.read_body, limit=limit)
            fetched = self._request(url, "identity", stamp, read, robots)
            if fetched is not None and (wrong := check(fetched.content)) is not None:
                raise RetryableError(f"{url}: {wrong}", Cause.DAMAGED, host_of(url), httpx2.codes.OK)
            return fetched

        return self._retry(url, read_and_check)

    def start_of(self, url: str, most: int) -> bytes:
        """The first `most` bytes of a body, or all of a smaller one. Raises FetchError if it is not available."""
        args = (url, "identity", None, lambda response: next(response.iter_bytes(most), b""), False)
        return self._retry(url, lambda: self._request(*args)) or b""

    def download(
        self, url: str, path: Path, limit: int, on_progress: Callable[[int], None] = lambda _count: None
    ) -> None:
        """Fetch a large body into a gzip file, compressed on the way if the server can, unless it has not changed.

        The file is replaced in one step; its stamp is kept beside it, with the suffix ".stamp". At most `limit` bytes
        are sent; `on_progress` receives their number so far, and may raise `Stopped`. Raises FetchError if the body is
        not available, and StorageError if the file is not writable.
        """
        stamp_file = path.with_name(f"{path.name}.stamp")
        try:
            stamp = Stamp(**json.loads(stamp_file.read_text())) if path.exists() else None
        except (OSError, ValueError, TypeError):
            stamp = None

        def read(response: httpx2.Response) -> Stamp:
            with write_atomic(path) as temporary, temporary.open("wb") as raw:
                if response.headers.get("Content-Encoding", "").lower() == "gzip":
                    return self._deadline.copy_body(response, raw, limit, on_progress)
                with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=5, mtime=0) as packed:
                    return self._deadline.copy_body(response, packed, limit, on_progress)

        fresh = self._retry(url, lambda: self._request(url, "gzip", stamp, read, robots=False))
        if fresh is not None:
            write_bytes(stamp_file, json.dumps(asdict(fresh)).encode())

    def _get_rules(self, url: str, limit: int) -> FetchedBody | None:
        """Fetch a robots.txt; a missing one does not count as a failure of the server."""
        try:
            return self.get(url, limit)
        except ServerRefusedError:
            self._host(host_of(url)).succeeded()
            raise

    def _retry(self, url: str, attempt: Callable[[], T | None]) -> T | None:
        """Request `url` until its body is read or another attempt is useless, and note the outcome for its host."""
        self._allowed.check(url)
        host = self._host(host_of(url))

        def is_last(state: RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            return host.left is not None or state.attempt_number >= getattr(error, "attempts", 1)

        retrying = Retrying(
            retry=retry_if_exception_type(RetryableError),
            stop=is_last,
            wait=wait_random_exponential(multiplier=0.25, max=LONGEST_BACK_OFF),
            sleep=self._sleep,
            reraise=True,
        )
        host.refuse_if_given_up()
        try:
            fetched = retrying(attempt)
        except FetchError as error:
            host.failed(error)
            raise
        host.succeeded()
        return fetched

    def _request(
        self, url: str, encoding: str, stamp: Stamp | None, read: Callable[[httpx2.Response], T], robots: bool
    ) -> T | None:
        left = DEADLINE  # our own waits between redirects do not count
        for hop in range(REDIRECTS + 1):
            try:
                self._allowed.check(url)
            except FetchError as error:
                if not hop or self._allowed.any_public:
                    raise
                raise RetryableError(f"A redirect was not followed: {error}", error.cause, error.host) from error
            if robots:
                self.follow_robots(url)
            host = self._host(host_of(url))
            headers = {"Accept-Encoding": encoding, **self._introduction(host), **(stamp.as_headers() if stamp else {})}
            with self._place(host), self._answer(url, host, headers, left) as response:
                if not response.has_redirect_location:
                    self._check(response, host)
                    return None if response.status_code == httpx2.codes.NOT_MODIFIED else read(response)
                url = str(response.url.join(response.headers["Location"]))
                left = self._deadline.left()
        raise FetchError(f"{url}: more than {REDIRECTS} redirects.", Cause.REFUSED, host_of(url))

    @contextmanager
    def _place(self, host: Host) -> Iterator[None]:
        with host.places:
            host.wait(self._sleep)
            with self._places:
                yield

    @contextmanager
    def _answer(self, url: str, host: Host, headers: dict[str, str], left: float) -> Iterator[httpx2.Response]:
        """One request; failures of the connection are raised as `RetryableError`."""
        began = time.monotonic()
        self._deadline.start(left)
        timeout = PATIENCE if host.answered else FIRST_PATIENCE
        extensions = {"trace": self._allowed.trace(url, self._deadline.hold)}
        try:
            with self._http.stream("GET", url, headers=headers, timeout=timeout, extensions=extensions) as response:
                host.note_answer()
                yield response
        except (httpx2.TransportError, RuntimeError) as error:  # RuntimeError: closed by another thread
            if self._closed.is_set():
                raise FetchError("Stopped.") from error
            late = self._deadline.left() <= 0
            sentence = f"{url}: the connection broke ({type(error).__name__})."
            if isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout)) or not (host.answered or late):
                sentence = f"{httpx2.URL(url).host} cannot be reached. Check the network connection and try again. "
                sentence += "Your collections and the demo work without a network."
            elif late:
                sentence = f"{url}: the response was too slow."
            silence = RetryableError(sentence, Cause.NO_ANSWER, host.name)
            timed_out = isinstance(error, httpx2.TimeoutException)
            if host.note_silence(began, ATTEMPTS_TO_CONNECT - timed_out):
                host.give_up(silence)
            raise silence from error

    def _introduction(self, host: Host) -> dict[str, str]:
        rule = rule_of(host.name)
        if rule.contact and not self._contact:
            sentence = f"{host.name} answers only programs that name a contact. Set {CONTACT_VARIABLE} to your e-mail "
            raise FetchError(f"{sentence}address and collect again.", Cause.NO_CONTACT, host.name)
        return {rule.agent_header: self._agent} if rule.agent_header else {}

    def _check(self, response: httpx2.Response, host: Host) -> None:
        """Raise the error that a status stands for, and note how long the server asks to wait."""
        try:
            check_status(response)
        except RetryableError as error:
            wait = host.ask_not_before(retry_after(response.headers.get("Retry-After")) or 0.0)
            if wait > LONGEST_WAIT:
                sentence = f"{response.url.host} asks to wait {wait / 60:.0f} minutes. Try again then; "
                left = FetchError(f"{sentence}finished downloads are kept.", error.cause, host.name, error.status)
                host.give_up(left)
                raise left from error
            raise

    def _host(self, name: str) -> Host:
        return self._hosts.setdefault(name, Host(name, rule_of(name).pause))

    def _sleep(self, seconds: float) -> None:
        if self._closed.wait(seconds):
            raise FetchError("Stopped.")
