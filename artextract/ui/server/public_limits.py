"""All limits of a public server, one row each, and what visitors have used of them.

docs/public_server.md shows the limits as a table. Print that table with
`python -m artextract.ui.server.public_limits`.

Each request takes tokens from two buckets. The visitor's bucket stops one of several people at an address from using
everything; the address's bucket stops a person who deletes the cookie. What lasts (open tabs, unanswered requests,
memory for uploads, slow calls) is bounded as well: in all, and for each address.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, Any, NamedTuple, get_type_hints

from artextract.trays import store
from artextract.ui.server.in_use import Bounds, InUse, Turns, UploadMemory
from artextract.ui.server.visitors import Visitor

Rate = tuple[float, float]  # Tokens that a full bucket holds (its burst), and tokens that it gains per second
Rates = tuple[Rate, Rate]  # The buckets of each visitor, and of all visitors of one address together


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
        """Take `cost` tokens from both buckets, or from neither; returns the seconds to wait, 0.0 if they were taken.

        `math.inf` means that a full bucket holds too few.
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


class Cost(NamedTuple):
    """The cost of one kind of request."""

    tokens: float
    meaning: str


REQUEST_COSTS = {
    "thumb": Cost(0.25, "A thumbnail."),
    "sheets": Cost(4, "Up to 64 small pictures of a map in one."),
    "view": Cost(4, "A picture, scaled down for the request."),
    "large": Cost(12, "A picture, large enough to look closely."),
    "face": Cost(4, "A face, cut out of a picture."),
    "beside": Cost(4, "A face beside its picture."),
    "pose": Cost(4, "A picture with a pose drawn on it."),
    "regions": Cost(8, "The names of a map's regions."),
    "tray": Cost(2, "A change to a tray, or an export."),
}
"""Route → cost in request tokens. Other requests cost 1."""
WORK_COSTS = {
    "upload": Cost(1, "Decode an uploaded picture."),
    "reading": Cost(2, "Predict style, genre, artist and date of a picture."),
    "saliency": Cost(2, "Show what a prediction depends on."),
    "texture": Cost(1, "Show the textures of a picture."),
    "picture": Cost(2, "Embed an uploaded picture and find similar works."),
    "vector": Cost(1, "Embed a picture for custom labels."),
    "look": Cost(1, "Describe the palette, composition or texture of an uploaded picture."),
    "words": Cost(1, "Search by words."),
    "faces": Cost(3, "Find faces in an uploaded picture."),
    "poses": Cost(3, "Find poses in an uploaded picture."),
    "scores": Cost(1, "Compute similarity scores that were not computed ahead."),
    "comparison": Cost(1, "Compare two works."),
    "correspondence": Cost(2, "Find the matching parts of two works."),
    "differences": Cost(4, "Compare two sets of works."),
}
"""Kind of computation → cost in computing tokens. A token is about half a second of one processor."""


