"""The works of a source that everyone may share."""

from collections.abc import Iterator

from artextract.errors import SourceError
from artextract.metadata.rights import is_free
from artextract.sources.base import ColumnUse, Source, SourceWork


class FreeWorks(Source):
    """The works of another source whose licence is CC0 or the Public Domain Mark."""

    def __init__(self, source: Source) -> None:
        """Count the works.

        Raises:
            SourceError: none is free.
        """
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
