"""Read a table of works from any common file format."""

import io
import re
import zipfile
from pathlib import Path, PurePosixPath

from python_calamine import CalamineError, CalamineWorkbook

from artextract.errors import SourceError
from artextract.sources.picture_kinds import kind_of_suffix
from artextract.sources.tables.cells import Table, cell_text, unique_name
from artextract.sources.tables.delimited import PREAMBLE, header_index, read_delimited
from artextract.sources.tables.nested import read_json, read_json_folder, read_parquet
from artextract.sources.tables.text_files import LARGEST, content_of, encoding_of, too_large

MOST_ROWS = 1_000_000
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX and ODS; XLS
_PARQUET = b"PAR1"
_JSON = re.compile(r"\{|\[\s*[\[{]")


def read_table(path: Path) -> Table:
    """Read CSV (any separator), TSV, JSON, JSON Lines, Parquet, XLSX, XLS or ODS, also packed with gzip.

    The file's content decides, not its name. A folder is read as one JSON file per work. Texts are UTF-8, UTF-16,
    Windows-1252, Windows-1250 or Mac Roman. Blank and repeated rows are left out. Types are never guessed.

    Raises SourceError if the file cannot be read, has more than `LARGEST` bytes or `MOST_ROWS` rows, or no rows.
    """
    remarks: list[str] = []
    if path.is_dir():
        return _checked(None, read_json_folder(path), path.name, remarks)
    name, content = path.name, content_of(path)
    if content.startswith(_PARQUET):
        return _checked(None, read_parquet(content, name, remarks), name, remarks)
    if content.startswith(_WORKBOOKS):
        header, lines = _sheet(content, name, remarks)
    else:
        encoding, remarks = encoding_of(content, name)
        start = content[:4096].decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
        if start.startswith("<"):
            raise SourceError(f"{name} is a web page or XML, not a table. Save the table as CSV.")
        if _JSON.match(start):
            return _checked(None, read_json(content.decode(encoding, "replace"), name), name, remarks)
        header, lines = read_delimited(
            io.TextIOWrapper(io.BytesIO(content), encoding, "replace", newline=""), name, remarks
        )
    if len(header) == 1 and header[0].startswith(("http://", "https://")):
        raise SourceError(
            f"{name} is a list of addresses, not a table. If they are IIIF manifests: artextract collect iiif "
            f"{name}. If they are pictures, add a first line with the word “image”."
        )
    if any(name.startswith(("http://", "https://")) or kind_of_suffix(PurePosixPath(name).suffix) for name in header):
        raise SourceError(f"The first line of {name} has values, not names of columns. Add a header.")
    if shifted := [line for line in lines if any(line[len(header) :])]:
        remarks.append(
            f"{name}: rows with more values than the header has names: {len(shifted):,} (first: "
            f"{shifted[0][0]!r}). Their values may be in the wrong columns."
        )
    columns = _named(header, max(map(len, lines), default=0))
    filled = (zip(columns, map(cell_text, line), strict=False) for line in lines)
    return _checked(columns, [{column: text for column, text in row if text} for row in filled], name, remarks)


def _checked(columns: list[str] | None, rows: list[dict[str, str]], name: str, remarks: list[str]) -> Table:
    filled = [row for row in rows if row]
    kept = list({hash(tuple(row.items())): row for row in filled}.values())
    if len(kept) > MOST_ROWS:
        raise SourceError(f"{name} has more than {MOST_ROWS:,} rows. Split the table.")
    if not kept:
        raise SourceError(f"{name} has no rows below its header. Choose a table with a header and rows.")
    if doubled := len(filled) - len(kept):
        remarks.append(f"{name}: repeated rows were read once ({doubled:,}).")
    used = dict.fromkeys(column for row in kept for column in row)
    nameless = re.compile(r"column \d+")
    return Table([name for name in columns or used if name in used or not nameless.fullmatch(name)], kept, remarks)


def _named(header: list[str], width: int) -> list[str]:
    """A doubled name is numbered, a nameless column is called "column 3"."""
    names: list[str] = []
    for number, heading in enumerate([*header, *[""] * (width - len(header))], start=1):
        names.append(unique_name(" ".join(heading.split()) or f"column {number}", names))
    return names


def _sheet(content: bytes, name: str, remarks: list[str]) -> tuple[list[str], list[list[str]]]:
    file = io.BytesIO(content)
    try:
        if zipfile.is_zipfile(file) and sum(item.file_size for item in zipfile.ZipFile(file).infolist()) > LARGEST:
            raise too_large(name)
        file.seek(0)
        with CalamineWorkbook.from_filelike(file) as book:
            sheets = {sheet: book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names}
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise SourceError(f"{name} is not a readable spreadsheet ({error}). Save it as CSV in UTF-8.") from error
    filled = [sheet for sheet, rows in sheets.items() if len(rows) > 1]
    if not filled:
        raise SourceError(f"{name} has no table. Choose a spreadsheet with a header and rows.")
    first, *others = filled
    if others:
        remarks.append(f"{name}: only the sheet “{first}” was read, not {', '.join(f'“{o}”' for o in others)}.")
    texts = [[_sheet_text(cell) for cell in row] for row in sheets[first]]
    at = header_index(texts[:PREAMBLE], len(texts[0])) or 0
    return texts[at], texts[at + 1 :]


def _sheet_text(cell: object) -> str:
    """A cell as the sheet shows it: spreadsheets keep whole numbers as decimals."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else cell_text(cell)
