"""Works from any folder of pictures, nested or not, with an optional CSV of metadata."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from artextract.collection import About
from artextract.dates import year_of, years_in
from artextract.errors import SourceError
from artextract.files import read_regular_text
from artextract.sources.base import ColumnUse, SourceWork, file_reader, path_text
from artextract.sources.folder_walk import FolderWalk
from artextract.sources.names import title_from_slug
from artextract.work_table import TEXT_COLUMNS as WORK_COLUMNS

FILE_COLUMNS = ("file", "filename", "file_name", "image", "path")  # Names of the column with the picture's file
RESERVED = frozenset({"file", "id", "image", "image_sha256", "width", "height", "split"})
"""Names that a column of a metadata table cannot have."""
TEXT_COLUMNS = tuple(column for column in WORK_COLUMNS if column not in RESERVED)
YEAR_COLUMNS = ("year", "year_begin", "year_end")
_OWN = re.compile(r"(?!read_|custom_label_)[^\W\d][\w-]{0,40}")
_ALIASES = {
    "date": "date_text",
    "license": "licence",
    "url": "source_url",
    "maker": "artist",
    "alt": "description",
    "assistivetext": "description",
}


class FolderSource:
    """The pictures in a folder and its subfolders. The id of a work is its path below the folder."""

    def __init__(self, folder: Path, metadata: Path | None = None) -> None:
        """List the pictures and read the metadata.

        Args:
            folder: includes its subfolders, but no hidden files.
            metadata: a CSV with a column `file` (the path below the folder, the file name, or the
                name without its suffix) and any of `TEXT_COLUMNS` and `YEAR_COLUMNS`; "; " separates
                several styles, schools or themes. Other columns keep their names.

        Raises:
            SourceError: the folder does not exist or has no picture, or the table is not usable.
        """
        if not folder.is_dir():
            raise SourceError(f"There is no folder {folder}. Check the path.")
        self.about = About("folder", path_text(folder.resolve().name))
        walk = FolderWalk(folder)
        self._paths = {_id(path, folder): path for path in walk.pictures}
        self._remarks = walk.remarks()
        if not self._paths:
            nothing = f"The folder {path_text(str(folder))} has no pictures (JPEG, PNG, WebP, TIFF …)."
            raise SourceError(" ".join([nothing, *self._remarks]))
        self._facts: dict[str, dict[str, str]] = {}
        self._own_columns: list[str] = []
        if metadata is not None:
            self._match(_read_table(metadata), metadata)

    def __len__(self) -> int:
        return len(self._paths)

    def works(self) -> Iterator[SourceWork]:
        """The works in the order of their paths."""
        for work, path in self._paths.items():
            yield _work(work, path, self._facts.get(work, {}), self._own_columns)

    def remarks(self) -> list[str]:
        """What was passed over in the folder, and which rows of the metadata table were not used."""
        return self._remarks

    def columns(self) -> list[ColumnUse]:
        """None."""
        return []

    def close(self) -> None:
        """Nothing to close."""

    def _match(self, rows: list[dict[str, str]], table: Path) -> None:
        """Match each row of the table with the picture that it names."""
        by_name = _by_name(list(self._paths))
        unknown = []
        for row in rows:
            named = row["file"].strip().replace("\\", "/").removeprefix("./")
            work = by_name.get(named.casefold())
            if work is None:
                unknown.append(named)
            else:
                self._facts[work] = row
        known = {*TEXT_COLUMNS, *YEAR_COLUMNS, *RESERVED}
        names = dict.fromkeys(name for row in self._facts.values() for name in row)
        self._own_columns = [name for name in names if name not in known and _OWN.fullmatch(name)]
        if not self._facts:
            first = f" (first: {unknown[0]!r})" if unknown else ""
            raise SourceError(
                f"No row of {table.name} names a picture of the folder{first}. "
                "The column `file` must have the file names of the pictures."
            )
        if unknown:
            self._remarks.append(
                f"Skipped {len(unknown)} of the {len(rows)} rows of {table.name}: their files are not in the folder, "
                f"or not unique (first: {unknown[0]!r})."
            )


def _id(path: Path, folder: Path) -> str:
    return path_text(path.relative_to(folder).as_posix())


def _by_name(works: list[str]) -> dict[str, str | None]:
    """Each way to name a work → its id; None if the name is ambiguous."""
    names: dict[str, str | None] = {}
    for work in works:
        file = work.rpartition("/")[2].casefold()
        for short in {file, file.rpartition(".")[0]}:
            names[short] = None if names.get(short, work) != work else work
    return names | {work.casefold(): work for work in works}


def _read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a metadata CSV with our column names; each has a "file"."""
    try:
        text = read_regular_text(path, "utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}). Check the path.") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name} is not UTF-8 text. Save it as CSV in UTF-8.") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = []
    try:
        for row in csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter):
            named = {_column(k): v for k, v in row.items() if k is not None and v is not None}
            rows.append({column: value for column, value in named.items() if value.strip()})
    except csv.Error as error:
        raise SourceError(f"{path.name} is not a CSV table ({error}).") from error
    header = [_column(name) for name in next(csv.reader([first], delimiter=delimiter), [])]
    if "file" not in header:
        raise SourceError(f"{path.name} has no column `file` with the file names of the pictures.")
    return [row for row in rows if "file" in row]


def _column(name: str) -> str:
    plain = name.strip().lower().replace(" ", "_")
    return "file" if plain in FILE_COLUMNS else _ALIASES.get(plain, plain)


def _work(work: str, path: Path, facts: dict[str, str], own_columns: list[str]) -> SourceWork:
    begin, end = years_in(facts.get("date_text", "") or facts.get("year", ""))
    texts: dict[str, Any] = {column: facts.get(column) for column in TEXT_COLUMNS}
    texts["title"] = texts["title"] or title_from_slug(path_text(path.stem))
    texts["date_text"] = texts["date_text"] or facts.get("year")
    return SourceWork(
        id=work,
        read=file_reader(path),
        origin=path_text(str(path)),
        year_begin=year_of(facts.get("year_begin")) or begin,
        year_end=year_of(facts.get("year_end")) or end,
        extra={name: facts.get(name) for name in own_columns},
        **texts,
    )
