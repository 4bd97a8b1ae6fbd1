"""What may be fetched: by the person's allow-list, and by the servers' robots.txt (RFC 9309)."""

import threading
from collections.abc import Callable, Collection
from urllib.robotparser import RobotFileParser

import httpx2

from artextract.settings import HOSTS_VARIABLE
from artextract.sources.http_responses import Answer, FetchError, RefusedError

LARGEST = 512 * 1024
"""Bytes of a robots.txt that are read."""


def check_address(url: str, hosts: Collection[str]) -> None:
    """Refuse an address that isn't http(s), or whose host isn't among `hosts`.

    Raises:
        FetchError: the sentence says why.
    """
    try:
        place = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError) as error:
        raise FetchError(f"{url[:120]!r} is not an address.") from error
    if place.scheme not in ("http", "https") or not place.host:
        raise FetchError(f"{url[:120]!r} is not an http(s) address: not fetched.")
    host = place.host if place.port is None else f"{place.host}:{place.port}"
    if host.lower() not in hosts:
        raise FetchError(
            f"{url}: the host {host} is not on the allow-list ({', '.join(hosts)}); "
            f"if you trust it, add it to {HOSTS_VARIABLE}."
        )


class Robots:
    """The robots.txt files of the servers that are asked. Safe to share among threads."""

    def __init__(self, agent: str, get: Callable[[str, int], Answer | None]) -> None:
        """Nothing is read yet.

        Args:
            agent: who we are.
            get: fetches an address, of a number of bytes at the most.
        """
        self._agent = agent
        self._get = get
        self._rules: dict[str, RobotFileParser] = {}
        self._reading = threading.Lock()

    def keep_to(self, url: str) -> float:
        """Check `url` by its server's robots.txt, which is read once.

        Returns:
            Seconds between two requests that the server asks for; 0 if it doesn't ask.

        Raises:
            FetchError: it forbids `url` to programs, or can't be had.
        """
        place = httpx2.URL(url)
        origin = f"{place.scheme}://{place.netloc.decode()}"
        with self._reading:
            if origin not in self._rules:
                self._rules[origin] = self._read(f"{origin}/robots.txt")
            rules = self._rules[origin]
        if not rules.can_fetch(self._agent, url):
            raise FetchError(f"{origin}/robots.txt asks programs not to fetch {url}.")
        return float(rules.crawl_delay(self._agent) or 0)

    def _read(self, url: str) -> RobotFileParser:
        rules = RobotFileParser()
        try:
            answer = self._get(url, LARGEST)
            rules.parse((answer.content if answer else b"").decode("utf-8", "replace").split("\n"))
        except RefusedError:  # there is none: all is allowed
            rules.parse([])
        return rules
