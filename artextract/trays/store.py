"""The trays of all visitors in a SQLite file: create, fill, order, annotate, share, delete.

The file is opened for each change, so that several processes can share it. A change is one transaction that is on the
disk before it is answered (WAL, synchronous FULL): if a process is killed, every answered change is kept, and no change
is half done.

A visitor is known by a secret of the browser, which is stored as a hash: a person who reads the file cannot act as a
visitor. A tray has one link, for reading. The link's token is not hashed, so that the link can be shown again: a person
who reads the file can read the tray anyway.
"""

import hashlib
import json
import os
import re
import secrets
import sqlite3
import string
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from artextract.errors import BusyError, StorageError, TrayError
from artextract.files import nearest_existing
from artextract.settings import trays_dir

WorkRef = tuple[str, str]  # A collection's name and the id of a work
TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]{31}")
"""Tokens of visitors and links. They begin with a letter, so that no command line reads one as an option, and no
spreadsheet as a number or a formula."""
MAX_WORKS = 200  # Works in a tray
MAX_TRAYS = 50  # Trays of a visitor
MAX_NAME = 120  # Characters
MAX_NOTE = 5000  # Characters
FIRST_NAME = "My tray"
WAIT = 5.0  # Seconds that a change waits for other changes
_VERSION = 3
_TABLE = """
CREATE TABLE IF NOT EXISTS trays (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    visitor BLOB NOT NULL,
    name TEXT NOT NULL,
    link_token TEXT NOT NULL UNIQUE,
    opened INTEGER NOT NULL,
    items TEXT NOT NULL,
    UNIQUE (visitor, id)
)
"""


@dataclass(frozen=True)
class TrayItem:
    """A work in a tray."""

    collection: str
    work: str  # Its id in the collection
    title: str  # Title, artist and date as they were when the work was added: they stay if the work goes
    artist: str = ""
    date: str = ""  # As text
    note: str = ""

    @property
    def ref(self) -> WorkRef:
        """Names the work; a tray holds a work once."""
        return self.collection, self.work


@dataclass(frozen=True)
class Tray:
    """A tray with its works in order."""

    id: int
    name: str
    link_token: str  # Token in its link: anyone who has it can read the tray
    items: tuple[TrayItem, ...]


def new_token() -> str:
    """A secret of 190 random bits that matches `TOKEN`."""
    first = secrets.choice(string.ascii_letters)
    return first + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(31))


