"""Token buckets: how much a visitor, and all visitors of one address, may request.

Each request costs tokens of the visitor's and of the address's bucket. The first stops one of several
people at an address from using everything; the second stops a person who deletes the cookie.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from artextract.ui.server.visitors import Visitor

Rate = tuple[float, float]
"""Tokens that a full bucket holds (its burst), and tokens that it gains per second."""
Rates = tuple[Rate, Rate]
"""The buckets of each visitor, and of all visitors of one address together."""


class TokenBuckets:
    """The buckets of all visitors for one kind of request. Threads may share it."""

    def __init__(self, rates: Rates, capacity: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with full buckets, and forget the least recently used ones beyond `capacity`."""
        self._rates = dict(zip(("visitor", "address"), rates, strict=True))
        self._capacity = capacity
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, visitor: Visitor, cost: float = 1.0) -> float:
        """Take `cost` tokens from both buckets, or from neither.

        Returns:
            Seconds to wait: 0.0 if the tokens were taken, `math.inf` if a full bucket holds too few.
        """
        keys = (("visitor", visitor.name), ("address", visitor.address))
        with self._lock:
            now = self._clock()
            tokens = {key: self._tokens(key, now) for key in keys}
            waits = [self._wait(self._rates[key[0]], tokens[key], cost) for key in keys]
            if not any(waits):
                for key in keys:
                    self._buckets[key] = (tokens[key] - cost, now)
                    self._buckets.move_to_end(key)
                while len(self._buckets) > self._capacity:
                    self._buckets.popitem(last=False)
            return max(waits)

    def _tokens(self, key: tuple[str, str], now: float) -> float:
        burst, per_second = self._rates[key[0]]
        tokens, since = self._buckets.get(key, (burst, now))
        return min(burst, tokens + (now - since) * per_second)

    @staticmethod
    def _wait(rate: Rate, tokens: float, cost: float) -> float:
        burst, per_second = rate
        if cost <= tokens:
            return 0.0
        return math.inf if cost > burst else (cost - tokens) / per_second
