"""The file that trays are kept in: SQLite, opened for each change, so that nothing is held.

A change is one transaction, on the disk before it is answered (WAL, synchronous FULL): a process
that is killed loses none that was answered, and leaves none half done. Others wait their turn.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from artextract.errors import StorageError

WAIT = 20.0
"""Seconds that a change waits for others."""
_SCHEMA = """
CREATE TABLE trays (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    reading TEXT NOT NULL UNIQUE,
    editing BLOB UNIQUE
);
CREATE TABLE keepers (
    visitor BLOB NOT NULL,
    tray INTEGER NOT NULL REFERENCES trays ON DELETE CASCADE,
    opened INTEGER NOT NULL,
    PRIMARY KEY (visitor, tray)
);
CREATE TABLE items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tray INTEGER NOT NULL REFERENCES trays ON DELETE CASCADE,
    place INTEGER NOT NULL,
    collection TEXT NOT NULL,
    work TEXT NOT NULL,
    title TEXT NOT NULL,
    artist TEXT NOT NULL,
    date TEXT NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (tray, collection, work)
);
PRAGMA user_version = 1;
"""
_VERSION = 1


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the file, made if it isn't there.

    Raises:
        StorageError: it can't be read or written, is no such file, or is of a newer program.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=WAIT, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            _make(connection, file)
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise StorageError(
            f"The trays can't be read or written ({error}): check the file {file} and the room on "
            "its disk. Nothing that was kept before is lost."
        ) from error


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees the file as it is now, whatever others change meanwhile.

    Raises:
        StorageError: as `opened`.
    """
    with opened(file) as connection:
        connection.execute("BEGIN")
        yield connection


@contextmanager
def changing(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection in a transaction of its own: all of it is kept or, after an exception, none.

    Raises:
        StorageError: as `opened`, or others changed it for longer than `WAIT`.
    """
    with opened(file) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _make(connection: sqlite3.Connection, file: Path) -> None:
    """The tables, if they aren't there yet."""
    version = _version(connection)
    if version == 0:
        file.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")  # of two that come first, the second finds them made
        if _version(connection) == 0:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
        connection.execute("COMMIT")
    elif version > _VERSION:
        raise StorageError(f"The trays in {file} are kept by a newer program: update this one.")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
