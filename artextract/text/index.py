"""The index of what was written of a collection's works: one SQLite file beside it.

    words/index.sqlite     the works' texts for SQLite's full-text search (FTS5: BM25, English word
                           stems, accents set aside), and the vectors of their passages

Works are added some hundreds at a time, each time in one transaction: a killed run loses what it
was at, and the next goes on from there. A work whose texts are as they were is left alone.

SQLite's own engine because it is in Python's standard library, its file is never half written, and
it marks the words that it found in each field. Tantivy's package is as good and a millisecond
quicker (docs/measured.md), but keeps a folder of segments beside the vectors' file; DuckDB's
extension doesn't follow changes and comes for one release of DuckDB.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from artextract.collection import Collection
from artextract.errors import StorageError
from artextract.files import only_writer
from artextract.progress import Report, Stage, silent
from artextract.text.text_embedding import TextEmbedder, text_embedder
from artextract.text.work_texts import FIELDS, fields_of, passages_of

PART = 512
"""Works in a transaction: under a second's work."""
FORMAT = "1"
"""Of the file; one of another is made anew."""
WAIT = 30.0
"""Seconds to wait for a transaction of somebody else's."""

_TABLES = f"""
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE works (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, digest TEXT NOT NULL);
CREATE TABLE passages (number INTEGER PRIMARY KEY, text TEXT UNIQUE NOT NULL, vector BLOB NOT NULL);
CREATE TABLE passages_of_works (
    work INTEGER NOT NULL, field TEXT NOT NULL, passage INTEGER NOT NULL
);
CREATE INDEX by_work ON passages_of_works (work);
CREATE VIRTUAL TABLE texts USING fts5(
    {", ".join(FIELDS)}, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""


@dataclass(frozen=True)
class WordsReport:
    """What an indexing run did."""

    collection: str
    works: int
    """Works in the table."""
    described: int
    """Works that have a description of their picture."""
    computed: int
    """Works whose texts were read now."""
    reused: int
    """Works whose texts were as they had been."""
    passages: int
    """Different passages that are compared by meaning."""
    seconds: float
    works_per_second: float | None
    """None if nothing was computed."""

    def sentence(self) -> str:
        """What the run did."""
        return (
            f"Indexed {self.computed:,} works of {self.collection} ({self.reused:,} were already indexed; "
            f"{self.described:,} have a picture description)."
        )


def index_file(collection: Collection) -> Path:
    """Where a collection's index lies (or will)."""
    return collection.root / "words" / "index.sqlite"


def is_ready(collection: Collection) -> bool:
    """Whether the index is there and of the collection's present works."""
    try:
        with closing(open_index(collection)) as index:
            return _about(index) == _stamp(collection, text_embedder())
    except (OSError, sqlite3.Error):
        return False


def open_index(collection: Collection) -> sqlite3.Connection:
    """The index for reading, in this thread.

    Raises:
        OSError: there is none.
        sqlite3.Error: it is damaged.
    """
    file = index_file(collection)
    if not file.is_file():
        raise FileNotFoundError(str(file))
    return sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=WAIT)


