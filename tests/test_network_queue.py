"""The queue of the device: whose turn it is, and what comes back."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from artextract import network_queue
from artextract.network_queue import BACKGROUND, CLICK, NOW, NetworkQueue

LONG = 20
"""Seconds after which something hangs."""


@pytest.fixture
def waiting_line() -> Iterator[NetworkQueue]:
    found = NetworkQueue()
    yield found
    found.close()


def started(call: Callable[[], Any]) -> Future[Any]:
    """Make the call in a thread of its own, which can't keep the tests from ending."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


class Line:
    """A queue that is busy until `open` is called, and who had a turn in what order."""

    def __init__(self, queue: NetworkQueue) -> None:
        self.queue = queue
        self.turns: list[str] = []
        self._free, busy = threading.Event(), threading.Event()

        def hold() -> None:
            busy.set()
            assert self._free.wait(LONG)

        self._calls = [started(lambda: queue.run(hold, NOW))]
        assert busy.wait(LONG)

    def join(self, name: str, priority: int) -> None:
        """Wait in line, certainly after those who joined before."""
        before = self.queue._waiting.qsize()
        self._calls.append(started(lambda: self.queue.run(lambda: self.turns.append(name), priority)))
        deadline = time.monotonic() + LONG
        while self.queue._waiting.qsize() == before:
            assert time.monotonic() < deadline
            time.sleep(0.001)

    def open(self) -> list[str]:
        self._free.set()
        for call in self._calls:
            call.result(LONG)
        return self.turns


def test_who_is_waited_for_goes_first(waiting_line: NetworkQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_queue, "PATIENCE", 1000.0)
    line = Line(waiting_line)
    for name, priority in (("job", BACKGROUND), ("scores", CLICK), ("person", NOW)):
        line.join(name, priority)
    line.join("another person", NOW)
    assert line.open() == ["person", "another person", "scores", "job"]


def test_who_has_waited_long_goes_before_later_comers(
    waiting_line: NetworkQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_queue, "PATIENCE", 0.02)
    line = Line(waiting_line)
    line.join("job", BACKGROUND)
    line.join("scores", CLICK)
    time.sleep(2 * 0.02)
    line.join("person", NOW)
    assert line.open()[-1] == "person"


def test_nobody_starves(waiting_line: NetworkQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_queue, "PATIENCE", 0.05)
    ended = threading.Event()

    def people() -> int:
        count = 0
        while not ended.is_set():
            waiting_line.run(lambda: time.sleep(0.002), NOW)
            count += 1
        return count

    crowds = [started(people) for _ in range(4)]
    time.sleep(0.02)
    began = time.monotonic()
    started(lambda: waiting_line.run(lambda: None, BACKGROUND)).result(LONG)
    took = time.monotonic() - began
    ended.set()
    assert all(crowd.result(LONG) > 1 for crowd in crowds)
    assert took < 5


def test_what_is_raised_comes_back_and_the_queue_goes_on(waiting_line: NetworkQueue) -> None:
    def wrong() -> None:
        raise ZeroDivisionError("mine")

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(ZeroDivisionError, match="mine"):
        waiting_line.run(wrong, NOW)
    with pytest.raises(KeyboardInterrupt):
        waiting_line.run(stop, NOW)
    assert waiting_line.run(lambda: 3, NOW) == 3


def test_a_call_within_a_call_is_made_at_once(waiting_line: NetworkQueue) -> None:
    def outer() -> int:
        return waiting_line.run(lambda: 7, BACKGROUND) + 1

    assert started(lambda: waiting_line.run(outer, NOW)).result(LONG) == 8


def test_many_threads_have_their_turns_one_at_a_time(waiting_line: NetworkQueue) -> None:
    inside, most = 0, 0

    def turn(number: int) -> int:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.0005)
        inside -= 1
        return number

    def thread(first: int) -> list[int]:
        numbers = range(first, first + 20)
        return [waiting_line.run(lambda n=n: turn(n), n % 3) for n in numbers]

    threads = [started(lambda first=first: thread(first)) for first in range(0, 200, 20)]
    assert [n for found in threads for n in found.result(LONG)] == list(range(200))
    assert most == 1


def test_a_closed_queue_ends_after_the_call_in_progress() -> None:
    queue = NetworkQueue()
    line = Line(queue)
    line.join("never", NOW)
    closing = started(queue.close)
    time.sleep(0.02)
    assert not closing.done()
    line._free.set()
    closing.result(LONG)
    assert not queue._thread.is_alive()
    assert not line.turns
