"""How the server is: alive, and ready for visitors."""

import shutil
import threading
import time
from dataclasses import asdict, dataclass

from artextract import settings
from artextract.collection import survey
from artextract.vision.embedding import embedded_by

FRESH = 5.0
"""Seconds for which an answer serves: whoever asks faster costs nothing."""
LEAST_DISK = 2**28
"""Bytes that must be free for a server that writes."""


@dataclass(frozen=True)
class Health:
    """What was found."""

    ready: bool
    """At least one collection can be looked at, none is damaged, and the disk has room. A server
    that isn't ready yet answers, but should get no visitors."""
    collections: int
    """That can be looked at."""
    damaged: int
    disk_free_mib: int
    """Where the collections are; no matter to a public server, which writes nothing."""


_lock = threading.Lock()
_last: tuple[float, Health] | None = None


def health() -> Health:
    """How the server is, looked at again after some seconds."""
    global _last  # noqa: PLW0603 - one answer for all who ask
    with _lock:
        if _last is None or time.monotonic() - _last[0] > FRESH:
            _last = (time.monotonic(), _look())
        return _last[1]


def as_json(found: Health) -> dict[str, object]:
    """As the server answers it; that it does means that it is alive."""
    return {"alive": True, **asdict(found)}


def _look() -> Health:
    found = survey()
    open_ones = [one for one in found.collections if one.count() and embedded_by(one)]
    cache = settings.cache_dir()
    free = shutil.disk_usage(cache).free if cache.is_dir() else 0
    room = settings.public() or free >= LEAST_DISK
    ready = bool(open_ones) and not found.damaged and room
    return Health(ready, len(open_ones), len(found.damaged), free // 2**20)
