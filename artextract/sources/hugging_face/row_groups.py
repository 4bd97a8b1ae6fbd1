"""The rows of Parquet files on the hub: texts first, pictures when they are wanted.

A file has row groups, in which each column is stored in one piece. So the texts of many rows cost little. The pictures
of a row group are read from its beginning up to the row that is wanted; where they are one page of the file, as in many
files, that is the whole row group, and it is in memory several times.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from artextract.sources.base import no_picture
from artextract.sources.fetching.http_responses import FetchError
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.hugging_face.features import text_columns
from artextract.sources.hugging_face.hub import DataSet

TEXT_BLOCK = 256 * 1024  # Bytes that are asked for at a time: texts are small
PICTURE_BLOCK = 8 * 1024 * 1024
BATCH = 16  # Rows whose pictures are in memory


@dataclass(frozen=True)
class RowGroup:
    """A row group: where it is, and what its rows say."""

    file: str
    number: int  # In the file
    rows: list[dict[str, Any]]  # The columns of text and numbers; fewer rows than the group has, beyond a limit
    sizes: Mapping[str, int]  # Bytes of each column on the hub
    empty: Mapping[str, int]  # Missing values of each column, where the file says so
    total: int  # Rows of the whole group

    def picture_size(self, column: str) -> int:
        """Bytes to read for a picture of the wanted rows: the column of a row group is often read as a whole."""
        return self.sizes.get(column, 0) // max(len(self.rows), 1)


def read_schema(data_set: DataSet, file: str) -> pa.Schema:
    """The schema of a Parquet file.

    Raises:
        FetchError: the file is not available or damaged.
    """
    with data_set.errors_as_sentences(), data_set.open(file, TEXT_BLOCK) as opened:
        return pq.read_schema(opened)


def read_groups(data_set: DataSet, files: Sequence[str], limit: int | None) -> Iterator[RowGroup]:
    """The row groups of the first `limit` rows, without the pictures.

    Raises:
        FetchError: a file is not available or damaged.
    """
    left = limit
    for file in files:
        with data_set.errors_as_sentences(), data_set.open(file, TEXT_BLOCK) as opened:
            parquet = pq.ParquetFile(opened)
            columns = text_columns(parquet.schema_arrow)
            for number in range(parquet.num_row_groups):
                if left == 0:
                    return
                facts = parquet.metadata.row_group(number)
                table = parquet.read_row_group(number, columns=columns) if columns else None
                rows = table.slice(0, left).to_pylist() if table is not None else [{}] * facts.num_rows
                rows = rows[:left]
                left = None if left is None else left - len(rows)
                yield _group(file, number, rows, facts)


def _group(file: str, number: int, rows: list[dict[str, Any]], facts: Any) -> RowGroup:
    """A row group from its facts in the file; `image.bytes` and `image.path` are parts of the column `image`."""
    sizes: dict[str, int] = {}
    empty: dict[str, int] = {}
    for index in range(facts.num_columns):
        column = facts.column(index)
        name, _, part = column.path_in_schema.partition(".")
        sizes[name] = sizes.get(name, 0) + column.total_compressed_size
        if part != "path" and column.statistics is not None and column.statistics.has_null_count:
            empty[name] = column.statistics.null_count
    return RowGroup(file, number, rows, sizes, empty, facts.num_rows)


class GroupPictures:
    """The pictures of a row group, each kept as it is read. Safe to share between threads."""

    def __init__(self, data_set: DataSet, group: RowGroup, column: str, kept: KeptPictures) -> None:
        """Nothing is read yet."""
        self._data_set, self._group, self._column, self._kept = data_set, group, column, kept
        self._lock = threading.Lock()
        self._next = 0
        self._rows: Iterator[Any] | None = None
        self._failure: FetchError | None = None

    def address(self, row: int) -> str:
        """The address of a picture, by the number of its row in the group."""
        return f"{self._data_set.address(self._group.file)}#{self._group.number}/{row}/{self._column}"

    def read(self, row: int) -> bytes:
        """A picture, by the number of its row in the group.

        Raises:
            SourceError: the row has no picture, or the file is not available.
            StorageError: a picture cannot be kept.
        """
        with self._lock:
            content = self._kept.kept(self.address(row))
            if content is None:
                self._read_to(row)
                content = self._kept.kept(self.address(row))
        return content or no_picture()

    def _read_to(self, row: int) -> None:
        """Read and keep the pictures up to this row."""
        if self._failure is not None:  # asking for each row again would take as long each time
            raise self._failure
        try:
            with self._data_set.errors_as_sentences():
                if self._rows is None or row < self._next:
                    self._rows, self._next = self._read(), 0
                for value in self._rows:
                    self._kept.keep(self.address(self._next), self._bytes(value))
                    self._next += 1
                    if self._next > row:
                        return
        except FetchError as error:
            self._failure = error
            raise

    def _read(self) -> Iterator[Any]:
        with self._data_set.open(self._group.file, PICTURE_BLOCK) as opened:
            parquet = pq.ParquetFile(opened, buffer_size=PICTURE_BLOCK)
            columns = [self._column]
            for batch in parquet.iter_batches(BATCH, [self._group.number], columns, use_threads=False):
                yield from batch.column(0).to_pylist()

    def _bytes(self, value: Any) -> bytes:
        """The picture in a cell; empty without one. A path without bytes is one on somebody's computer."""
        content = value.get("bytes") if isinstance(value, dict) else None
        return content or b""
