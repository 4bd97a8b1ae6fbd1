"""The text index of a collection: one SQLite file with a full-text index and passage embeddings.

    text/index.sqlite      texts for SQLite's FTS5 (BM25, English stemming, accents ignored), and the
                           embeddings of the texts' passages
    text/index.crc32       the checksum of that file; there is none while the index is incomplete

Works are added in transactions, so a killed run continues where it stopped. Works with unchanged
texts are not indexed again.

Why SQLite: it is in Python's standard library, its file is never half written, and FTS5 marks the
matching words in each field. Tantivy is as good and 1 ms faster (docs/measured.md), but keeps a
folder of segments next to the embeddings. DuckDB's extension does not follow changes.
"""

import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.errors import StorageError
from artextract.features.workers import JobResult
from artextract.files import file_checksum, only_writer, say_damaged, write_bytes
from artextract.progress import Report, Stage, silent
from artextract.sources.tables.columns import is_number_heading
from artextract.text.spelling import other_spellings
from artextract.text.text_embedding import TextEmbedder, text_embedder

FIELDS = {
    "title": ("title",),
    "number": ("id",),
    "artist": ("artist",),
    "terms": ("style", "school", "theme", "genre", "classification"),
    "medium": ("medium",),
    "description": ("description",),
}
"""Field → the columns of the work table that it holds; "number" also holds the object number of the source."""
FIELD_WEIGHTS = {"title": 2.0, "number": 2.0, "artist": 2.0, "terms": 1.5, "medium": 0.7, "description": 1.0}
"""How much a matching word counts in each field."""
SPELLINGS_WEIGHT = 1.5
"""How much a word counts that matches in another spelling, in any field."""
FIELDS_WITHOUT_MEANING = ("artist", "number")  # The embedding would compare them by their sound

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ“\"'(])")
_LETTER = re.compile(r"[^\W\d_]")
SHORT_SENTENCE = 4  # Words; a shorter sentence says nothing alone and is joined with the sentence before


def fields_of(work: Mapping[Any, Any]) -> dict[str, str]:
    """The texts of a row of the work table by field, without empty fields."""
    columns_of = FIELDS | {"number": ("id", *(name for name in work if name != "id" and is_number_heading(name)))}
    texts = {
        field: ", ".join(str(work[column]) for column in columns if not pd.isna(work.get(column)))
        for field, columns in columns_of.items()
    }
    return {field: text for field, text in texts.items() if text}


def passages_of(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """Field and text of each passage that is compared by meaning.

    A description is compared sentence by sentence: the average of a long text is near nothing.
    Passages without a letter are left out.
    """
    return [
        (field, passage)
        for field, text in fields.items()
        if field not in FIELDS_WITHOUT_MEANING
        for passage in (sentences(text) if field == "description" else [text])
        if _LETTER.search(passage)
    ]


def sentences(text: str) -> list[str]:
    """The sentences of a text in order; short ones are joined with the sentence before."""
    joined: list[str] = []
    for sentence in _SENTENCE_END.split(text.strip()):
        if joined and len(sentence.split()) < SHORT_SENTENCE:
            joined[-1] += f" {sentence}"
        elif sentence:
            joined.append(sentence)
    return joined


WORKS_PER_TRANSACTION = 512  # Less than a second's work
FORMAT = "3"  # Version of the file's format; an index of another version is rebuilt
TIMEOUT = 30.0  # Seconds to wait for another process's transaction

_TABLES = f"""
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE works (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, digest TEXT NOT NULL);
CREATE TABLE passages (number INTEGER PRIMARY KEY, text TEXT UNIQUE NOT NULL, vector BLOB NOT NULL);
CREATE TABLE passages_of_works (
    work INTEGER NOT NULL, field TEXT NOT NULL, passage INTEGER NOT NULL
);
CREATE INDEX by_work ON passages_of_works (work);
CREATE VIRTUAL TABLE texts USING fts5(
    {", ".join(FIELDS)}, spellings, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""


def index_file(collection: Collection) -> Path:
    """The path of a collection's index, whether the file exists or not."""
    return collection.root / "text" / "index.sqlite"


def is_indexed(collection: Collection) -> bool:
    """Whether the index covers the collection's present works."""
    try:
        with closing(open_index(collection)) as index:
            is_complete = _checksum_file(index_file(collection)).exists()
            return is_complete and _about(index) == _stamp(collection, text_embedder())
    except (OSError, sqlite3.Error):
        return False


def open_index(collection: Collection) -> sqlite3.Connection:
    """A read-only connection for this thread.

    Raises:
        OSError: no index.
        sqlite3.Error: the index is damaged.
    """
    file = index_file(collection)
    if not file.is_file():
        raise FileNotFoundError(str(file))
    if _is_damaged(file):
        raise sqlite3.DatabaseError(f"{file} is damaged")
    return sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=TIMEOUT)


