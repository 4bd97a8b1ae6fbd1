"""Tables out of JSON, JSON Lines and Parquet: nested fields get dotted names such as `images.web.url`."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from artextract.errors import SourceError
from artextract.sources.tables.cells import cell_text
from artextract.sources.tables.text_files import content_of, encoding_of, open_text
from artextract.work_table import TERM_SEPARATOR

DEEPEST = 8  # Levels of nesting
_HOLDERS = ("data", "records", "results", "items", "objects", "artworks", "works", "rows", "bindings", "docs", "hits")
"""Names under which museums' servers return the list of works."""
_FRAMES = ("results", "data", "response", "hits", "query", "pages")  # Names of objects around the list
MOST_FILES = 200_000  # Of a folder with one JSON a work
_LARGEST_BATCH = 10_000  # Rows of a Parquet file at a time


def read_json(path: Path) -> list[dict[str, str]]:
    """The rows of a JSON file (a list, an object that holds the list, or one work) or of JSON Lines.

    Raises:
        SourceError: the file cannot be read, or is not JSON.
    """
    encoding, _ = encoding_of(path)
    with open_text(path, encoding) as text:
        content = text.read().lstrip("\ufeff")
    try:
        return [flat(record) for record in _records(json.loads(content))]
    except (ValueError, RecursionError) as error:
        lines = [line for line in content.splitlines() if line.strip()]
        try:
            return [flat(record) for line in lines for record in _records(json.loads(line.strip()))]
        except (ValueError, RecursionError):
            raise SourceError(f"{path.name} is not JSON ({error}). Download it again.") from error


def read_json_folder(folder: Path) -> list[dict[str, str]]:
    """The rows of a folder with one JSON file a work, subfolders included.

    Raises:
        SourceError: the folder has no JSON, or a file cannot be read.
    """
    files = sorted(path for path in folder.rglob("*.json") if not path.name.startswith("."))
    if not files:
        raise SourceError(f"The folder {folder} has no JSON files. Choose a table, or a folder with one JSON per work.")
    if len(files) > MOST_FILES:
        raise SourceError(f"The folder {folder} has more than {MOST_FILES:,} JSON files. Choose a smaller folder.")
    return [row for file in files for row in read_json(file)]


def read_parquet(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    """The rows of a Parquet file, and the names of the columns that hold bytes, which are left out.

    Raises:
        SourceError: the file cannot be read.
    """
    try:
        with pq.ParquetFile(pa.BufferReader(content_of(path))) as file:
            schema = file.schema_arrow
            binary = [field.name for field in schema if has_bytes(field.type)]
            columns = [name for name in schema.names if name not in binary]
            batches = file.iter_batches(_LARGEST_BATCH, columns=columns)
            return [flat(record) for batch in batches for record in batch.to_pylist()], binary
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{path.name} is not a readable Parquet file ({error}). Download it again.") from error


def flat(record: Any) -> dict[str, str]:
    """A record with dotted names and texts; empty values are left out, several values are joined by "; "."""
    cells: dict[str, list[str]] = {}
    for name, value in _leaves(record, "", 0):
        if text := cell_text(value):
            cells.setdefault(name, []).append(text)
    return {name: TERM_SEPARATOR.join(dict.fromkeys(texts)) for name, texts in cells.items()}


def _leaves(value: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and depth < DEEPEST:
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value) and depth < DEEPEST:
        for inner in value:
            yield from _leaves(inner, name, depth + 1)
    else:
        yield name or "value", value if not isinstance(value, dict | list) else _inner_text(value)


def _inner_text(value: dict[str, Any] | list[Any]) -> str:
    """A list of plain values as text; what is nested deeper than `DEEPEST` as JSON."""
    if isinstance(value, list) and not any(isinstance(inner, dict | list) for inner in value):
        return cell_text(value)
    return json.dumps(value, ensure_ascii=False, default=str) if value else ""


def _records(content: Any) -> Iterable[dict[str, Any]]:
    """The works in the content of a JSON file."""
    if isinstance(content, list):
        if len(content) > 1 and all(isinstance(record, list) for record in content):  # a header and rows
            return [dict(zip(map(str, content[0]), row, strict=False)) for row in content[1:]]
        return [record if isinstance(record, dict) else {"value": record} for record in content]
    if not isinstance(content, dict):
        raise ValueError("it holds a single value, not works")
    if (held := _held(content, 0)) is not None:
        return held
    if (written := _by_pandas(content)) is not None:
        return written
    values = list(content.values())
    if len(values) > 1 and all(isinstance(value, dict) for value in values):  # works by their ids
        return [{"id": key, **value} for key, value in content.items()]
    return [content]


def _by_pandas(content: dict[str, Any]) -> Iterable[dict[str, Any]] | None:
    """The rows of `DataFrame.to_json`, by columns or split; None for anything else."""
    columns, values = content.get("columns"), list(content.values())
    if isinstance(columns, list) and isinstance(content.get("data"), list):
        return _records([columns, *content["data"]])
    if not values or not all(isinstance(value, dict) and value for value in values):
        return None
    numbers = list(dict.fromkeys(key for value in values for key in value))
    if not all(number.isdigit() for number in numbers):
        return None
    return [{name: column.get(number) for name, column in content.items()} for number in numbers]


def _held(content: dict[str, Any], depth: int) -> list[dict[str, Any]] | None:
    """The list of works in an object, or in an object within it."""
    for name in _HOLDERS:
        value = content.get(name)
        if isinstance(value, list) and value and all(isinstance(record, dict) for record in value):
            return [_without_types(record) for record in value] if name == "bindings" else value
    for name in _FRAMES:
        value = content.get(name)
        if not isinstance(value, dict) or depth == 2:
            continue
        if value and all(key.isdigit() and isinstance(page, dict) for key, page in value.items()):  # Wikimedia
            return list(value.values())
        if (held := _held(value, depth + 1)) is not None:
            return held
    return None


def _without_types(binding: dict[str, Any]) -> dict[str, Any]:
    """A row of a SPARQL result: each value alone, without its type and language."""
    return {name: cell.get("value") if isinstance(cell, dict) else cell for name, cell in binding.items()}


def has_bytes(kind: pa.DataType) -> bool:
    """Whether values of a type have bytes, which are no text."""
    if pa.types.is_nested(kind):
        return any(has_bytes(kind.field(i).type) for i in range(kind.num_fields))
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))
