"""The queue of long jobs behind the screens: one runs at a time, and short ones beside it.

Everyone sees the jobs and can stop them. A job belongs to the server, not to a session: a person may leave the
screen, and two people who start the same job share one.
"""

import atexit
import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from artextract import settings
from artextract.errors import ArtExtractError, LimitError, Stopped
from artextract.network_queue import network_queue
from artextract.progress import Report, Step

_log = logging.getLogger(__name__)

NICENESS = 10  # Added to the niceness of a job's threads: a click then gets nine tenths of a shared processor
LOWEST = 19


@dataclass
class Job:
    """One long job and its progress."""

    key: str
    label: str
    work: Callable[[Report], str]
    low_priority: bool = False
    step: Step | None = None  # None while the job waits for another one
    outcome: str = ""  # A sentence, once the job has finished or was stopped
    error: str = ""  # A sentence, if the job failed
    stopped: bool = False  # Whether it ended because somebody stopped it
    _stop: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether the job waits or works; once this is false, `outcome` or `error` is final."""
        return not self._ended.is_set()

    def stop(self) -> None:
        """Stop at the next report; finished parts are kept."""
        self._stop.set()


class JobQueue:
    """All jobs of this server: those that wait or run, and the last one of each key that ended."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._waiting: list[Job] = []
        self._beside: set[threading.Thread] = set()  # The threads of jobs that started at once
        self._closed = False
        self._changed = threading.Condition()
        """Guards the four above."""
        network_queue()  # started here: threads inherit niceness, and this queue must serve clicks
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def start(
        self, key: str, label: str, work: Callable[[Report], str], low_priority: bool = False, at_once: bool = False
    ) -> Job:
        """Start `work`, which returns a sentence on what it did, or return the running job of this key.

        Jobs of one key have the same result. The screen shows the `label`. A job of low priority, which nobody asked
        for, stops for each job that somebody starts, and resumes afterwards. A job that starts `at_once` does not wait
        for others; the queue forgets it when it ends, since the screen that started it shows its result.

        Raises LimitError if this is a public server.
        """
        if settings.public():
            raise LimitError("This is a public server: jobs cannot be started here.")
        with self._changed:
            job = self._jobs.get(key)
            if job is None or not job.running:
                job = self._jobs[key] = Job(key, label, work, low_priority)
                if at_once:
                    thread = threading.Thread(target=self._work_at_once, args=(job,), name=key, daemon=True)
                    self._beside.add(thread)
                    thread.start()
                else:
                    self._waiting.append(job)
                    self._changed.notify()
            return job

    def has(self, key: str) -> bool:
        """Whether a job of this key waits, runs, or has ended and was not dismissed."""
        with self._changed:
            return key in self._jobs

    def jobs(self) -> list[Job]:
        """The jobs, oldest first."""
        with self._changed:
            return list(self._jobs.values())

    def forget(self, key: str) -> None:
        """Drop a job that has ended."""
        with self._changed:
            if key in self._jobs and not self._jobs[key].running:
                del self._jobs[key]

    def close(self) -> None:
        """Stop the running jobs at their next report and start no other."""
        with self._changed:
            self._closed = True
            self._changed.notify()
            threads = [self._thread, *self._beside]
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        _lower_priority()
        while (job := self._next()) is not None:
            if self._has_finished(job):
                job._ended.set()
            else:  # paused for a job of normal priority
                with self._changed:
                    self._waiting.append(job)

    def _work_at_once(self, job: Job) -> None:
        _lower_priority()
        self._has_finished(job)
        with self._changed:
            self._beside.discard(threading.current_thread())
            del self._jobs[job.key]
            job._ended.set()

    def _next(self) -> Job | None:
        """The first job that waits, those of low priority last; None once the queue is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            job = min(self._waiting, key=lambda waiting: waiting.low_priority)
            self._waiting.remove(job)
            return job

    def _has_finished(self, job: Job) -> bool:
        """Run a job; false if it stopped to make room for one of normal priority."""

        def report(step: Step) -> None:
            job.step = step
            if job._stop.is_set() or self._must_pause(job):
                raise Stopped

        try:
            report(Step(job.label, 0, 0))
            job.outcome = job.work(report)
        except Stopped:
            if not job._stop.is_set():
                job.step = None
                return False
            job.outcome, job.stopped = "Stopped. Finished parts are kept.", True
        except ArtExtractError as error:
            job.error = str(error)
        except Exception:  # a bug: the log gets the traceback, the screen one sentence
            _log.exception("the job %s failed", job.key)
            job.error = "Something went wrong. The server log has the details."
        return True

    def _must_pause(self, job: Job) -> bool:
        with self._changed:
            urgent = any(not waiting.low_priority for waiting in self._waiting)
            return self._closed or (job.low_priority and urgent)


@st.cache_resource(show_spinner=False)
def job_queue() -> JobQueue:
    """The queue of this server."""
    queue = JobQueue()
    atexit.register(queue.close)  # a thread inside a C++ library when Python ends would abort the process
    return queue


def _lower_priority() -> None:
    """Lower the priority of this thread and of all threads that it starts."""
    if sys.platform == "linux":  # elsewhere only a whole process has a priority
        thread = threading.get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread) + NICENESS
        os.setpriority(os.PRIO_PROCESS, thread, min(niceness, LOWEST))
