"""What a job computes: workers for pictures and for pairs of pictures, and the result of a run."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

Prepared = TypeVar("Prepared")


class Preparation(ABC, Generic[Prepared]):
    """How a job names itself and prepares pictures."""

    title: str  # The name of the job's progress: "Embedding with paintings"
    done = "computed"  # What the job does, in the past tense: "embedded"
    unit = "pictures"
    batch: int  # Pictures, or groups of pairs, that are prepared together
    shard: int  # Results per shard: a killed job loses at most this many

    @abstractmethod
    def prepare(self, content: bytes, name: str) -> Prepared:
        """A picture, ready to compute with, from its file. Called in threads. BadImageError begins with `name`."""


class Worker(Preparation[Prepared]):
    """Computes the results of pictures."""

    key: str  # Names everything that changes the results; all workers of a cluster must have the same
    factory: "Callable[[], Worker[Prepared]]"  # Makes this worker on another machine. Can be pickled.

    @abstractmethod
    def compute(self, pictures: Sequence[Prepared]) -> dict[str, np.ndarray]:
        """The results of some pictures: the arrays of the store."""


class PairWorker(Preparation[Prepared]):
    """Compares pairs of pictures."""

    unit = "pairs of pictures"
    kept = 1000  # Prepared pictures kept in memory for the next pairs

    @abstractmethod
    def compare(self, left: str, rights: Sequence[str], pictures: Mapping[str, Prepared]) -> dict[str, np.ndarray]:
        """The results of one picture with others, by their SHA-256: the arrays of the store. Called in threads."""


@dataclass(frozen=True)
class JobResult:
    """What a job did."""

    collection: str
    works: int  # Works in the table
    computed: int  # Pictures or pairs computed now. Works may share a picture.
    reused: int  # Pictures or pairs that the store already had
    damaged: int  # Stored files that were damaged: their results were computed again
    failed: dict[str, str]  # ID of a work whose picture cannot be used → why
    seconds: float
    rate: float | None  # Pictures or pairs computed per second, without the start; None if nothing was computed
    done: str  # What was done to each: "embedded"
    unit: str  # Pictures or pairs

    def sentence(self) -> str:
        """What the job did, for a person."""
        rate = f"{self.rate:,.{0 if self.rate >= 10 else 1}f} per second; " if self.rate else ""
        first = f" Skipped {len(self.failed):,}; the first: {next(iter(self.failed.values()))}" if self.failed else ""
        damaged = " Damaged files were found in the cache; their results were computed again." if self.damaged else ""
        return (
            f"{self.done.capitalize()} {self.computed:,} {self.unit} of {self.collection} "
            f"({rate}{self.reused:,} were already {self.done}).{damaged}{first}"
        )
