"""Works from any folder of pictures, nested or not, with an optional CSV of metadata."""

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from artextract.collection import About
from artextract.errors import SourceError
from artextract.files import read_regular_text
from artextract.sources.base import SourceWork, file_reader
from artextract.sources.names_and_years import title_from_slug, years_in

SUFFIXES = frozenset({
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".png",
    ".webp",
    ".tif",
    ".tiff",
    ".gif",
    ".bmp",
    ".ppm",
    ".pgm",
    ".pbm",
    ".jp2",
    ".avif",
})
"""Files that are taken for pictures; whether they are is seen when they are opened."""
FILE_COLUMNS = ("file", "filename", "file_name", "image", "path")
"""A metadata table names its pictures in the first of these columns that it has."""
TEXT_COLUMNS = (
    "title",
    "artist",
    "date_text",
    "medium",
    "classification",
    "source_url",
    "licence",
    "credit",
    "style",
    "genre",
    "school",
    "theme",
    "description",
)
YEAR_COLUMNS = ("year", "year_begin", "year_end")
OURS = frozenset({"file", "id", "image_sha256", "width", "height", "split"})
"""Column names that a table's own further columns can't have."""
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
    """The pictures below a folder. A work's id is its path below it."""

    def __init__(self, folder: Path, metadata: Path | None = None) -> None:
        """List the pictures and read the metadata.

        Args:
            folder: searched with all its subfolders; hidden files are passed over.
            metadata: a CSV with a column `file` (the path below the folder, the file name, or the
                name without its suffix) and any of title, artist, date, year, year_begin,
                year_end, medium, classification, style, genre, school, theme, description,
                source_url, licence, credit; several terms of a style, school or theme stand apart
                by "; ". Its other columns come along under their own names.

        Raises:
            SourceError: there is no such folder, it has no picture, or the table can't be used.
        """
        if not folder.is_dir():
            raise SourceError(f"There is no folder {folder}: check the path.")
        self.about = About("folder", folder.resolve().name)
        self._paths = {_id(path, folder): path for path in _pictures(folder)}
        if not self._paths:
            raise SourceError(f"The folder {folder} has no pictures (JPEG, PNG, WebP, TIFF …).")
        self._facts: dict[str, dict[str, str]] = {}
        self._remarks: list[str] = []
        self._further: list[str] = []
        if metadata is not None:
            self._match(_read_table(metadata), metadata)

    def __len__(self) -> int:
        return len(self._paths)

    def works(self) -> Iterator[SourceWork]:
        """The works in the order of their paths."""
        for work, path in self._paths.items():
            yield _work(work, path, self._facts.get(work, {}), self._further)

    def remarks(self) -> list[str]:
        """What the metadata table names that the folder doesn't have."""
        return self._remarks

    def close(self) -> None:
        """Nothing is held open."""

    def _match(self, rows: list[dict[str, str]], table: Path) -> None:
        """Give each row of the table to the picture that it names."""
        by_name = _by_name(list(self._paths))
        unknown = []
        for row in rows:
            named = row["file"].strip().replace("\\", "/").removeprefix("./")
            work = by_name.get(named.casefold())
            if work is None:
                unknown.append(named)
            else:
                self._facts[work] = row
        known = {*TEXT_COLUMNS, *YEAR_COLUMNS, *OURS}
        names = dict.fromkeys(name for row in self._facts.values() for name in row)
        self._further = [name for name in names if name not in known and _OWN.fullmatch(name)]
        if not self._facts:
            first = f"; the first is {unknown[0]!r}" if unknown else ""
            raise SourceError(
                f"No row of {table.name} names a picture of the folder{first}: its file column "
                "must hold the pictures' file names."
            )
        if unknown:
            self._remarks.append(
                f"{len(unknown)} of the {len(rows)} rows of {table.name} name files that are not "
                f"in the folder or not unique there (first: {unknown[0]!r}); they were left out."
            )


def _pictures(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(parent) / name


def _id(path: Path, folder: Path) -> str:
    """The path below the folder as text, also where the file system's bytes aren't UTF-8."""
    relative = path.relative_to(folder).as_posix()
    return os.fsencode(relative).decode("utf-8", "backslashreplace")


def _by_name(works: list[str]) -> dict[str, str | None]:
    """Each way to name a work → its id; None where several works could be meant."""
    names: dict[str, str | None] = {}
    for work in works:
        file = work.rpartition("/")[2].casefold()
        for short in {file, file.rpartition(".")[0]}:
            names[short] = None if names.get(short, work) != work else work
    return names | {work.casefold(): work for work in works}


def _read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a metadata CSV, by our column names; each has a "file"."""
    try:
        text = read_regular_text(path, "utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path.") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name} is not UTF-8 text: save it as CSV in UTF-8.") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = []
    try:
        for row in csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter):
            named = {_column(k): v for k, v in row.items() if k is not None and v is not None}
            rows.append({column: value for column, value in named.items() if value.strip()})
    except csv.Error as error:
        raise SourceError(f"{path.name} is not a CSV table ({error}): check the file.") from error
    header = [_column(name) for name in next(csv.reader([first], delimiter=delimiter), [])]
    if "file" not in header:
        raise SourceError(f"{path.name} has no column that names the pictures: call one of its columns file.")
    return [row for row in rows if "file" in row]


def _column(name: str) -> str:
    plain = name.strip().lower().replace(" ", "_")
    return "file" if plain in FILE_COLUMNS else _ALIASES.get(plain, plain)


def _work(work: str, path: Path, facts: dict[str, str], further: list[str]) -> SourceWork:
    begin, end = years_in(facts.get("date_text", "") or facts.get("year", ""))
    texts: dict[str, Any] = {column: facts.get(column) for column in TEXT_COLUMNS}
    texts["title"] = texts["title"] or title_from_slug(path.stem)
    texts["date_text"] = texts["date_text"] or facts.get("year")
    return SourceWork(
        id=work,
        read=file_reader(path),
        origin=str(path),
        year_begin=_whole(facts.get("year_begin")) or begin,
        year_end=_whole(facts.get("year_end")) or end,
        extra={name: facts.get(name) for name in further},
        **texts,
    )


def _whole(text: str | None) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        return None