@contextmanager
def transaction(file: Path, *, write: bool) -> Iterator[sqlite3.Connection]:
    """A connection in a transaction, for reading or for a change. An exception undoes the transaction.

    Raises StorageError if the file cannot be used or has another version, and BusyError if it is locked for longer
    than `WAIT`.
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
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:  # the other bits say more
            raise BusyError("The trays are in use by another program. Try again in a minute.") from error
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
        raise StorageError(
            f"The trays in {file} were created by a different version. To start with empty trays, move the file "
            "elsewhere."
        )


class TrayStore:
    """The trays in a file. Threads and processes may share it.

    Every method raises StorageError if the file cannot be read or written. Methods that take a tray
    raise TrayError if it does not belong to the visitor or was deleted.
    """

    def __init__(self) -> None:
        self._file = trays_dir() / "trays.sqlite3"

    @property
    def is_writable(self) -> bool:
        """Whether trays can be changed. False on a read-only file system, and without permission to write."""
        existing = nearest_existing(self._file)
        return os.access(existing, os.W_OK) and (existing.is_dir() or os.access(existing.parent, os.W_OK))

    def trays_of(self, visitor: str) -> list[Tray]:
        """A visitor's trays; the first is the one opened last."""
        with transaction(self._file, write=False) as data:
            return _select(data, "visitor = ? ORDER BY opened DESC", _hash(visitor))

    def current(self, visitor: str) -> Tray | None:
        """The tray that a visitor opened last; None if they have none."""
        with transaction(self._file, write=False) as data:
            return _current(data, visitor)

    def read(self, visitor: str, tray: int) -> Tray:
        """One of a visitor's trays."""
        with transaction(self._file, write=False) as data:
            return _owned(data, visitor, tray)

    def shared(self, link_token: str) -> Tray:
        """The tray of a link; TrayError if no tray has this token."""
        with transaction(self._file, write=False) as data:
            if trays := _select(data, "link_token = ?", link_token):
                return trays[0]
        raise TrayError("No tray has this link. Ask the sender for the link again.")

    def create(self, visitor: str, name: str) -> Tray:
        """Create a tray and open it; TrayError if the visitor has `MAX_TRAYS` trays."""
        with transaction(self._file, write=True) as data:
            return _create(data, visitor, name)

    def open(self, visitor: str, tray: int) -> Tray:
        """Open a tray: works are then added to it."""
        with transaction(self._file, write=True) as data:
            found = _owned(data, visitor, tray)
            latest = data.execute("SELECT max(opened) FROM trays WHERE visitor = ?", (_hash(visitor),)).fetchone()[0]
            data.execute("UPDATE trays SET opened = ? WHERE id = ?", (latest + 1, tray))
            return found

    def add(
        self, visitor: str, works: Sequence[TrayItem], tray: int | None = None, before: WorkRef | None = None
    ) -> Tray:
        """Add works with their notes, in this order. Works that the tray already holds stay as they are.

        Without a `tray`, they go to the one opened last, or to a new one. They come directly before the work `before`,
        or last if `before` is None or not in the tray. TrayError for more than `MAX_WORKS` works.
        """

        def add(items: list[TrayItem]) -> list[TrayItem]:
            refs = [item.ref for item in items]
            new = [replace(work, note=_storable(work.note)[:MAX_NOTE]) for work in works if work.ref not in refs]
            if len(items) + len(new) > MAX_WORKS:
                raise TrayError(
                    f"A tray holds up to {MAX_WORKS} works, and this one has {len(items)}. Add fewer works, or "
                    "create another tray."
                )
            position = refs.index(before) if before in refs else len(items)
            return items[:position] + new + items[position:]

        return self._change(visitor, tray, add)

    def remove(self, visitor: str, tray: int, work: WorkRef) -> Tray:
        """Remove a work; nothing happens if the tray does not hold it."""
        return self._change(visitor, tray, lambda items: [item for item in items if item.ref != work])

    def move(self, visitor: str, tray: int, work: WorkRef, before: WorkRef | None) -> Tray:
        """Move a work directly before another one, or to the end if `before` is None.

        A change names neighbours, not positions: it stays right if another tab changes the tray
        first, or if it arrives twice. Nothing moves if one of the two works is gone.
        """

        def move(items: list[TrayItem]) -> list[TrayItem]:
            moved = [item for item in items if item.ref == work]
            others = [item for item in items if item.ref != work]
            refs = [item.ref for item in others]
            if before is not None and before not in refs:
                return items
            position = len(others) if before is None else refs.index(before)
            return others[:position] + moved + others[position:]

        return self._change(visitor, tray, move)

    def write_note(self, visitor: str, tray: int, work: WorkRef, note: str) -> Tray:
        """Write the note on a work, cut after `MAX_NOTE` characters."""
        text = _storable(note)[:MAX_NOTE]
        return self._change(
            visitor, tray, lambda items: [replace(item, note=text) if item.ref == work else item for item in items]
        )

    def rename(self, visitor: str, tray: int, name: str) -> Tray:
        """Rename a tray. An empty name changes nothing."""
        with transaction(self._file, write=True) as data:
            old = _owned(data, visitor, tray)
            new = replace(old, name=_one_line(name) or old.name)
            data.execute("UPDATE trays SET name = ? WHERE id = ?", (new.name, new.id))
            return new

    def delete(self, visitor: str, tray: int) -> None:
        """Delete a tray. Its link no longer works."""
        with transaction(self._file, write=True) as data:
            data.execute("DELETE FROM trays WHERE id = ?", (_owned(data, visitor, tray).id,))

    def _change(self, visitor: str, tray: int | None, change: Callable[[list[TrayItem]], list[TrayItem]]) -> Tray:
        with transaction(self._file, write=True) as data:
            if tray is None:
                old = _current(data, visitor) or _create(data, visitor, FIRST_NAME)
            else:
                old = _owned(data, visitor, tray)
            new = replace(old, items=tuple(change(list(old.items))))
            items = json.dumps([asdict(item) for item in new.items])
            data.execute("UPDATE trays SET items = ? WHERE id = ?", (items, new.id))
            return new


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()  # a plain hash is enough: the secret is random


def _storable(text: str) -> str:
    """Text without unpaired surrogates, which JSON may contain and UTF-8 may not, and with \\n as the line end."""
    return text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")


def _one_line(name: str) -> str:
    return " ".join(_storable(name).split())[:MAX_NAME]


def _select(data: sqlite3.Connection, condition: str, *values: object) -> list[Tray]:
    rows = data.execute(f"SELECT id, name, link_token, items FROM trays WHERE {condition}", values)
    return [
        Tray(number, name, link_token, tuple(TrayItem(**item) for item in json.loads(items)))
        for number, name, link_token, items in rows
    ]


def _current(data: sqlite3.Connection, visitor: str) -> Tray | None:
    trays = _select(data, "visitor = ? ORDER BY opened DESC LIMIT 1", _hash(visitor))
    return trays[0] if trays else None


def _owned(data: sqlite3.Connection, visitor: str, tray: int) -> Tray:
    if not (trays := _select(data, "visitor = ? AND id = ?", _hash(visitor), tray)):
        raise TrayError("This tray was deleted, or it is not yours. Open the Tray screen again.")
    return trays[0]


def _create(data: sqlite3.Connection, visitor: str, name: str) -> Tray:
    count, latest = data.execute(
        "SELECT count(*), coalesce(max(opened), 0) FROM trays WHERE visitor = ?", (_hash(visitor),)
    ).fetchone()
    if count >= MAX_TRAYS:
        raise TrayError(f"You have {count} trays, which is the limit. Delete a tray first.")
    made = data.execute(
        "INSERT INTO trays (visitor, name, link_token, opened, items) VALUES (?, ?, ?, ?, '[]')",
        (_hash(visitor), _one_line(name) or FIRST_NAME, new_token(), latest + 1),
    )
    return _owned(data, visitor, int(made.lastrowid or 0))
