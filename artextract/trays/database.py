"""The SQLite file of the trays. It is opened for each change, so that several processes can share it.

A change is one transaction that is on the disk before it is answered (WAL, synchronous FULL). If a
process is killed, every answered change is kept, and no change is half done.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from artextract.errors import StorageError

WAIT = 20.0
"""Seconds that a change waits for other changes."""
_VERSION = 2
_TABLE = """
CREATE TABLE IF NOT EXISTS trays (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    visitor BLOB NOT NULL,
    name TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    opened INTEGER NOT NULL,
    items TEXT NOT NULL,
    UNIQUE (visitor, id)
)
"""


@contextmanager
def transaction(file: Path, *, write: bool) -> Iterator[sqlite3.Connection]:
    """A connection in a transaction, for reading or for a change. An exception undoes the transaction.

    Raises:
        StorageError: the file cannot be read or written, is no database, was made by another
            version, or others change it for longer than `WAIT`. A missing file is made.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=WAIT, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            _make_table(connection, file)
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            yield connection
            connection.execute("COMMIT")  # after an exception, closing the connection undoes the transaction
    except (sqlite3.Error, OSError) as error:
        raise StorageError(
            f"The trays cannot be read or written ({error}). Check the file {file} and the free space on its "
            "disk. What was saved before is not lost."
        ) from error


def _make_table(connection: sqlite3.Connection, file: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        file.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    elif version != _VERSION:
        raise StorageError(f"The trays in {file} were made by another version of this program. Move the file away.")
