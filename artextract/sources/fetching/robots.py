"""Which addresses may be fetched: the allow-list, and the robots.txt of each server (RFC 9309)."""

import threading
from collections.abc import Callable, Collection

import httpx2
from protego import Protego

from artextract.settings import HOSTS_VARIABLE
from artextract.sources.fetching.http_responses import FetchedBody, FetchError, ServerRefusedError

ROBOT = "ArtExtract"  # The name by which a robots.txt can address this program
LARGEST = 512 * 1024  # Bytes of a robots.txt


def check_address(url: str, hosts: Collection[str]) -> None:
    """Check that an address is http(s) and its host is one of `hosts`.

    Raises:
        FetchError: it is not.
    """
    try:
        address = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError) as error:
        raise FetchError(f"{url[:120]!r} is not an address.") from error
    if address.scheme not in ("http", "https") or not address.host:
        raise FetchError(f"{url[:120]!r} is not an http(s) address.")
    host = address.host if address.port is None else f"{address.host}:{address.port}"
    if host.lower() not in hosts:
        raise FetchError(
            f"{url}: the host {host} is not on the allow-list ({', '.join(hosts)}). "
            f"If you trust the host, add it to {HOSTS_VARIABLE}."
        )


class RobotsFiles:
    """The robots.txt files of servers, each read once. Safe to share between threads."""

    def __init__(self, get: Callable[[str, int], FetchedBody | None]) -> None:
        """Take the function that fetches an address, up to a number of bytes."""
        self._get = get
        self._rules: dict[str, Protego] = {}
        self._reading = threading.Lock()

    def check(self, url: str) -> float:
        """Check that the server allows `url` to this program.

        Returns:
            Seconds between two requests that the server asks for; 0 if none.

        Raises:
            FetchError: the server forbids `url`, or its robots.txt is not available.
        """
        address = httpx2.URL(url)
        origin = f"{address.scheme}://{address.netloc.decode()}"
        with self._reading:
            if origin not in self._rules:
                self._rules[origin] = self._read(f"{origin}/robots.txt")
            rules = self._rules[origin]
        if not rules.can_fetch(url, ROBOT):
            raise FetchError(f"{origin}/robots.txt asks programs not to fetch {url}.")
        return rules.crawl_delay(ROBOT) or 0.0

    def _read(self, url: str) -> Protego:
        try:
            body = self._get(url, LARGEST)
        except ServerRefusedError:  # no file: everything is allowed
            body = None
        return Protego.parse(body.content.decode("utf-8", "replace") if body else "")
