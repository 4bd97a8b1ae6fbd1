"""The work table: its columns, its file on disk, and how cells with several terms or two years are read.

The table is a Parquet file, decoded column by column. Beside it is a copy in Arrow's own layout that is mapped
into memory: a million works open in 0.05 s (the first time in a process in 0.7 s, because the copy is checked), and the
processes of a machine share the memory. The copy may be missing, damaged or belong to an older table; then the Parquet
file is read, and the copy is written again.
"""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from artextract.errors import StorageError
from artextract.files import SEAL, is_sealed, once_per_version, say_damaged, seal, stamp, write_atomic
from artextract.metadata.dates import FIRST, last_year, span_text

TEXT_COLUMNS = (
    *("id", "title", "artist", "date_text", "medium", "classification", "image", "image_sha256", "source_url"),
    *("licence", "credit", "style", "genre", "school", "theme", "split", "description"),
)
YEAR_COLUMNS = ("year_begin", "year_end")
INTEGER_COLUMNS = (*YEAR_COLUMNS, "width", "height")
REQUIRED_COLUMNS = ("id", "image", "image_sha256", "width", "height")
TERM_COLUMNS = ("style", "school", "theme")  # Columns in which a work may have several terms
TERM_SEPARATOR = "; "  # Separates the terms of a work

_VERSION = b"artextract_table"
_COPY_TYPES = {pa.large_string(): pd.StringDtype("pyarrow", na_value=np.nan), pa.int32(): pd.Int32Dtype()}


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with every column in order and in its type; columns that a source adds come last, as str.

    Impossible years are left out (`years_left_out`), and `year_begin` is not after `year_end`.
    """
    every = dict.fromkeys((*TEXT_COLUMNS, *INTEGER_COLUMNS, *frame))
    frame = frame.reindex(columns=[*(c for c in every if c not in INTEGER_COLUMNS), *INTEGER_COLUMNS])
    columns: dict[str, pd.Series] = {}
    for name, column in frame.items():
        if name in INTEGER_COLUMNS:
            numbers = pd.to_numeric(column)
            columns[name] = (_possible(numbers) if name in YEAR_COLUMNS else numbers).astype("Int32")
        else:
            text = column.astype("str")
            columns[str(name)] = text.mask(column.isna() | (text.str.strip() == ""))
    begin, end = (columns[name] for name in YEAR_COLUMNS)
    is_reversed = (begin > end).fillna(False)
    columns["year_begin"], columns["year_end"] = begin.mask(is_reversed, end), end.mask(is_reversed, begin)
    return pd.DataFrame(columns).reset_index(drop=True)


def years_left_out(frame: pd.DataFrame) -> str:
    """A sentence about the years of a table that `typed` leaves out; empty if there are none."""
    columns = (pd.to_numeric(frame[name]) for name in YEAR_COLUMNS if name in frame)
    given = pd.concat([pd.Series(dtype="float64"), *columns]).dropna()
    if not len(impossible := given[_possible(given).isna()]):
        return ""
    count = "1 year that is" if len(impossible) == 1 else f"{len(impossible):,} years that are"
    return f"Left out {count} not possible, for example {impossible.iloc[0]:.0f}. Correct the source and collect again."


def _possible(years: pd.Series) -> pd.Series:
    return years.where(years.between(FIRST, last_year()) & (years != 0) & (years % 1 == 0))


def write_table(frame: pd.DataFrame, table_file: Path, copy_file: Path) -> None:
    """Write a table (columns of str and Int32) as Parquet, and its Arrow copy; each in one step.

    A StorageError (a file could not be written) leaves the old file unchanged.
    """
    table = pa.Table.from_pandas(frame, preserve_index=False).combine_chunks()
    versioned = table.replace_schema_metadata({**(table.schema.metadata or {}), _VERSION: uuid.uuid4().bytes})
    with write_atomic(table_file) as temporary:
        pq.write_table(versioned, temporary, write_page_checksum=True)
    _write_copy(versioned, copy_file)


def _write_copy(versioned: pa.Table, copy_file: Path) -> None:
    with write_atomic(copy_file) as temporary:
        with pa.OSFile(str(temporary), "wb") as file, pa.ipc.new_file(file, versioned.schema) as writer:
            writer.write_table(versioned)
        seal(temporary)


def read_table(table_file: Path, copy_file: Path) -> pd.DataFrame:
    """The table, mapped from its copy. A copy that cannot be used is written again.

    Raises OSError if there is no table, pa.ArrowException if it is damaged, ValueError if an integer column holds
    something else, KeyError (the column) if a required column is missing.
    """
    version = (pq.read_schema(table_file).metadata or {}).get(_VERSION)
    if (copy := _read_copy(copy_file, version)) is not None:
        return copy
    stored = pq.read_table(table_file, page_checksum_verification=True)
    table = stored.to_pandas()
    if absent := [column for column in REQUIRED_COLUMNS if column not in table]:
        raise KeyError(absent[0])
    if version is not None:
        with suppress(StorageError):  # the cache may be read-only
            _write_copy(stored.combine_chunks(), copy_file)
    return typed(table)


@once_per_version
def table_version(table_file: Path) -> str:
    """Changes whenever the table is written. A copy of the table has the same version. "" without a table."""
    with suppress(OSError, pa.ArrowException):
        if written := (pq.read_schema(table_file).metadata or {}).get(_VERSION):
            return bytes(written).hex()
    return stamp(table_file)


def _read_copy(copy_file: Path, version: bytes | None) -> pd.DataFrame | None:
    """The copy of the table of that version; None if it is missing, damaged or of another version."""
    if version is None or not copy_file.exists():
        return None
    if not is_sealed(copy_file):
        say_damaged(copy_file, "The table is read from works.parquet, and the copy is written again.")
        return None
    mapped = pa.memory_map(str(copy_file))
    copied = pa.ipc.open_file(mapped.read_buffer(mapped.size() - SEAL)).read_all()
    if (copied.schema.metadata or {}).get(_VERSION) != version:
        return None
    return copied.replace_schema_metadata(None).to_pandas(types_mapper=_COPY_TYPES.get)


def first_term(column: pd.Series) -> pd.Series:
    """The first term of each work."""
    return column.str.replace(f"(?s){TERM_SEPARATOR}.*", "", regex=True)


def has_any_term(column: pd.Series, terms: Sequence[str]) -> pd.Series:
    """Which works have one of the terms, bool."""
    chosen = set(terms)
    codes, values = pd.factorize(column)  # each distinct value is split once
    has = [not chosen.isdisjoint(str(value).split(TERM_SEPARATOR)) for value in values]
    return pd.Series(np.array([*has, False])[codes], index=column.index)


def middle_years(works: pd.DataFrame) -> np.ndarray:
    """The middle of each work's recorded years, float32 [n]; NaN without a year."""
    begin, end = works["year_begin"], works["year_end"]
    middle = (begin.fillna(end).astype("Float64") + end.fillna(begin).astype("Float64")) / 2
    return middle.to_numpy(dtype=np.float32, na_value=np.nan)


def display_date(work: Mapping[Any, Any] | pd.Series) -> str | None:
    """The date of a work (a row of the table) as its source writes it, else its years; None without a date."""
    if not pd.isna(text := work.get("date_text")):
        return str(text)
    ends = (work.get("year_begin"), work.get("year_end"))
    years = [int(year) for year in ends if not pd.isna(year)]
    return span_text(years[0], years[-1]) if years else None
