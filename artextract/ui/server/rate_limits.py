"""How much one visitor, and one address, may ask of a public server: token buckets.

A bucket holds tokens up to its burst and fills at its rate; what is asked costs tokens. Both a
visitor's and an address's must have enough: the first keeps one of several people behind one
address from taking it all, the second whoever makes himself many visitors.
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

KEPT = 20_000
"""Buckets that are held at the most; the one longest not asked for is forgotten, that is: full."""


@dataclass(frozen=True)
class Rate:
    """A bucket's size and how it fills."""

    burst: float
    """Tokens that it holds."""
    per_second: float
    """Tokens that it gains."""


@dataclass(frozen=True)
class Visitor:
    """Who asks: a browser, and the address from which it does."""

    name: str
    address: str


def visitor_of(cookie: str, host: str) -> Visitor:
    """Who asks, by a cookie and the address of the connection.

    Whoever sends no cookie of ours shares one name with all such at the same address; of IPv6 the
    first 64 bits count, which are one household's or one machine's.
    """
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        address = host
    else:
        mapped = getattr(found, "ipv4_mapped", None)
        found = mapped or found
        network = ipaddress.ip_network((found, 64 if found.version == 6 else 32), strict=False)
        address = str(network.network_address)
    return Visitor(cookie or f"without a cookie at {address}", address)


class Bounds:
    """The buckets of one kind of request. Safe to share among threads."""

    def __init__(self, visitor: Rate, address: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets.

        Args:
            visitor: what each visitor may ask.
            address: what all visitors of one address may ask together.
            clock: seconds.
        """
        self._rates = {"visitor": visitor, "address": address}
        self._clock = clock
        self._held: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, who: Visitor, cost: float = 1.0) -> float:
        """Take `cost` tokens of both buckets, or of none.

        Returns:
            0.0 where they were taken; otherwise the seconds until they could be, `math.inf` if
            never: it costs more than a bucket holds.
        """
        names = (("visitor", who.name), ("address", who.address))
        with self._lock:
            now = self._clock()
            left = {name: self._tokens(name, now) for name in names}
            waits = [self._wait(self._rates[kind], left[kind, one], cost) for kind, one in names]
            if not any(waits):
                for name in names:
                    self._held[name] = (left[name] - cost, now)
                    self._held.move_to_end(name)
                while len(self._held) > KEPT:
                    self._held.popitem(last=False)
            return max(waits)

    def _tokens(self, name: tuple[str, str], now: float) -> float:
        rate = self._rates[name[0]]
        tokens, since = self._held.get(name, (rate.burst, now))
        return min(rate.burst, tokens + (now - since) * rate.per_second)

    @staticmethod
    def _wait(rate: Rate, tokens: float, cost: float) -> float:
        if cost <= tokens:
            return 0.0
        return math.inf if cost > rate.burst else (cost - tokens) / rate.per_second
