"""Works from any folder of pictures, nested or not, with an optional table of metadata."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from artextract.collection import About
from artextract.errors import SourceError
from artextract.files import read_regular
from artextract.sources.base import ColumnUse, Source, SourceWork, file_size, path_text
from artextract.sources.folder_walk import FolderWalk
from artextract.sources.names import title_from_slug
from artextract.sources.tables.cells import Table
from artextract.sources.tables.columns import PICTURE_HEADINGS, column_pairs, fold
from artextract.sources.tables.matching import FileMatcher, Likeness, file_columns
from artextract.sources.tables.reading import read_table
from artextract.sources.tables.works import WorkReader


class FolderSource(Source):
    """The pictures in a folder and its subfolders. The id of a work is its path below the folder."""

    def __init__(self, folder: Path, metadata: Path | None = None, column: Sequence[str] = ()) -> None:
        """List the pictures and read the metadata: a table any of whose columns may name the files.

        The arguments are the options of `[folder]` in `sources.toml`. Raises SourceError if the folder does not exist
        or has no picture, or the table is not usable.
        """
        if not folder.is_dir():
            raise SourceError(f"There is no folder {folder}. Check the path.")
        self.about = About("folder", path_text(folder.resolve().name))
        walk = FolderWalk(folder)
        self._paths = {path_text(path.relative_to(folder).as_posix()): path for path in walk.pictures}
        self._remarks = walk.remarks()
        if not self._paths:
            nothing = f"The folder {path_text(str(folder))} has no pictures (JPEG, PNG, WebP, TIFF …)."
            raise SourceError(" ".join([nothing, *self._remarks]))
        self._rows: dict[str, dict[str, str]] = {}
        self._reader: WorkReader | None = None
        self._naming: list[str] = []
        if metadata is not None:
            table = read_table(metadata)
            self._remarks += table.remarks
            self._match(table, metadata.name)
            self._reader = WorkReader(table, {"id": "", **column_pairs(column)}, self._naming[:1])

    def __len__(self) -> int:
        return len(self._paths)

    def works(self) -> Iterator[SourceWork]:
        """The works in the order of their paths."""
        for work, path in self._paths.items():
            row = self._rows.get(work)
            facts: dict[str, Any] = self._reader.facts(row) if self._reader is not None and row is not None else {}
            facts["title"] = facts.get("title") or title_from_slug(path_text(path.stem))
            yield SourceWork(id=work, read=partial(read_regular, path), origin=str(path), size=file_size(path), **facts)

    def remarks(self) -> list[str]:
        """What was skipped in the folder, and what was not used from the table."""
        return [*self._remarks, *(self._reader.remarks() if self._reader else [])]

    def columns(self) -> list[ColumnUse]:
        """How each column of the table is used."""
        return self._reader.columns(dict.fromkeys(self._naming[:1], "file")) if self._reader else []

    def _match(self, table: Table, name: str) -> None:
        matcher = FileMatcher(self._paths)
        self._naming = file_columns(table, matcher)
        if not self._naming:
            files = next((column for column in table.columns if fold(column) in PICTURE_HEADINGS), table.columns[0])
            example = next((row[files] for row in table.rows if files in row), "")
            raise SourceError(
                f"No row of {name} names a picture of the folder: the column {files!r} has {example!r}, the folder "
                f"has {next(iter(self._paths))!r}. If the table has addresses, collect the table itself."
            )
        unknown, again, zeros = [], [], []
        names = [next((row[column] for column in self._naming if column in row), "") for row in table.rows]
        for row, named in zip(table.rows, names, strict=True):
            if not named:
                continue
            if (match := matcher.find(named)) is None:
                unknown.append(named)
            elif match.file in self._rows:
                again.append(named)
            else:
                self._rows[match.file] = row
                if match.likeness == Likeness.ZEROS:
                    zeros.append(f"{named!r} is {match.file}")
        without = [work for work in self._paths if work not in self._rows]
        counts = {
            f"Skipped {len(unknown):,} of the {len(table.rows):,} rows of {name}: their files are not in the folder, "
            "or not unique": [repr(unnamed) for unnamed in unknown],
            f"Skipped rows of {name} that name the same picture as an earlier row: {len(again):,}": map(repr, again),
            f"Files matched by their numbers without leading zeros: {len(zeros):,}": zeros,
            f"Pictures without a row in {name}: {len(without):,}": map(repr, without),
        }
        for sentence, examples in counts.items():
            if first := next(iter(examples), None):
                self._remarks.append(f"{sentence} (first: {first}).")
        if nameless := names.count(""):
            self._remarks.append(f"Skipped rows of {name} that name no file: {nameless:,}.")
