"""The robots.txt of each server (RFC 9309)."""

import threading
from collections.abc import Callable

import httpx2
from protego import Protego

from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchedBody, FetchError, ServerRefusedError

ROBOT = "ArtExtract"  # The name by which a robots.txt can address this program
LARGEST = 512 * 1024  # Bytes of a robots.txt


class RobotsFiles:
    """The robots.txt files of servers, each read once. Safe to share between threads."""

    def __init__(self, get: Callable[[str, int], FetchedBody | None]) -> None:
        """Take the function that fetches an address, up to a number of bytes."""
        self._get = get
        self._rules: dict[str, Protego | FetchError] = {}
        self._reading: dict[str, threading.Lock] = {}

    def check(self, url: str) -> float:
        """Check that the server allows `url`; returns the seconds between two requests that it asks for, 0 if none.

        Raises FetchError if the server forbids `url`, or its robots.txt is not available.
        """
        address = httpx2.URL(url)
        origin = f"{address.scheme}://{address.netloc.decode()}"
        with self._reading.setdefault(origin, threading.Lock()):  # one lock per server: no server delays another
            if origin not in self._rules:
                self._rules[origin] = self._read(f"{origin}/robots.txt")
        rules = self._rules[origin]
        if isinstance(rules, FetchError):
            raise FetchError(str(rules), rules.cause, rules.host, rules.status)
        if not rules.can_fetch(url, ROBOT):
            raise FetchError(f"{origin}/robots.txt asks programs not to fetch {url}.", Cause.ROBOTS, address.host)
        return rules.crawl_delay(ROBOT) or 0.0

    def _read(self, url: str) -> Protego | FetchError:
        """The rules, or why they are not available: then nothing may be fetched (RFC 9309, section 2.3.1.4)."""
        try:
            body = self._get(url, LARGEST)
        except ServerRefusedError:  # no file: everything is allowed
            body = None
        except FetchError as error:
            return error
        return Protego.parse(body.content.decode("utf-8", "replace") if body else "")
