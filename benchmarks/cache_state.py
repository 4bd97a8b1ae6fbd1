"""What a cache holds, to compare two runs that may have written it in other parts."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq

from artextract.features.shards import PATTERN
from artextract.tensor_files import read_cached

NOT_COMPARED = (".lock", ".arrow", ".crc32", ".complete")


def state(cache: Path) -> dict[str, str]:
    """What a cache holds: a digest for each file, or for all shards of a folder, whatever their order."""
    found: dict[str, str] = {}
    files = sorted(path for path in cache.rglob("*") if path.is_file() and path.suffix not in NOT_COMPARED)
    for file in files:
        name = str(file.relative_to(cache))
        if file.match(PATTERN):
            found[str(file.parent.relative_to(cache))] = digest(*sorted(rows(file.parent)))
        elif file.suffix == ".safetensors":
            arrays = read_cached(file) or {}
            found[name] = digest(*(f"{key}{array.tolist()}" for key, array in sorted(arrays.items())))
        elif file.suffix == ".parquet":
            found[name] = digest(pq.read_table(file).to_pydict())
        elif file.suffix == ".sqlite":
            with closing(sqlite3.connect(file)) as index:
                texts = index.execute("SELECT id, digest FROM works UNION ALL SELECT text, vector FROM passages")
                found[name] = digest(*sorted(map(repr, texts)))
        elif "reports" not in file.parts:
            found[name] = digest(file.read_bytes())
    return found


def rows(folder: Path) -> Iterator[str]:
    """A line for each key of a folder's shards."""
    for file in folder.glob(PATTERN):
        if (arrays := read_cached(file)) is None:
            continue
        keys = arrays.pop("sha256")
        counts = arrays.pop("count", None)
        ends = range(1, len(keys) + 1) if counts is None else counts.cumsum().tolist()
        for key, start, end in zip(keys, [0, *ends], ends, strict=False):
            yield f"{key.tobytes().hex()}{[(name, arrays[name][start:end].tolist()) for name in sorted(arrays)]}"


def digest(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()
