"""One network at a time: the queue in which all threads of a process wait for the device.

Several networks at once on the same cores, or the same GPU, would only slow each other down. One
thread runs them all, so that the memory which the libraries keep for each thread is kept once.
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
"""Priorities: a person waits for one picture; scores beside what is shown already; a long job."""
PATIENCE = 1.0
"""Seconds by which each step of priority lets later comers pass, and no more: nobody starves."""


class NetworkQueue:
    """Runs calls one after another. Who waits for `NOW` waits for the call in progress alone."""

    def __init__(self) -> None:
        self._waiting: queue.PriorityQueue[tuple[float, int, Future[Any], Callable[[], Any] | None]] = (
            queue.PriorityQueue()
        )
        self._number = itertools.count()
        self._thread = threading.Thread(target=self._serve, name="networks", daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], T], priority: int) -> T:
        """What `call` returns or raises, when its turn has come. A call within a call is made at
        once."""
        if threading.current_thread() is self._thread:
            return call()
        future: Future[T] = Future()
        due = time.monotonic() + priority * PATIENCE
        self._waiting.put((due, next(self._number), future, call))
        return future.result()

    @property
    def waiting(self) -> int:
        """Calls that wait for their turn."""
        return self._waiting.qsize()

    def close(self) -> None:
        """End after the call in progress; those that still wait are never made."""
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
            del future, call  # what they hold may be large, and the next may be long in coming


@cache
def network_queue() -> NetworkQueue:
    """The queue of this process."""
    found = NetworkQueue()
    # A thread that is still in the libraries' C++ when Python ends would abort the process.
    atexit.register(found.close)
    return found