@dataclass(frozen=True)
class Limits:
    """The rows: name, unit and meaning, default."""

    requests: Annotated[Rates, "request tokens", "Pages, pictures and data."] = ((400, 5), (2000, 50))
    computations: Annotated[Rates, "computing tokens", "What needs a network or a long calculation."] = (
        (30, 0.5),
        (60, 1),
    )
    uploads: Annotated[Rates, "MB", "Uploads, at least 1 MB each."] = ((60, 0.5), (240, 2))
    uploads_per_tab: Annotated[Rates, "MB", "Uploads of one tab, which stay in memory."] = ((60, 0.05), (60, 0.05))
    connections: Annotated[Rates, "connections", "Opened tabs, and tabs that connect again."] = ((40, 0.5), (120, 2))
    messages: Annotated[Rates, "messages", "Clicks and changes. Faster ones wait."] = ((60, 10), (600, 100))
    open_tabs: Annotated[Bounds, "tabs", "Tabs that are open at the same time."] = (200, 60)
    open_requests: Annotated[Bounds, "requests", "Requests that are not yet answered."] = (2000, 600)
    running_computations: Annotated[Bounds, "computations", "Computations that run or wait for the networks."] = (24, 8)
    upload_memory: Annotated[Bounds, "MB", "Uploads that arrive or are kept for an open tab."] = (600, 200)
    pictures_at_once: Annotated[Bounds, "requests", "Pictures and pages made for a request. Others wait."] = (4, 2)
    regions_at_once: Annotated[Bounds, "requests", "Answers with the regions of a map. Others wait."] = (4, 2)
    trays_at_once: Annotated[Bounds, "requests", "Changes to trays, and exports. Others wait."] = (8, 2)
    kept_pictures: Annotated[int, "pictures", "Pictures in memory from which faces are cut: up to 17 MB each."] = 8
    first_message: Annotated[int, "seconds", "Time until a new tab must have sent its first message."] = 30
    arrival: Annotated[int, "seconds", "Time until a request must have arrived completely."] = 300
    upload_size: Annotated[int, "MB", "An uploaded picture."] = 20
    upload_pixels: Annotated[int, "pixels", "An uploaded picture: about 120 MB in memory."] = 40_000_000
    upload_count: Annotated[int, "pictures", "Pictures uploaded together."] = 10
    upload_form: Annotated[int, "bytes", "An upload without the picture."] = 2**20
    message_size: Annotated[int, "MB", "A message of a tab, such as a selection of a million works."] = 8
    results_per_tab: Annotated[int, "results", "Results of uploads in memory, for each tab and each kind."] = 20
    readings_per_tab: Annotated[int, "readings", "Readings of uploads in memory, for each tab."] = 100
    saliency_maps_per_tab: Annotated[int, "maps", "Saliency maps of uploads in memory, for each tab."] = 200
    texts_per_request: Annotated[int, "works", "Labels in one request."] = 500
    tray_change_size: Annotated[int, "bytes", "A change to a tray."] = 2**20
    trays: Annotated[int, "trays", "Trays of a visitor."] = store.MAX_TRAYS
    tray_works: Annotated[int, "works", "Works in a tray."] = store.MAX_WORKS
    tray_name: Annotated[int, "characters", "A tray's name."] = store.MAX_NAME
    tray_note: Annotated[int, "characters", "A note."] = store.MAX_NOTE
    tray_pictures: Annotated[int, "MB", "The pictures of a tray in a ZIP archive."] = 1000
    array_memory: Annotated[int, "MiB", "Memory for maps and filters that browsers download."] = 256
    remembered_buckets: Annotated[int, "buckets", "Visitors and addresses that each limit remembers."] = 20_000


class RateLimiter:
    """The limits, and what visitors have used of them."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits = limits or Limits()
        self.requests = TokenBuckets(limits.requests, limits.remembered_buckets)
        self.computations = TokenBuckets(limits.computations, limits.remembered_buckets)
        self.uploads = TokenBuckets(limits.uploads, limits.remembered_buckets)
        self.uploads_per_tab = TokenBuckets(limits.uploads_per_tab, limits.remembered_buckets)
        self.connections = TokenBuckets(limits.connections, limits.remembered_buckets)
        self.messages = TokenBuckets(limits.messages, limits.remembered_buckets)
        self.open_tabs = InUse(limits.open_tabs)
        self.open_requests = InUse(limits.open_requests)
        self.running_computations = InUse(limits.running_computations)
        self.upload_memory = UploadMemory(limits.upload_memory)
        self.pictures_at_once = Turns(limits.pictures_at_once)
        self.regions_at_once = Turns(limits.regions_at_once)
        self.trays_at_once = Turns(limits.trays_at_once)


LIMITER = RateLimiter()  # The limiter of this process. Tests replace it.


def limits_table() -> str:
    """All limits as a Markdown table."""
    hints = get_type_hints(Limits, include_extras=True)
    rows = [(row.name.replace("_", " "), _words(row.default), *hints[row.name].__metadata__) for row in fields(Limits)]
    for costs, unit in ((REQUEST_COSTS, "request tokens"), (WORK_COSTS, "computing tokens")):
        rows += [(f"cost of {kind}", f"{cost.tokens:g}", unit, cost.meaning) for kind, cost in costs.items()]
    head = [("limit", "default", "unit", "what it limits"), ("---",) * 4]
    return "\n".join(f"| {' | '.join(row)} |" for row in [*head, *rows])


def _words(default: Any) -> str:
    if not isinstance(default, tuple):
        return f"{default:,}"
    if isinstance(default[0], int):
        return f"{default[0]:,}; address: {default[1]:,}"
    visitor, address = (f"{burst:,} at once, {per_second:g}/s" for burst, per_second in default)
    return f"{visitor}; address: {address}"


if __name__ == "__main__":
    print(limits_table())
