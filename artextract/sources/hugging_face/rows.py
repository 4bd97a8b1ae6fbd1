"""The rows of Parquet files on the hub: texts first, pictures when they are wanted.

A file has row groups, in which each column is stored in one piece. So reading only the texts of many rows is cheap. The
pictures of a row group are read from its start up to the wanted row. In many files they are a single page, so the whole
row group is read, and it is in memory several times.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from artextract.sources.base import no_picture
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.hugging_face.hub import DataSet
from artextract.sources.names import person_from_slug, repair_letters
from artextract.sources.tables.nested import flat, has_bytes

TEXT_BLOCK = 256 * 1024  # Bytes per request: texts are small
PICTURE_BLOCK = 8 * 1024 * 1024
BATCH = 16  # Rows whose pictures are in memory
_UNKNOWN = re.compile(r"unknown([ _-](artist|genre|style))?", re.IGNORECASE)
_ARTIST = frozenset({"artist", "artists", "artist_name", "artistname", "painter", "author", "creator"})
_TERMS = frozenset({"style", "styles", "genre", "genres"})
_ARTGAN_STYLES = {"Art Nouveau Modern": "Art Nouveau"}  # Names that WikiArt changed after ArtGAN's lists were made


@dataclass
class RowGroup:
    """A row group. Its pictures are kept as they are read. Safe to share between threads."""

    data_set: DataSet
    kept: KeptPictures
    file: str
    number: int  # Index in the file
    column: str | None  # The column with the pictures; None if the rows have their addresses
    rows: list[dict[str, str]]  # The columns of text and numbers; fewer rows than the group has, beyond a limit
    size: int  # Bytes of the column with the pictures, which is often read as a whole
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pictures: Iterator[tuple[int, bytes]] | None = None
    _failure: FetchError | None = None

    def address(self, row: int) -> str:
        """The address of a picture, by the number of its row in the group."""
        return f"{self.data_set.address(self.file)}#{self.number}/{row}/{self.column}"

    def read(self, row: int) -> bytes:
        """A picture, by the number of its row in the group.

        Raises:
            SourceError: the row has no picture, or the file is not available.
            StorageError: a picture cannot be kept.
        """
        with self._lock:
            content = self.kept.kept(self.address(row))
            return (self._read_to(row) if content is None else content) or no_picture()

    def _read_to(self, row: int) -> bytes:
        if self._failure is not None:  # reading each row separately would start from the beginning each time
            raise self._failure
        self._pictures = self._pictures or self._read()
        try:
            for number, content in self._pictures:
                self.kept.keep(self.address(number), content)
                if number == row:
                    return content
        except FetchError as error:
            self._failure = error
            raise
        self._pictures = None
        raise FetchError(f"{self.file} could not be read to row {row}. Collect again.", Cause.DAMAGED)

    def _read(self) -> Iterator[tuple[int, bytes]]:
        """The pictures with their rows; b"" for a missing one.

        A path without bytes is useless: it is from the author's computer.
        """
        with self.data_set.parquet(self.file, PICTURE_BLOCK) as parquet:
            batches = parquet.iter_batches(BATCH, [self.number], [self.column], use_threads=False)
            values = (value for batch in batches for value in batch.column(0).to_pylist())
            for number, value in enumerate(values):
                yield number, (value or {}).get("bytes") or b""


def picture_columns(schema: pa.Schema) -> list[str]:
    """The columns with the bytes of a picture: structs of `bytes` and `path`, as the library `datasets` writes them."""
    structs = [column for column in schema if pa.types.is_struct(column.type)]
    return [column.name for column in structs if {"bytes", "path"} <= {part.name for part in column.type}]


def text_columns(schema: pa.Schema) -> list[str]:
    """The columns that can be shown as text: no bytes, pictures or vectors."""
    return [column.name for column in schema if not has_bytes(column.type) and not _is_vector(column.type)]


def read_groups(
    data_set: DataSet, kept: KeptPictures, files: Sequence[str], column: str | None, limit: int | None
) -> Iterator[RowGroup]:
    """The row groups of the first `limit` rows; no picture is read yet.

    Raises FetchError if a file is not available or damaged.
    """
    left = limit
    for file in files:
        with data_set.parquet(file, TEXT_BLOCK) as parquet:
            labels = _labels_of(parquet.schema_arrow, data_set.card)
            texts = text_columns(parquet.schema_arrow)
            for number in range(parquet.num_row_groups):
                if left == 0:
                    return
                facts = parquet.metadata.row_group(number)
                empty: list[dict[str, Any]] = [{}] * facts.num_rows
                records = parquet.read_row_group(number, texts).slice(0, left).to_pylist() if texts else empty
                rows = [
                    flat({name: _cleaned(name, value, labels.get(name)) for name, value in record.items()})
                    for record in records[:left]
                ]
                left = None if left is None else left - len(rows)
                parts = [facts.column(index) for index in range(facts.num_columns)]
                size = sum(p.total_compressed_size for p in parts if p.path_in_schema.partition(".")[0] == column)
                yield RowGroup(data_set, kept, file, number, column, rows, size)


def _labels_of(schema: pa.Schema, card: Mapping[str, Any]) -> dict[str, list[str]]:
    """The names of labels by column and number, from the Parquet file's key `huggingface`, else from the card."""
    try:
        features = dict(json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"])
    except (KeyError, ValueError, TypeError):
        info: Any = card.get("dataset_info") or {}
        listed = (info[0] if isinstance(info, list) else info).get("features") or []
        features = {feature.get("name"): feature.get("dtype") for feature in listed}
    return {name: names for name, feature in features.items() if (names := _label_names(feature))}


def _label_names(feature: Any) -> list[str]:
    """The names in the description of a column of labels, or of a list of them: a list, or by number."""
    if not isinstance(feature, dict):
        return []
    names = feature.get("names")
    if isinstance(names, dict):
        return [str(names[key]) for key in sorted(names, key=int)] if all(map(str.isdigit, names)) else []
    return list(map(str, names)) if names else _label_names(feature.get("class_label") or feature.get("feature"))


def _cleaned(name: str, value: Any, names: list[str] | None) -> Any:
    """A value with the name of its label; names of artists from slugs; styles as in ArtGAN's lists."""
    column = name.lower()
    if isinstance(value, list) and (names or column in _TERMS):
        return [_cleaned(name, one, names) for one in value]
    if names and isinstance(value, int):
        value = names[value].replace("_", " ") if 0 <= value < len(names) else None
    if not isinstance(value, str):
        return value
    text = repair_letters(value)
    if (names or column in _ARTIST | _TERMS) and _UNKNOWN.fullmatch(text.strip()):
        return None
    if column in _ARTIST and " " not in text and text == text.lower():
        return person_from_slug(text)
    if column in _TERMS:
        terms = [part.strip() for part in text.split(",")]
        return [_artgan_style(term) for term in terms] if column.startswith("style") else terms
    return text


def _artgan_style(style: str) -> str:
    """ "Naïve Art (Primitivism)" → "Naive Art Primitivism", as the shipped model has it."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", style) if not unicodedata.combining(c))
    plain = " ".join(re.sub(r"[()_-]", " ", letters).split())
    return _ARTGAN_STYLES.get(plain, plain)


def _is_vector(kind: pa.DataType) -> bool:
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return is_list and (pa.types.is_floating(kind.value_type) or _is_vector(kind.value_type))
