"""A source of works that a test lists."""

from collections.abc import Iterator, Sequence

from artextract.collection import About
from artextract.sources.base import ColumnUse, SourceWork


class ListedSource:
    """The works of a list."""

    def __init__(self, works: Sequence[SourceWork], title: str = "A list") -> None:
        self.about = About("list", title)
        self.closed = False
        self._works = works

    def __len__(self) -> int:
        return len(self._works)

    def works(self) -> Iterator[SourceWork]:
        yield from self._works

    def remarks(self) -> list[str]:
        return []

    def columns(self) -> list[ColumnUse]:
        return []

    def close(self) -> None:
        self.closed = True
