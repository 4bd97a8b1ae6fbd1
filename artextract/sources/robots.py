"""robots.txt: what servers ask of programs (RFC 9309)."""

import threading
from collections.abc import Callable
from urllib.robotparser import RobotFileParser

import httpx2

from artextract.sources.http_responses import Answer, FetchError, RefusedError

LARGEST = 512 * 1024
"""Bytes of a robots.txt that are read."""


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
