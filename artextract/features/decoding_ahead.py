"""Work done ahead in threads: the next pictures are decoded while the network has these."""

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

AHEAD = 4
"""Batches that are being made while one is in use: memory stays bounded."""

Item = TypeVar("Item")
Made = TypeVar("Made")


def batches_ahead(make: Callable[[Item], Made], items: Sequence[Item], size: int) -> Generator[list[Made]]:
    """What `make` makes of each item, in order, in lists of `size`, a few lists ahead.

    Close it, or let it end: its threads end with it. What `make` raises is raised here.

    Args:
        make: called in threads.
        items: what it is called with.
        size: of the lists; the last may be shorter.
    """
    pool = ThreadPoolExecutor(max_workers=max(1, min(4, os.cpu_count() or 1)))
    waiting: deque[list[Future[Made]]] = deque()
    try:
        for start in range(0, len(items), size):
            waiting.append([pool.submit(make, item) for item in items[start : start + size]])
            if len(waiting) > AHEAD:
                yield [future.result() for future in waiting.popleft()]
        while waiting:
            yield [future.result() for future in waiting.popleft()]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
