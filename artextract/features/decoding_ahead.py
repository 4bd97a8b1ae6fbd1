"""Work done ahead in threads: the next pictures are decoded while the network computes."""

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

AHEAD = 4  # Batches prepared ahead of the one in use; this bounds the memory

Item = TypeVar("Item")
Made = TypeVar("Made")


def batches_ahead(make: Callable[[Item], Made], items: Sequence[Item], size: int) -> Generator[list[Made]]:
    """The results of `make`, called in threads, in the items' order and in lists of `size`.

    Close the generator, or exhaust it, to end the threads. Exceptions of `make` are raised here.
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
