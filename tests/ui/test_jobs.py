"""The job queue: one at a time, shared by who asks for the same; some make room for others."""

import os
import sys
import threading
import time

import pytest

from artextract.collection import Collection
from artextract.errors import SourceError
from artextract.network_queue import NOW, network_queue
from artextract.progress import Report, Step
from artextract.ui import galleries
from artextract.ui.jobs import start
from artextract.ui.jobs.job_queue import Job, JobQueue


def ended(job: Job) -> Job:
    until = time.monotonic() + 10
    while job.running:
        assert time.monotonic() < until
        time.sleep(0.005)
    return job


def steps(log: list[str], name: str, count: int) -> "object":
    def work(report: Report) -> str:
        for number in range(count):
            log.append(f"{name}{number}")
            report(Step(name, number, count))
            time.sleep(0.01)
        return f"{name} is done"

    return work


def test_who_asks_for_the_same_joins_and_an_error_is_a_sentence() -> None:
    queue, release = JobQueue(), threading.Event()

    def work(_report: Report) -> str:
        release.wait(10)
        raise SourceError("There is no such folder.")

    first = queue.start("a", "A", work)
    assert queue.start("a", "A", work) is first
    release.set()
    assert ended(first).error == "There is no such folder."
    assert queue.has("a")
    queue.forget("a")
    assert not queue.has("a")


def test_a_job_that_nobody_asked_for_makes_room_and_goes_on_after() -> None:
    queue = JobQueue()
    log: list[str] = []
    quiet = queue.start("quiet", "Quiet", steps(log, "q", 60), low_priority=True)
    while len(log) < 3:
        time.sleep(0.005)
    asked = queue.start("asked", "Asked", steps(log, "a", 3))
    assert ended(asked).outcome == "a is done"
    assert quiet.running
    assert ended(quiet).outcome == "q is done"
    assert log.index("a0") < len(log) - 60  # the quiet one began anew behind it
    assert log.count("q59") == 1


def test_one_that_waits_still_lets_the_later_pass() -> None:
    queue = JobQueue()
    log: list[str] = []
    first = queue.start("first", "First", steps(log, "f", 20))
    quiet = queue.start("quiet", "Quiet", steps(log, "q", 3), low_priority=True)
    asked = queue.start("asked", "Asked", steps(log, "a", 3))
    for job in (first, quiet, asked):
        ended(job)
    assert [line[0] for line in log] == ["f"] * 20 + ["a"] * 3 + ["q"] * 3


def test_a_job_that_starts_at_once_does_not_wait_and_is_forgotten() -> None:
    queue, release = JobQueue(), threading.Event()
    long = queue.start("long", "Long", lambda _report: "done" if release.wait(10) else "late")
    short = queue.start("short", "Short", lambda _report: "seen", at_once=True)
    assert ended(short).outcome == "seen"
    assert not queue.has("short")
    release.set()
    assert ended(long).outcome == "done"


def test_a_stopped_job_says_so() -> None:
    queue, log = JobQueue(), list[str]()
    job = queue.start("a", "A", steps(log, "a", 500))
    job.stop()
    assert ended(job).stopped
    assert not ended(queue.start("a", "A", steps(log, "a", 2))).stopped


def test_a_quiet_job_that_is_stopped_stays_so() -> None:
    queue = JobQueue()
    log: list[str] = []
    quiet = queue.start("quiet", "Quiet", steps(log, "q", 500), low_priority=True)
    while not log:
        time.sleep(0.005)
    quiet.stop()
    assert ended(quiet).outcome.startswith("Stopped")
    queue.start("asked", "Asked", steps(log, "a", 2))
    assert not quiet.running


def test_a_queue_that_closes_stops_its_job_and_starts_no_other() -> None:
    queue = JobQueue()
    log: list[str] = []
    queue.start("long", "Long", steps(log, "l", 500))
    waiting = queue.start("waiting", "Waiting", steps(log, "w", 1))
    while not log:
        time.sleep(0.005)
    queue.close()
    assert waiting.running
    assert len(log) < 500
    assert "w0" not in log


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no priority of its own")
def test_a_job_and_what_it_starts_let_people_pass_and_the_networks_do_not() -> None:
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    found: dict[str, int] = {}

    def note(name: str) -> None:
        found[name] = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def work(_report: Report) -> str:
        note("job")
        helper = threading.Thread(target=note, args=("its thread",))
        helper.start()
        helper.join()
        network_queue().run(lambda: note("networks"), NOW)
        return "noted"

    assert ended(JobQueue().start("a", "A", work)).outcome == "noted"
    assert found["job"] == found["its thread"] > own
    assert found["networks"] == own


def test_scores_of_very_many_works_are_not_computed_unasked(ready: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    queue = JobQueue()  # the process's own knows the jobs of the tests before
    monkeypatch.setattr(start, "job_queue", lambda: queue)
    monkeypatch.setattr(JobQueue, "start", lambda _queue, key, *_, **__: asked.append(key))
    gallery = galleries.open_gallery("small", "efficientnet_lite2")
    monkeypatch.setattr(type(gallery.searcher), "needs_scores", True)
    monkeypatch.setattr(start, "MAX_AHEAD", len(gallery.works) - 1)
    start.start_scores(gallery)
    assert not asked
    monkeypatch.setattr(start, "MAX_AHEAD", len(gallery.works))
    start.start_scores(gallery)
    assert [key.split(":")[0] for key in asked] == ["scores"]
