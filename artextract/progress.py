"""How long jobs tell where they are, and how they are stopped."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

INTERVAL = 0.1
"""Seconds between two reports: often enough for an eye and for a stop."""


@dataclass(frozen=True)
class Step:
    """Where a job is: `done` of `total` (0 when unknown) in the stage called `stage`."""

    stage: str
    done: int
    total: int
    rate: float | None = None
    """Items a second since the stage began; None before it is known."""
    note: str = ""
    """What became of the items so far, such as "12 new, 3 failed"."""

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end of the stage at this rate; None while unknown."""
        if not self.rate or not self.total:
            return None
        return (self.total - self.done) / self.rate


Report = Callable[[Step], None]
"""Called with each step. It may raise `Stopped` to end the job; what is finished stays."""


def silent(step: Step) -> None:
    """The report of who doesn't want to know."""


@dataclass
class Stage:
    """Counts one stage of a job and reports every `INTERVAL` at the most."""

    name: str
    total: int
    report: Report
    done: int = 0
    _began: float = field(default_factory=time.monotonic)
    _told: float = 0.0

    def __post_init__(self) -> None:
        self.report(Step(self.name, self.done, self.total))

    def advance(self, by: int = 1, note: str = "") -> None:
        """Count `by` more items as done; `note` is told with them."""
        self.done += by
        now = time.monotonic()
        if now - self._told < INTERVAL and self.done < self.total:
            return
        self._told = now
        elapsed = now - self._began
        rate = self.done / elapsed if elapsed > 0 else None
        self.report(Step(self.name, self.done, self.total, rate, note))