def index_words(collection: Collection, report: Report = silent) -> WordsReport:
    """Bring the index of a collection's texts up to date: reads what is new or changed.

    It can be stopped by raising `Stopped` in `report`, or killed: the next run goes on from there.

    Raises:
        CollectionError: the collection has no works.
        WeightsError: the embedding of words can't be had.
        StorageError: the index can't be written.
    """
    began = time.monotonic()
    embedder = text_embedder()
    # Taken before the works are read: if they change meanwhile, the next run sees that.
    stamp = _stamp(collection, embedder)
    works = collection.works()
    rows = works.astype(object).to_dict("records")
    folder = index_file(collection).parent
    with (
        only_writer(folder, f"search by words of {collection.name}"),
        _writing(collection) as index,
    ):
        known = dict(index.execute("SELECT id, digest FROM works"))
        texts = {str(row["id"]): fields_of(row) for row in rows}
        digests = {work: _digest(fields) for work, fields in texts.items()}
        _drop(index, [work for work in known if digests.get(work) != known[work]])
        missing = [work for work in digests if known.get(work) != digests[work]]
        stage = Stage("Reading the works' texts", len(missing), report)
        for start in range(0, len(missing), PART):
            part = missing[start : start + PART]
            _add(index, {work: texts[work] for work in part}, digests, embedder)
            index.commit()
            stage.advance(len(part))
        index.execute("DELETE FROM passages WHERE number NOT IN (SELECT passage FROM passages_of_works)")
        index.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", stamp.items())
        index.commit()
        (passages,) = index.execute("SELECT count(*) FROM passages").fetchone()
    seconds = time.monotonic() - began
    return WordsReport(
        collection=collection.name,
        works=len(works),
        described=int(works["description"].notna().sum()),
        computed=len(missing),
        reused=len(works) - len(missing),
        passages=int(passages),
        seconds=seconds,
        works_per_second=len(missing) / seconds if missing else None,
    )


@contextmanager
def _writing(collection: Collection) -> Iterator[sqlite3.Connection]:
    """The index for writing, made (anew, if it is damaged or of another kind) where need be."""
    file = index_file(collection)
    try:
        if not _is_ours(file):
            for name in (file, file.with_name(f"{file.name}-journal")):
                name.unlink(missing_ok=True)
        with closing(sqlite3.connect(file, timeout=WAIT)) as index:
            if not index.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                index.executescript(f"BEGIN; {_TABLES} COMMIT;")
            index.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", ("kind", _kind()))
            index.commit()
            yield index
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"{file} could not be written ({error}): see that the disk has space and the folder "
            "is yours to write to, and run it again."
        ) from error


def _is_ours(file: Path) -> bool:
    """Whether it is an index of this form by this embedding of words, or there is none."""
    if not file.exists():
        return True
    try:
        with closing(sqlite3.connect(file, timeout=WAIT)) as index:
            return _about(index).get("kind") == _kind()
    except sqlite3.Error:
        return False


def _kind() -> str:
    return f"{FORMAT}-{text_embedder().fingerprint}"


def _stamp(collection: Collection, embedder: TextEmbedder) -> dict[str, str]:
    """What the whole index says of itself."""
    return {"kind": f"{FORMAT}-{embedder.fingerprint}", "works": collection.version()}


def _about(index: sqlite3.Connection) -> dict[str, str]:
    return dict(index.execute("SELECT name, value FROM about"))


def _digest(fields: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


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
    """Add works, their texts by field and the vectors of their passages."""
    passages = {work: passages_of(fields) for work, fields in texts.items()}
    wanted = {text for parts in passages.values() for _, text in parts}
    new = [text for text in sorted(wanted) if _passage(index, text) is None]
    vectors = embedder.embed(new).astype(np.float16)
    index.executemany(
        "INSERT INTO passages (text, vector) VALUES (?, ?)",
        [(text, vector.tobytes()) for text, vector in zip(new, vectors, strict=True)],
    )
    for work, fields in texts.items():
        number = index.execute("INSERT INTO works (id, digest) VALUES (?, ?)", (work, digests[work])).lastrowid
        index.execute(
            f"INSERT INTO texts (rowid, {', '.join(FIELDS)}) VALUES (?{', ?' * len(FIELDS)})",
            (number, *(fields.get(field) for field in FIELDS)),
        )
        index.executemany(
            "INSERT INTO passages_of_works VALUES (?, ?, ?)",
            [(number, field, _passage(index, text)) for field, text in passages[work]],
        )


def _passage(index: sqlite3.Connection, text: str) -> int | None:
    found = index.execute("SELECT number FROM passages WHERE text = ?", (text,)).fetchone()
    return None if found is None else int(found[0])
