"""What every source gives: works as it describes them, and a way to get each one's picture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from artextract.collection import About
from artextract.files import read_regular


@dataclass(frozen=True)
class SourceWork:
    """One work as its source describes it. None is missing; `id` never is."""

    id: str
    """Stable: the same work has the same id the next time."""
    read: Callable[[], bytes]
    """Gives the picture file's bytes. Raises OSError or SourceError where it can't."""
    origin: str
    """Where the picture came from, for reports: a path or an address."""
    title: str | None = None
    artist: str | None = None
    date_text: str | None = None
    year_begin: int | None = None
    year_end: int | None = None
    medium: str | None = None
    classification: str | None = None
    source_url: str | None = None
    licence: str | None = None
    credit: str | None = None
    style: str | None = None
    genre: str | None = None
    school: str | None = None
    theme: str | None = None
    split: str | None = None
    description: str | None = None
    """What the picture shows, for those who can't see it."""
    extra: dict[str, str | None] = field(default_factory=dict)
    """Further text columns, the same for each work of a source."""


class Source(Protocol):
    """Where works come from."""

    about: About

    def __len__(self) -> int:
        """How many works it has."""

    def works(self) -> Iterator[SourceWork]:
        """Its works, always in the same order."""

    def remarks(self) -> list[str]:
        """What a person should hear about the source itself: sentences, often none."""

    def close(self) -> None:
        """Let go of what it holds open; a `SourceWork.read` that waits stops waiting."""


def file_reader(path: Path) -> Callable[[], bytes]:
    """A `SourceWork.read` for a file on disk: only a regular one is read."""
    return partial(read_regular, path)
