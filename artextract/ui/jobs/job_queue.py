"""Long jobs behind the screens: one at a time, seen and stoppable by everyone.

A job belongs to the server, not to a session: a person may leave the screen, and two people who
ask for the same thing share one job.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import streamlit as st

from artextract import settings
from artextract.errors import ArtExtractError, LimitError, Stopped
from artextract.network_queue import network_queue
from artextract.progress import Report, Step

_log = logging.getLogger(__name__)

NICENESS = 10
"""Added to that of a job's threads: a click gets nine tenths of a processor that both want."""
LOWEST = 19


@dataclass
class Job:
    """One long job and where it is."""

    key: str
    label: str
    work: Callable[[Report], str]
    gives_way: bool = False
    step: Step | None = None
    """None while it waits for the job before it."""
    outcome: str = ""
    """A sentence once it has ended well or was stopped."""
    error: str = ""
    """A sentence if it failed."""
    _future: "Future[None] | None" = None
    _turn: int = 0
    """Which of its runs counts: one that made room goes on in another."""
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether it waits or works."""
        return self._future is not None and not self._future.done()

    def stop(self) -> None:
        """Ask it to stop; what is finished is kept."""
        self._stop.set()

    def report(self, step: Step) -> None:
        """Called by the job at each step."""
        self.step = step
        if self._stop.is_set():
            raise Stopped


class JobBoard:
    """All jobs of this server, the running and the last ended of each key."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        # One at a time: two at once on one machine would only halve each other's speed.
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job", initializer=_let_people_pass)
        network_queue()  # a thread is as nice as the one that starts it, and this one serves people

    def start(self, key: str, label: str, work: Callable[[Report], str], gives_way: bool = False) -> Job:
        """Start `work`, or join it where a job of this key is running already.

        Args:
            key: what the job makes: the same key, the same result.
            label: what a person calls it.
            work: does it, reporting its steps; returns a sentence on what it did.
            gives_way: nobody asked for it: it makes room for a job that somebody did, and goes on
                after that from where it was.

        Raises:
            LimitError: this is a public server.
        """
        if settings.public():
            raise LimitError("This server is open to everybody: it starts no jobs.")
        with self._lock:
            running = self._jobs.get(key)
            if running is not None and running.running:
                return running
            job = self._jobs[key] = Job(key, label, work, gives_way)
            job._future = self._pool.submit(_run, job, job._turn)
            for other in self._jobs.values():
                if other.gives_way and other.running and not gives_way:
                    other._turn += 1  # ends the run in progress at its next report
                    other._future = self._pool.submit(_run, other, other._turn)
            return job

    def has(self, key: str) -> bool:
        """Whether a job of this key runs, or has ended and not been dropped."""
        return key in self._jobs

    def jobs(self) -> list[Job]:
        """The jobs, oldest first."""
        return list(self._jobs.values())

    def forget(self, key: str) -> None:
        """Drop an ended job from the board."""
        with self._lock:
            if key in self._jobs and not self._jobs[key].running:
                del self._jobs[key]


@st.cache_resource(show_spinner=False)
def board() -> JobBoard:
    """The server's one job board."""
    return JobBoard()


def _let_people_pass() -> None:
    """Lower this thread's priority, and so that of all that it starts."""
    if sys.platform == "linux":  # elsewhere priority is a whole process's
        thread = threading.get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread) + NICENESS
        os.setpriority(os.PRIO_PROCESS, thread, min(niceness, LOWEST))


def _run(job: Job, turn: int) -> None:
    def report(step: Step) -> None:
        job.report(step)
        if job._turn != turn:
            job.step = None
            raise Stopped

    try:
        report(Step(job.label, 0, 0))
        job.outcome = job.work(report)
    except Stopped:
        job.outcome = "" if job._turn != turn else "Stopped; what was finished is kept."
    except ArtExtractError as error:
        job.error = str(error)
    except Exception:  # a fault of ours: the log has it, the screen a sentence
        _log.exception("the job %s failed", job.key)
        job.error = "Something went wrong that should not have; the server's log has the details."
