"""The interface of a source: works with their metadata, and a way to read each picture."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from artextract.collection import About
from artextract.errors import SourceError
from artextract.metadata.rights import is_free
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError
from artextract.sources.fetching.polite_client import PoliteClient


@dataclass(frozen=True)
class SourceWork:
    """A work as its source describes it; None is a missing value."""

    id: str  # The same work always has the same id
    read: Callable[[], bytes]  # Returns the bytes of the picture file. Raises OSError or SourceError.
    origin: str  # The path or address of the picture, for reports
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
    description: str | None = None  # What the picture shows, for people who cannot see it
    extra: dict[str, str | None] = field(default_factory=dict)  # Further text columns; works may have different ones
    size: int | None = None  # Bytes of the picture file, if the source knows them without reading it


@dataclass(frozen=True)
class ColumnUse:
    """How a column of a table, or a label of a manifest, is used."""

    name: str  # Its name in the source
    used_as: str | None  # The column of the work table; None if it is not used
    example: str  # A value, shortened; empty if the column is empty


class Source(Protocol):
    """A source of works. A source inherits the methods that it has no need of."""

    about: About
    _client: PoliteClient | None = None

    def __len__(self) -> int:
        """The number of works."""

    def works(self) -> Iterator[SourceWork]:
        """The works, always in the same order."""

    def remarks(self) -> list[str]:
        """Messages about the source for the user; usually none."""
        return []

    def columns(self) -> list[ColumnUse]:
        """How each column of the user's table is used; empty for a source without such a table."""
        return []

    def close(self) -> None:
        """Close connections; a `SourceWork.read` that waits stops."""
        if self._client is not None:
            self._client.close()


class FreeWorks(Source):
    """The works of another source whose licence is CC0 or the Public Domain Mark."""

    def __init__(self, source: Source) -> None:
        """Count the works. Raises SourceError if none is free."""
        self.about = source.about
        self._source = source
        self._count = sum(1 for _ in self.works())
        if self._count == 0:
            source.close()
            raise SourceError(
                f"None of the {len(source):,} works of {source.about.title} says that it is CC0 or in the public "
                "domain. To collect them all, do not limit the licences."
            )

    def __len__(self) -> int:
        return self._count

    def works(self) -> Iterator[SourceWork]:
        """The free works, in the order of the source."""
        return (work for work in self._source.works() if is_free(work.licence))

    def remarks(self) -> list[str]:
        """What the source says, and how many works were left out."""
        out = len(self._source) - self._count
        return [*self._source.remarks(), *([f"Left out because their licence is not free: {out:,}."] if out else [])]

    def columns(self) -> list[ColumnUse]:
        """How each column is used."""
        return self._source.columns()

    def close(self) -> None:
        """Close the source."""
        self._source.close()


@contextmanager
def closed_on_error(client: PoliteClient) -> Iterator[None]:
    """Close the client of a source that cannot be opened."""
    try:
        yield
    except BaseException:
        client.close()
        raise


def no_picture() -> bytes:
    """The `SourceWork.read` of a work whose source names no picture.

    Raises SourceError always, with the cause `Cause.NOT_NAMED`.
    """
    raise FetchError("The source names no picture of this work.", Cause.NOT_NAMED)


def file_size(path: Path) -> int | None:
    """The size of a file on disk, bytes; None if it does not exist."""
    with suppress(OSError, ValueError):
        return path.stat().st_size
    return None


def path_text(path: str) -> str:
    """A path as text, even if its bytes are not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
