"""Read a table of works from any file in which people keep one."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from artextract.errors import SourceError
from artextract.sources.tables.cells import cell_text
from artextract.sources.tables.delimited import PREAMBLE, header_index, read_delimited
from artextract.sources.tables.nested import read_json, read_json_folder, read_parquet
from artextract.sources.tables.text_files import LARGEST, content_of, encoding_of, open_bytes, open_text, too_large

MOST_ROWS = 1_000_000
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX and ODS; XLS
_PARQUET = b"PAR1"
_JSON = re.compile(r"\{|\[\s*[\[{]")


@dataclass(frozen=True)
class Table:
    """A table of works; all values are text."""

    columns: list[str]  # As the file has them, in its order; doubled names are numbered ("Artist 2")
    rows: list[dict[str, str]]  # By the names of the columns; empty cells are left out
    remarks: list[str]  # Sentences about the file for the person


def read_table(path: Path, is_heading: Callable[[str], bool] = lambda _name: False) -> Table:
    """Read CSV (any separator), TSV, JSON, JSON Lines, Parquet, XLSX, XLS or ODS, also packed with gzip.

    The file's content decides, not its name. A folder is read as one JSON file per work. Texts are UTF-8, UTF-16,
    Windows-1252, Windows-1250 or Mac Roman. Blank rows and rows that stand twice are left out. Types are never guessed.

    Args:
        path: a file of at most `LARGEST` bytes and `MOST_ROWS` rows, or a folder of JSON files.
        is_heading: whether a text is the name of a known column; helps to find the header below other lines.

    Raises:
        SourceError: the file cannot be read, is too large, or has no rows.
    """
    remarks: list[str] = []
    if path.is_dir():
        rows = read_json_folder(path)
        return _checked(_columns_of(rows), rows, path, remarks)
    with open_bytes(path) as file:
        start = file.read(1024)
    if start.startswith(_PARQUET):
        rows, binary = read_parquet(path)
        if binary:
            names = ", ".join(binary)
            remarks.append(
                f"{path.name}: columns of pictures or other bytes are not read ({names}). "
                "Collect a data set of Hugging Face by its name: artextract collect hf OWNER/NAME."
            )
        return _checked(_columns_of(rows), rows, path, remarks)
    if start.startswith(_WORKBOOKS):
        header, lines = _sheet(path, is_heading, remarks)
    elif _is_json(path):
        rows = read_json(path)
        return _checked(_columns_of(rows), rows, path, remarks)
    else:
        header, lines, remarks = read_delimited(path, is_heading)
    if len(header) == 1 and header[0].startswith(("http://", "https://")):
        raise SourceError(
            f"{path.name} is a list of addresses, not a table. If they are IIIF manifests: artextract collect iiif "
            f"{path.name}. If they are pictures, add a first line with the word “image”."
        )
    if any(name.startswith(("http://", "https://")) for name in header):
        raise SourceError(f"The first line of {path.name} has values, not names of columns. Add a header.")
    width = len(header)
    if shifted := [line for line in lines if any(line[width:])]:
        remarks.append(
            f"{path.name}: rows with more values than the header has names: {len(shifted):,} (first: "
            f"{shifted[0][0]!r}). Their values may be in the wrong columns."
        )
    columns = _named(header, max((len(line) for line in lines), default=0))
    return _checked(columns, [_row(columns, line) for line in lines], path, remarks)


def _is_json(path: Path) -> bool:
    with open_text(path, encoding_of(path)[0]) as text:
        start = text.read(4096).lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        raise SourceError(f"{path.name} is a web page or XML, not a table. Save the table as CSV.")
    return _JSON.match(start) is not None


def _checked(columns: list[str], rows: Iterable[dict[str, str]], path: Path, remarks: list[str]) -> Table:
    """The table without blank and doubled rows and without nameless empty columns."""
    seen: set[int] = set()
    kept: list[dict[str, str]] = []
    doubled = 0
    for row in rows:
        if not row:
            continue
        key = hash(tuple(row.items()))
        doubled += key in seen
        if key not in seen:
            seen.add(key)
            kept.append(row)
            if len(kept) > MOST_ROWS:
                raise SourceError(f"{path.name} has more than {MOST_ROWS:,} rows. Split the table.")
    if not kept:
        raise SourceError(f"{path.name} has no rows below its header. Choose a table with a header and rows.")
    if doubled:
        remarks = [*remarks, f"{path.name}: rows that stand there twice were read once ({doubled:,})."]
    used = {name for row in kept for name in row}
    return Table([name for name in columns if name in used or not _is_nameless(name)], kept, remarks)


def _columns_of(rows: Iterable[dict[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _row(columns: list[str], cells: list[str]) -> dict[str, str]:
    return {name: text for name, cell in zip(columns, cells, strict=False) if cell and (text := cell_text(cell))}


def _named(header: list[str], width: int) -> list[str]:
    """The names of the columns: a doubled name is numbered, a nameless column is called "column 3"."""
    names: list[str] = []
    for number in range(max(len(header), width)):
        name = " ".join(header[number].split()) if number < len(header) else ""
        name = name or f"column {number + 1}"
        again = 2
        unique = name
        while unique in names:
            unique = f"{name} {again}"
            again += 1
        names.append(unique)
    return names


def _is_nameless(name: str) -> bool:
    return name.startswith("column ") and name[7:].isdigit()


def _sheet(path: Path, is_heading: Callable[[str], bool], remarks: list[str]) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of the first sheet of a workbook that has a table."""
    content = io.BytesIO(content_of(path))
    try:
        if zipfile.is_zipfile(content):
            with zipfile.ZipFile(content) as packed:
                if sum(item.file_size for item in packed.infolist()) > LARGEST:
                    raise too_large(path)
        content.seek(0)
        with CalamineWorkbook.from_filelike(content) as book:
            sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise SourceError(f"{path.name} is not a readable spreadsheet ({error}). Save it as CSV in UTF-8.") from error
    filled = {name: rows for name, rows in sheets.items() if len(rows) > 1}
    if not filled:
        raise SourceError(f"{path.name} has no table. Choose a spreadsheet with a header and rows.")
    name, rows = next(iter(filled.items()))
    if others := [other for other in filled if other != name]:
        remarks.append(f"{path.name}: only the sheet “{name}” was read, not {', '.join(f'“{o}”' for o in others)}.")
    texts = [[_sheet_text(cell) for cell in row] for row in rows]
    at = header_index(texts[:PREAMBLE], len(texts[0]), is_heading) or 0
    return texts[at], texts[at + 1 :]


def _sheet_text(cell: object) -> str:
    """A cell as the sheet shows it: spreadsheets keep whole numbers as decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell_text(cell)
