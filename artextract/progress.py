"""How long jobs report their progress, and how they are stopped."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

INTERVAL = 0.1  # Seconds between two reports: often enough to watch and to stop


@dataclass(frozen=True)
class Step:
    """The progress of a job: `done` of `total` (0 if unknown) in the stage called `stage`."""

    stage: str
    done: int
    total: int
    rate: float | None = None  # Items per second since the stage began; None while unknown
    note: str = ""  # A summary of the items so far, such as "12 new, 3 failed"

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end of the stage; None while unknown."""
        if not self.rate or not self.total:
            return None
        return (self.total - self.done) / self.rate


Report = Callable[[Step], None]  # Called with each step. It may raise `Stopped` to end the job; finished parts stay.


def silent(step: Step) -> None:
    """Ignore the progress."""


@dataclass
class Stage:
    """Counts one stage of a job and reports it, but not more often than every `INTERVAL`."""

    name: str
    total: int
    report: Report
    done: int = 0
    _began: float = field(default_factory=time.monotonic)
    _reported: float = 0.0

    def __post_init__(self) -> None:
        self.report(Step(self.name, self.done, self.total))

    def advance(self, by: int = 1, note: str = "") -> None:
        """Count `by` more items as done; `note` goes into the report."""
        self.done += by
        now = time.monotonic()
        if now - self._reported < INTERVAL and self.done < self.total:
            return
        self._reported = now
        elapsed = now - self._began
        rate = self.done / elapsed if elapsed > 0 else None
        self.report(Step(self.name, self.done, self.total, rate, note))
