"""One server in one run: its pace, its failures, and whether the run gave up on it."""

import threading
import time
from collections.abc import Callable

from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError

CONNECTIONS_PER_HOST = 2  # Simultaneous connections to one host
FAILURES = 20  # Failures in a row for the same cause after which the run gives up on a host
SILENCE = 60.0  # Seconds without an answer after which the run gives up on a host
_OF_THE_SERVER = (
    *(Cause.LOGIN, Cause.REFUSED, Cause.BROWSER_CHECK, Cause.GONE, Cause.TOO_MANY),
    *(Cause.SIZE, Cause.SERVER_ERROR, Cause.NO_ANSWER, Cause.NOT_A_PICTURE),
)
"""Causes for which the run gives up on a host. Other causes concern only one address."""


class Host:
    """A server. Safe to share between threads."""

    def __init__(self, name: str, pause: float) -> None:
        """Take its name, as `http_responses.host_of` gives it, and the seconds between two requests."""
        self.name = name
        self.places = threading.BoundedSemaphore(CONNECTIONS_PER_HOST)
        self.answered = False  # Whether it ever answered
        self.left: FetchError | None = None  # Why the run gave up on it
        self._lock = threading.Lock()
        self._pause = pause
        self._not_before = self._waits = 0.0
        self._silent_since: float | None = None
        self._silences = 0
        self._failure, self._failures = "", 0

    def refuse_if_given_up(self) -> None:
        """Raise the error of a host that the run gave up on."""
        if (left := self.left) is not None:
            raise FetchError(str(left), left.cause, left.host, left.status)

    def keep_pause(self, seconds: float) -> None:
        """Leave at least that time between two requests."""
        with self._lock:
            self._pause = max(self._pause, seconds)

    def ask_not_before(self, seconds: float) -> float:
        """Send no request in the next `seconds`; returns the seconds of all such waits since the last success."""
        with self._lock:
            now = time.monotonic()
            self._waits += max(now + seconds - max(self._not_before, now), 0.0)
            self._not_before = max(self._not_before, now + seconds)
            return self._waits

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Wait until the server accepts the next request; raise if the run gave up on it meanwhile."""
        while True:
            self.refuse_if_given_up()
            with self._lock:
                now = time.monotonic()
                wait = self._not_before - now
                if wait <= 0:
                    self._not_before = max(self._not_before, now + self._pause)
                    return
            sleep(wait)

    def note_answer(self) -> None:
        """Note that the server answered, whatever it was."""
        with self._lock:
            self.answered, self._silent_since, self._silences = True, None, 0

    def note_silence(self, began: float, most: int) -> bool:
        """Note a request that got no answer since `began` (`time.monotonic`); returns whether to give up on the server.

        `most` requests without an answer are enough for a server that never answered.
        """
        with self._lock:
            self._silences += 1
            self._silent_since = began if self._silent_since is None else min(began, self._silent_since)
            lasted = time.monotonic() - self._silent_since
            return self._silences >= most and (not self.answered or lasted > SILENCE)

    def succeeded(self) -> None:
        """Note an address that was fetched."""
        with self._lock:
            self._failures, self._waits = 0, 0.0

    def failed(self, error: FetchError) -> None:
        """Note an address that was not fetched; give up after `FAILURES` in a row for the same cause."""
        if error.cause not in _OF_THE_SERVER:
            return
        with self._lock:
            self._failures = self._failures + 1 if error.cause == self._failure else 1
            self._failure = error.cause
            if self._failures >= FAILURES and self.left is None:
                sentence = f"{self.name} failed {FAILURES} times in a row ({error.cause}), so the rest was skipped. "
                self.left = FetchError(f"{sentence}Collect again later.", error.cause, self.name, error.status)

    def give_up(self, error: FetchError) -> None:
        """Send no more requests in this run."""
        with self._lock:
            self.left = self.left or error