def index_text(collection: Collection, report: Report = silent) -> JobResult:
    """Index the texts of a collection's new and changed works. If there are none, the index may be read-only.

    `report` may raise `Stopped`. After a stop or a kill the next run continues.

    Raises:
        CollectionError: the collection has no works.
        WeightsError: the text embedding is not available.
        StorageError: the index cannot be written.
    """
    began = time.monotonic()
    embedder = text_embedder()
    # Taken before the works are read: if they change meanwhile, the next run sees the change.
    stamp = _stamp(collection, embedder)
    works = collection.works()
    texts = {str(work["id"]): fields_of(work) for work in works.astype(object).to_dict("records")}
    digests = {
        work: hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest() for work, fields in texts.items()
    }
    if is_indexed(collection):
        return _result(collection, began, len(works), 0)
    file = index_file(collection)
    with only_writer(file.parent, f"text index of {collection.name}"), _writing(file, stamp["kind"]) as index:
        indexed = dict(index.execute("SELECT id, digest FROM works"))
        _drop(index, [work for work in indexed if digests.get(work) != indexed[work]])
        missing = [work for work in digests if indexed.get(work) != digests[work]]
        stage = Stage("Indexing texts", len(missing), report)
        for start in range(0, len(missing), WORKS_PER_TRANSACTION):
            batch = missing[start : start + WORKS_PER_TRANSACTION]
            _add(index, {work: texts[work] for work in batch}, digests, embedder)
            index.commit()
            stage.advance(len(batch))
        index.execute("DELETE FROM passages WHERE number NOT IN (SELECT passage FROM passages_of_works)")
        index.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", stamp.items())
        index.commit()
    return _result(collection, began, len(works), len(missing))


def _result(collection: Collection, began: float, works: int, computed: int) -> JobResult:
    seconds = time.monotonic() - began
    return JobResult(
        collection=collection.name,
        works=works,
        computed=computed,
        reused=works - computed,
        damaged=0,
        failed={},
        seconds=seconds,
        rate=computed / seconds if computed else None,
        done="indexed",
        unit="texts",
    )


@contextmanager
def _writing(file: Path, kind: str) -> Iterator[sqlite3.Connection]:
    """A connection to the index for writing. A damaged index, or one of another `kind`, is replaced by an empty one."""
    try:
        if not _is_usable(file, kind):
            for name in (file, file.with_name(f"{file.name}-journal")):
                name.unlink(missing_ok=True)
        _checksum_file(file).unlink(missing_ok=True)
        with closing(sqlite3.connect(file, timeout=TIMEOUT)) as index:
            if not index.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                index.executescript(f"BEGIN; {_TABLES} COMMIT;")
            index.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", ("kind", kind))
            index.commit()
            yield index
        write_bytes(_checksum_file(file), file_checksum(file).encode())
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"{file} could not be written ({error}). Check the free disk space and the folder's permissions, "
            "then try again."
        ) from error


def _checksum_file(file: Path) -> Path:
    return file.with_suffix(".crc32")


def _is_damaged(file: Path) -> bool:
    """Whether a complete index was changed since it was written."""
    try:
        is_damaged = _checksum_file(file).read_bytes() != file_checksum(file).encode()
    except FileNotFoundError:
        return False
    if is_damaged:
        say_damaged(file, "The texts are indexed again when they are needed.")
    return is_damaged


def _is_usable(file: Path, kind: str) -> bool:
    if not file.exists():
        return True
    if _is_damaged(file):
        return False
    try:
        with closing(sqlite3.connect(file, timeout=TIMEOUT)) as index:
            return _about(index).get("kind") == kind
    except sqlite3.Error:
        return False


def _stamp(collection: Collection, embedder: TextEmbedder) -> dict[str, str]:
    """The rows of the table `about` in a complete index."""
    return {"kind": f"{FORMAT}-{embedder.fingerprint}", "works": collection.version()}


def _about(index: sqlite3.Connection) -> dict[str, str]:
    return dict(index.execute("SELECT name, value FROM about"))


def _drop(index: sqlite3.Connection, works: list[str]) -> None:
    for work in works:
        (number,) = index.execute("SELECT number FROM works WHERE id = ?", (work,)).fetchone()
        index.execute("DELETE FROM texts WHERE rowid = ?", (number,))
        index.execute("DELETE FROM passages_of_works WHERE work = ?", (number,))
        index.execute("DELETE FROM works WHERE number = ?", (number,))


def _add(
    index: sqlite3.Connection,
    texts: Mapping[str, Mapping[str, str]],
    digests: Mapping[str, str],
    embedder: TextEmbedder,
) -> None:
    """Add works: their texts by field, and the embeddings of passages that the index lacks."""
    passages = {work: passages_of(fields) for work, fields in texts.items()}
    wanted = {text for of_work in passages.values() for _, text in of_work}
    new = [text for text in sorted(wanted) if _passage(index, text) is None]
    vectors = embedder.embed(new).astype(np.float16)
    index.executemany(
        "INSERT INTO passages (text, vector) VALUES (?, ?)",
        [(text, vector.tobytes()) for text, vector in zip(new, vectors, strict=True)],
    )
    for work, fields in texts.items():
        number = index.execute("INSERT INTO works (id, digest) VALUES (?, ?)", (work, digests[work])).lastrowid
        index.execute(
            f"INSERT INTO texts (rowid, {', '.join(FIELDS)}, spellings) VALUES (?{', ?' * len(FIELDS)}, ?)",
            (number, *(fields.get(field) for field in FIELDS), other_spellings("\n".join(fields.values()))),
        )
        index.executemany(
            "INSERT INTO passages_of_works VALUES (?, ?, ?)",
            [(number, field, _passage(index, text)) for field, text in passages[work]],
        )


def _passage(index: sqlite3.Connection, text: str) -> int | None:
    row = index.execute("SELECT number FROM passages WHERE text = ?", (text,)).fetchone()
    return None if row is None else int(row[0])
