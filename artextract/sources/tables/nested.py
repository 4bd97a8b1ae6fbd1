"""Tables out of JSON, JSON Lines and Parquet: nested fields get dotted names such as `images.web.url`."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from artextract.errors import SourceError
from artextract.sources.tables.cells import cell_text
from artextract.sources.tables.text_files import content_of, encoding_of
from artextract.work_table import TERM_SEPARATOR

DEEPEST = 8  # Levels of nesting
_HOLDERS = (
    *("data", "records", "results", "items", "objects", "artworks", "works", "rows", "bindings", "docs", "hits"),
    *("artObjects", "photo", "features", "orderedItems", "member", "entities", "edges", "@graph"),
)
"""Names under which museums' servers return the list of works."""
_WRAPPERS = ("_source", "properties", "attributes", "fields", "node", "sourceResource")
"""Names of an object in a work that has its facts."""
_FRAMES = ("results", "data", "response", "hits", "query", "pages", "photos")  # Names of objects around the list
_FEW = 3  # Values at most of an object around another that need not have one of these names
_FRAMES_DEEP = 3
MOST_FILES = 200_000  # Limit for a folder with one JSON file per work
_LARGEST_BATCH = 10_000  # Rows of a Parquet file at a time


def read_json(text: str, name: str) -> list[dict[str, str]]:
    """The rows of a JSON file (a list, an object that holds the list, or one work) or of JSON Lines.

    Raises SourceError if the text of the file `name` is not JSON.
    """
    text = text.lstrip("\ufeff")
    try:
        return [flat(_unwrapped(record)) for record in _records(json.loads(text))]
    except (ValueError, RecursionError) as error:
        lines = filter(None, map(str.strip, text.splitlines()))
        try:
            return [flat(_unwrapped(record)) for line in lines for record in _records(json.loads(line))]
        except (ValueError, RecursionError):
            raise SourceError(f"{name} is not JSON ({error}). Download it again.") from error


def read_json_folder(folder: Path) -> list[dict[str, str]]:
    """The rows of a folder with one JSON file per work, subfolders included.

    Raises SourceError if the folder has no JSON, or a file cannot be read.
    """
    files = sorted(path for path in folder.rglob("*.json") if not path.name.startswith("."))
    if not files:
        raise SourceError(f"The folder {folder} has no JSON files. Choose a table, or a folder with one JSON per work.")
    if len(files) > MOST_FILES:
        raise SourceError(f"The folder {folder} has more than {MOST_FILES:,} JSON files. Choose a smaller folder.")
    contents = ((file.name, content_of(file)) for file in files)
    texts = ((name, content.decode(encoding_of(content, name)[0], "replace")) for name, content in contents)
    return [row for name, text in texts for row in read_json(text, name)]


def read_parquet(content: bytes, name: str, remarks: list[str]) -> list[dict[str, str]]:
    """The rows of the Parquet file `name`; adds to the remarks which columns hold bytes and are left out.

    Raises SourceError if the file cannot be read.
    """
    try:
        with pq.ParquetFile(pa.BufferReader(content)) as file:
            binary = [field.name for field in file.schema_arrow if has_bytes(field.type)]
            columns = [column for column in file.schema_arrow.names if column not in binary]
            batches = file.iter_batches(_LARGEST_BATCH, columns=columns)
            rows = [flat(record) for batch in batches for record in batch.to_pylist()]
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{name} is not a readable Parquet file ({error}). Download it again.") from error
    if binary:
        remarks.append(
            f"{name}: columns of pictures or other bytes are not read ({', '.join(binary)}). "
            "Collect a data set of Hugging Face by its name: artextract collect hf OWNER/NAME."
        )
    return rows


def has_bytes(kind: pa.DataType) -> bool:
    """Whether a column of this type holds bytes, also within structs or lists."""
    if pa.types.is_nested(kind):
        return any(has_bytes(kind.field(i).type) for i in range(kind.num_fields))
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def flat(record: Any) -> dict[str, str]:
    """A record with dotted names and texts; empty values are left out, several values are joined by "; "."""
    cells: dict[str, list[str]] = {}
    for name, value in _leaves(record, "", 0):
        if text := cell_text(value):
            cells.setdefault(name, []).append(text)
    return {name: TERM_SEPARATOR.join(dict.fromkeys(texts)) for name, texts in cells.items()}


def _leaves(value: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    is_nested = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict | list) for v in value))
    if not is_nested or not value:
        yield name or "value", "" if value == {} else value
    elif depth == DEEPEST:
        yield name, json.dumps(value, ensure_ascii=False, default=str)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else str(key), depth + 1)
    else:
        for inner in value:
            yield from _leaves(inner, name, depth + 1)


def _unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """A work whose facts stand beside its id, not in an object of their own (Elasticsearch, GeoJSON, Airtable)."""
    inner: dict[str, Any] = next((record[name] for name in _WRAPPERS if isinstance(record.get(name), dict)), {})
    return {**inner, **{name: value for name, value in record.items() if value is not inner and name not in inner}}


def _records(content: Any) -> Iterable[dict[str, Any]]:
    if isinstance(content, list):
        is_table = len(content) > 1 and all(isinstance(record, list) for record in content)  # a header and rows
        rows = (dict(zip(map(str, content[0]), row, strict=False)) for row in content[1:]) if is_table else content
        return [row if isinstance(row, dict) else {"value": row} for row in rows]
    if not isinstance(content, dict):
        raise ValueError("it holds a single value, not works")
    if (held := _held(content, 0)) is not None:
        return held
    if isinstance(content.get("columns"), list) and isinstance(content.get("data"), list):  # pandas, orient="split"
        return _records([content["columns"], *content["data"]])
    values = list(content.values())
    if not values or not all(isinstance(value, dict) for value in values):
        return [content]
    keys = dict.fromkeys(key for value in values for key in value)
    if all(values) and all(key.isdigit() for key in keys):  # pandas, orient="columns"
        return [{name: column.get(key) for name, column in content.items()} for key in keys]
    return [{"id": key, **value} for key, value in content.items()] if len(values) > 1 else [content]  # by their ids


def _held(content: dict[str, Any], depth: int) -> list[dict[str, Any]] | None:
    for name in _HOLDERS:
        value = content.get(name)
        if not isinstance(value, list) or not value or not all(isinstance(record, dict) for record in value):
            continue
        if name != "bindings":
            return value
        # SPARQL gives each value a type and a language
        return [{key: cell.get("value") for key, cell in row.items() if isinstance(cell, dict)} for row in value]
    objects = {name: value for name, value in content.items() if isinstance(value, dict)}
    frames = [name for name in objects if name in _FRAMES or (len(objects) == 1 and len(content) <= _FEW)]
    for value in (objects[name] for name in frames if depth < _FRAMES_DEEP):
        if value and all(key.isdigit() and isinstance(page, dict) for key, page in value.items()):  # Wikimedia
            return list(value.values())
        if (held := _held(value, depth + 1)) is not None:
            return held
    return None
