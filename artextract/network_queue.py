"""The queue in which all threads of a process wait for the device: one network runs at a time.

Several networks at once on the same cores, or the same GPU, would slow each other down. One thread
runs them all, because the libraries keep memory for each thread.
"""

import atexit
import itertools
import math
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

NOW, CLICK, BACKGROUND = 0, 1, 2
"""Priorities: a person waits for a picture; scores for a screen that is already shown; a long job."""
PATIENCE = 1.0  # A call is due this many seconds later per priority step; every call gets its turn


class NetworkQueue:
    """Runs calls one after another. A call with `NOW` waits only for the call in progress."""

    def __init__(self) -> None:
        self._waiting: queue.PriorityQueue[tuple[float, int, Future[Any], Callable[[], Any] | None]] = (
            queue.PriorityQueue()
        )
        self._number = itertools.count()
        self._thread = threading.Thread(target=self._serve, name="networks", daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], T], priority: int) -> T:
        """Run `call` in its turn, and return its result or raise its error. A call within a call runs at once."""
        if threading.current_thread() is self._thread:
            return call()
        future: Future[T] = Future()
        due = time.monotonic() + priority * PATIENCE
        self._waiting.put((due, next(self._number), future, call))
        return future.result()

    @property
    def waiting(self) -> int:
        """Number of waiting calls."""
        return self._waiting.qsize()

    def close(self) -> None:
        """End after the call in progress. Waiting calls never run."""
        self._waiting.put((-math.inf, next(self._number), Future(), None))
        self._thread.join()

    def _serve(self) -> None:
        while True:
            _, _, future, call = self._waiting.get()
            if call is None:
                return
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)
            del future, call  # they may hold large arrays until the next call comes


@cache
def network_queue() -> NetworkQueue:
    """The queue of this process."""
    created = NetworkQueue()
    # A thread that is in the libraries' C++ code when Python ends would abort the process.
    atexit.register(created.close)
    return created
