"""The open tables of the gallery: fetched, kept compressed, and read as a stream.

Columns are read by name, because the gallery adds columns from time to time. An absent column has
only missing values.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from artextract.errors import SourceError
from artextract.files import check_regular, only_writer, write_bytes
from artextract.progress import Report, Stage, silent
from artextract.settings import cache_dir
from artextract.sources.fetching.http_responses import Stamp
from artextract.sources.fetching.polite_client import PoliteClient

OPENDATA = "https://raw.githubusercontent.com/NationalGalleryOfArt/opendata/main/data"
COLUMNS = {
    "objects": (
        *("objectid", "title", "displaydate", "beginyear", "endyear", "medium", "attribution", "creditline"),
        *("classification", "parentid", "isvirtual", "lastdetectedmodification"),
    ),
    "published_images": (
        *("uuid", "iiifurl", "viewtype", "sequence", "width", "height", "maxpixels", "openaccess", "modified"),
        *("depictstmsobjectid", "assistivetext"),
    ),
    "objects_constituents": ("objectid", "constituentid", "displayorder", "roletype", "prefix", "suffix"),
    "constituents": ("constituentid", "forwarddisplayname", "visualbrowsernationality"),
    "objects_terms": ("termid", "objectid", "termtype", "term"),
}
"""Table → its columns that are read."""
NEEDED = {
    "objects": ("objectid", "classification"),
    "published_images": ("iiifurl", "viewtype", "depictstmsobjectid"),
    "objects_constituents": ("objectid", "constituentid", "roletype"),
    "constituents": ("constituentid", "forwarddisplayname"),
    "objects_terms": ("objectid", "termtype", "term"),
}
"""Table → the columns that it must have."""
LARGEST_TABLE = 400 * 1024 * 1024  # Bytes on the way; ten times the largest table
BLOCK = 4 * 1024 * 1024  # Bytes that are read at a time


@dataclass(frozen=True)
class Rows:
    """Rows of a table."""

    frame: pd.DataFrame  # The kept rows; columns as in `COLUMNS`, all text, missing as NA
    total: int  # Rows of the whole table
    broken: int  # Lines that were skipped because their number of fields is wrong


def fetch_tables(address: str, client: PoliteClient, report: Report = silent) -> Path:
    """Bring the tables of an http(s) address up to date; returns the folder where they are kept.

    Raises:
        FetchError: a table is not available.
        Stopped: raised by `report`; complete tables are kept.
    """
    base = address.rstrip("/")
    name = re.sub(r"[/:]", "_", base.partition("://")[2])
    folder = cache_dir() / "sources" / "nga" / "tables" / name
    with only_writer(folder, "gallery's tables"):
        stage = Stage("Fetching the gallery's tables", len(COLUMNS), report)
        for name in COLUMNS:
            file, stamp_file = folder / f"{name}.csv.gz", folder / f"{name}.json"
            stamp = _stamp_in(stamp_file) if file.exists() else None

            def on_progress(count: int, name: str = name) -> None:
                stage.advance(0, f"{name}.csv, {count / 1e6:.0f} MB")

            fresh = client.download(f"{base}/{name}.csv", file, LARGEST_TABLE, stamp, on_progress)
            if fresh is not None:
                write_bytes(stamp_file, json.dumps(asdict(fresh)).encode())
            stage.advance()
    return folder


def tables_folder(folder: Path) -> Path:
    """The folder itself, or its subfolder `data`, whichever has the tables.

    Raises:
        SourceError: neither has all tables.
    """
    for parent in (folder, folder / "data"):
        if all(_file(parent, name) for name in COLUMNS):
            return parent
    absent = [f"{name}.csv" for name in COLUMNS if not _file(folder, name)]
    raise SourceError(
        f"{folder} has no {', '.join(absent)}. Choose the folder of the National Gallery of Art's open tables."
    )


def read_table(folder: Path, name: str, keep: Callable[[pa.RecordBatch], pa.Array | None]) -> Rows:
    """Read a table as a stream and keep some of its rows.

    Args:
        folder: where the tables are.
        name: a key of `COLUMNS`.
        keep: which rows of a batch (columns as in `COLUMNS`, text) to keep, a boolean array; None for all.

    Raises:
        SourceError: the table is missing or damaged, or lacks a needed column.
    """
    file = _file(folder, name)
    if file is None:
        raise SourceError(f"{folder} has no {name}.csv.")
    kept: list[pa.RecordBatch] = []
    total, broken = 0, [0]
    try:
        check_regular(file)
        present = pd.read_csv(file, nrows=0, encoding="utf-8-sig").columns
        if absent := [column for column in NEEDED[name] if column not in present]:
            raise SourceError(f"{file} has no column {absent[0]!r}, so it is not the gallery's {name} table.")
        columns = [column for column in COLUMNS[name] if column in present]
        for batch in _batches(file, columns, broken):
            total += batch.num_rows
            complete = _with_all_columns(batch, COLUMNS[name])
            chosen = keep(complete)
            kept.append(complete if chosen is None else complete.filter(chosen))
    except (pa.ArrowException, OSError, EOFError, ValueError) as error:  # the errors of pandas are ValueErrors
        reason = (getattr(error, "strerror", None) or str(error) or type(error).__name__).splitlines()[0][:160]
        raise SourceError(f"{file} is not a readable table ({reason}). Delete the file and collect again.") from error
    schema = pa.schema([(column, pa.string()) for column in COLUMNS[name]])
    frame = pa.Table.from_batches(kept, schema=schema).to_pandas()
    if frame.empty:  # pandas cannot join a text column without a chunk
        frame = pd.DataFrame({column: pd.Series(dtype="str") for column in COLUMNS[name]})
    return Rows(frame, total, broken[0])


def is_one_of(column: pa.Array, values: "pd.Series | list[str]") -> pa.Array:
    """Which values are among `values`, as a boolean array."""
    return pc.is_in(column, value_set=pa.array(list(values), pa.string()))


def same_text(column: pa.Array, text: str) -> pa.Array:
    """Which values are `text`, in any case, as a boolean array without nulls."""
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(column))
    return pc.fill_null(pc.equal(plain, text.lower()), False)


def numbers(column: pd.Series) -> pd.Series:
    """Text as whole numbers (Int64); other text is missing."""
    values = pd.to_numeric(column, errors="coerce")
    return values.where(values.abs() < 2**53).round().astype("Int64")


def _batches(file: Path, columns: list[str], broken: list[int]) -> Iterator[pa.RecordBatch]:
    def skip(_row: pyarrow.csv.InvalidRow) -> str:
        broken[0] += 1
        return "skip"

    reader = pyarrow.csv.open_csv(
        file,
        read_options=pyarrow.csv.ReadOptions(block_size=BLOCK),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pyarrow.csv.ConvertOptions(
            include_columns=columns,
            column_types=dict.fromkeys(columns, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    with reader:
        yield from reader


def _with_all_columns(batch: pa.RecordBatch, columns: tuple[str, ...]) -> pa.RecordBatch:
    missing = pa.nulls(batch.num_rows, pa.string())
    names = set(batch.schema.names)
    arrays = [batch.column(column) if column in names else missing for column in columns]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _file(folder: Path, name: str) -> Path | None:
    for suffix in (".csv", ".csv.gz"):
        if (file := folder / f"{name}{suffix}").exists():
            return file
    return None


def _stamp_in(file: Path) -> Stamp | None:
    try:
        return Stamp(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None
