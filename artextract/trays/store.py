"""The trays of all visitors: begun, filled, ordered, noted on, shared.

A visitor is known by a secret of their browser's; a tray has a link for reading and, when it is
asked for, one for editing. The secret and the editing link are kept as hashes alone: whoever reads
the file can't act as a visitor. The reading link is kept as it is, to be shown again: it gives
nothing that the file itself doesn't. No link can be computed from another: each is 192 random bits.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from artextract.errors import TrayError
from artextract.settings import trays_file
from artextract.trays.database import changing, reading

MOST_WORKS = 200
"""In a tray."""
MOST_TRAYS = 50
"""Of a visitor."""
LONGEST_NAME = 120
LONGEST_NOTE = 5000
"""Characters."""
FIRST_NAME = "My tray"
NOBODY = "There is no tray at this address. Ask whoever sent it for the link again."


@dataclass(frozen=True)
class Laid:
    """A work to lay into a tray, with what shall be known of it should it go."""

    collection: str
    work: str
    """Its id."""
    title: str
    artist: str = ""
    date: str = ""
    """In words."""


@dataclass(frozen=True)
class Item(Laid):
    """A work that lies in a tray."""

    id: int = 0
    """Of this item, in all trays."""
    note: str = ""


@dataclass(frozen=True)
class Tray:
    """A tray with its works, in their order."""

    id: int
    name: str
    reading: str
    """The token of its reading link."""
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Line:
    """A tray in a list of trays."""

    id: int
    name: str
    count: int


def new_token() -> str:
    """A secret of 192 random bits, as 32 letters, digits, hyphens and underscores."""
    return secrets.token_urlsafe(24)


class TrayStore:
    """The trays in a file. Safe to share among threads and processes."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = trays_file() if file is None else file

    def trays_of(self, visitor: str) -> list[Line]:
        """A visitor's trays, the one opened last first."""
        with reading(self._file) as data:
            rows = data.execute(
                "SELECT trays.id, name, (SELECT count(*) FROM items WHERE tray = trays.id) "
                "FROM trays JOIN keepers ON tray = trays.id WHERE visitor = ? ORDER BY opened DESC",
                (_hash(visitor),),
            )
            return [Line(*row) for row in rows]

    def current(self, visitor: str) -> Tray | None:
        """The tray that a visitor opened last; None if they have none."""
        with reading(self._file) as data:
            tray = _current(data, visitor)
            return None if tray is None else _tray(data, tray)

    def read(self, visitor: str, tray: int) -> Tray:
        """One of a visitor's trays.

        Raises:
            TrayError: it isn't theirs, or is no more.
        """
        with reading(self._file) as data:
            _check(data, visitor, tray)
            return _tray(data, tray)

    def shared(self, token: str) -> Tray:
        """The tray of a reading link.

        Raises:
            TrayError: there is none.
        """
        with reading(self._file) as data:
            return _tray(data, _by_reading(data, token))

    def begin(self, visitor: str, name: str) -> Tray:
        """A new tray, opened.

        Raises:
            TrayError: the visitor has `MOST_TRAYS`.
        """
        with changing(self._file) as data:
            return _tray(data, _begin(data, visitor, name))

    def open(self, visitor: str, tray: int) -> Tray:
        """Make a visitor's tray the one that works are laid into.

        Raises:
            TrayError: as `read`.
        """
        return self._change(visitor, tray, lambda data: _keep(data, visitor, tray))

    def put(
        self, visitor: str, works: Sequence[Laid], tray: int | None = None, note: str = "",
        before: int | None = None,
    ) -> Tray:  # fmt: skip
        """Lay works into a tray; those that lie in it stay as they are.

        Args:
            visitor: whose tray.
            works: in the order in which they shall lie.
            tray: which; the one opened last if None, which is begun if there is none.
            note: on each of them.
            before: the item before which they shall lie; at the end if None or gone.

        Raises:
            TrayError: as `read`, or it would hold more than `MOST_WORKS`.
        """
        with changing(self._file) as data:
            if tray is None:
                tray = _current(data, visitor)
            if tray is None:
                tray = _begin(data, visitor, FIRST_NAME)
            _check(data, visitor, tray)
            _lay(data, tray, [(work, note) for work in works], before)
            return _tray(data, tray)

    def take(self, visitor: str, tray: int, items: Sequence[int]) -> Tray:
        """Take items out; those that are out already don't matter.

        Raises:
            TrayError: as `read`.
        """
        return self._change(
            visitor, tray,
            lambda data: data.executemany(
                "DELETE FROM items WHERE tray = ? AND id = ?", [(tray, item) for item in items]
            ),
        )  # fmt: skip

    def place(self, visitor: str, tray: int, item: int, before: int | None) -> Tray:
        """Put an item right before another, or at the end.

        Said by neighbours, not by numbers, it means the same when others moved things meanwhile,
        or when it is said twice. Where one of the two is gone nothing moves.

        Raises:
            TrayError: as `read`.
        """

        def move(data: sqlite3.Connection) -> None:
            order = _order(data, tray)
            if item == before or item not in order or (before is not None and before not in order):
                return
            order.remove(item)
            order.insert(len(order) if before is None else order.index(before), item)
            _write_order(data, order)

        return self._change(visitor, tray, move)

    def write_note(self, visitor: str, tray: int, item: int, text: str, seen: str) -> Tray:
        """Write the note on an item.

        Args:
            visitor: whose tray.
            tray: which.
            item: on which of its items; if that is gone nothing is written.
            text: the note, cut after `LONGEST_NOTE`.
            seen: the note as the writer saw it. Where somebody else has written another meanwhile,
                both are kept, theirs first.

        Raises:
            TrayError: as `read`.
        """

        def write(data: sqlite3.Connection) -> None:
            found = data.execute(
                "SELECT note FROM items WHERE tray = ? AND id = ?", (tray, item)
            ).fetchone()
            if found is None:
                return
            there = str(found[0])
            mine = _text(text)
            both = mine if there in (seen, mine) or not there else f"{there}\n\n{mine}"
            data.execute("UPDATE items SET note = ? WHERE id = ?", (both[:LONGEST_NOTE], item))

        return self._change(visitor, tray, write)

    def rename(self, visitor: str, tray: int, name: str) -> Tray:
        """Call a tray otherwise; a name without a letter changes nothing.

        Raises:
            TrayError: as `read`.
        """
        named = _name(name)
        return self._change(
            visitor, tray,
            lambda data: named
            and data.execute("UPDATE trays SET name = ? WHERE id = ?", (named, tray)),
        )  # fmt: skip

    def delete(self, visitor: str, tray: int) -> None:
        """Delete a tray for all who have it; its links lead nowhere from now on.

        Raises:
            TrayError: as `read`.
        """
        with changing(self._file) as data:
            _check(data, visitor, tray)
            data.execute("DELETE FROM trays WHERE id = ?", (tray,))

    def editing_link(self, visitor: str, tray: int) -> str:
        """The token of a new editing link. The one before leads nowhere from now on; browsers that
        came by it keep the tray.

        Raises:
            TrayError: as `read`.
        """
        token = new_token()
        self._change(
            visitor, tray,
            lambda data: data.execute(
                "UPDATE trays SET editing = ? WHERE id = ?", (_hash(token), tray)
            ),
        )  # fmt: skip
        return token

    def adopt(self, visitor: str, editing: str) -> Tray:
        """Give a visitor the tray of an editing link, opened.

        Raises:
            TrayError: there is none.
        """
        with changing(self._file) as data:
            found = data.execute(
                "SELECT id FROM trays WHERE editing = ?", (_hash(editing),)
            ).fetchone()
            if found is None:
                raise TrayError(NOBODY)
            _keep(data, visitor, int(found[0]))
            return _tray(data, int(found[0]))

    def copy(self, visitor: str, token: str) -> Tray:
        """A visitor's own copy of the tray of a reading link, opened.

        Raises:
            TrayError: there is none, or the visitor has `MOST_TRAYS`.
        """
        with changing(self._file) as data:
            original = _tray(data, _by_reading(data, token))
            tray = _begin(data, visitor, original.name)
            _lay(data, tray, [(item, item.note) for item in original.items], None)
            return _tray(data, tray)

    def _change(
        self, visitor: str, tray: int, change: Callable[[sqlite3.Connection], object]
    ) -> Tray:
        with changing(self._file) as data:
            _check(data, visitor, tray)
            change(data)
            return _tray(data, tray)


def _hash(secret: str) -> bytes:
    """A plain hash is enough: what is hashed is random, not a password."""
    return hashlib.sha256(secret.encode()).digest()


def _name(text: str) -> str:
    return " ".join(_text(text).split())[:LONGEST_NAME]


def _text(text: str) -> str:
    """What can be kept: halves of characters, which JSON may hold, can't be."""
    return text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")


def _current(data: sqlite3.Connection, visitor: str) -> int | None:
    found = data.execute(
        "SELECT tray FROM keepers WHERE visitor = ? ORDER BY opened DESC LIMIT 1", (_hash(visitor),)
    ).fetchone()
    return None if found is None else int(found[0])


def _check(data: sqlite3.Connection, visitor: str, tray: int) -> None:
    """Raises: TrayError: the tray isn't the visitor's, or is no more."""
    found = data.execute(
        "SELECT 1 FROM keepers WHERE visitor = ? AND tray = ?", (_hash(visitor), tray)
    ).fetchone()
    if found is None:
        raise TrayError("This tray was deleted, or it isn't yours: open the Tray screen again.")


def _by_reading(data: sqlite3.Connection, token: str) -> int:
    found = data.execute("SELECT id FROM trays WHERE reading = ?", (token,)).fetchone()
    if found is None:
        raise TrayError(NOBODY)
    return int(found[0])


def _begin(data: sqlite3.Connection, visitor: str, name: str) -> int:
    count = data.execute(
        "SELECT count(*) FROM keepers WHERE visitor = ?", (_hash(visitor),)
    ).fetchone()[0]
    if count >= MOST_TRAYS:
        raise TrayError(f"You have {count} trays, as many as there can be: delete one first.")
    made = data.execute(
        "INSERT INTO trays (name, reading) VALUES (?, ?)", (_name(name) or FIRST_NAME, new_token())
    )
    tray = int(made.lastrowid or 0)
    _keep(data, visitor, tray)
    return tray


def _keep(data: sqlite3.Connection, visitor: str, tray: int) -> None:
    """The tray is the visitor's, and the one opened last."""
    data.execute(
        "INSERT OR REPLACE INTO keepers VALUES "
        "(:visitor, :tray, (SELECT coalesce(max(opened), 0) + 1 FROM keepers "
        "WHERE visitor = :visitor))",
        {"visitor": _hash(visitor), "tray": tray},
    )


def _lay(
    data: sqlite3.Connection, tray: int, works: Sequence[tuple[Laid, str]], before: int | None
) -> None:
    order = _order(data, tray)
    laid = []
    for work, note in works:
        made = data.execute(
            "INSERT OR IGNORE INTO items (tray, place, collection, work, title, artist, date, note)"
            " VALUES (?, 0, ?, ?, ?, ?, ?, ?)",
            (tray, work.collection, work.work, work.title, work.artist, work.date,
             _text(note)[:LONGEST_NOTE]),
        )  # fmt: skip
        if made.rowcount:
            laid.append(int(made.lastrowid or 0))
    if len(order) + len(laid) > MOST_WORKS:
        raise TrayError(
            f"A tray holds {MOST_WORKS} works at the most, and this one has {len(order)}: lay "
            "fewer into it, or begin another."
        )
    at = order.index(before) if before in order else len(order)
    _write_order(data, order[:at] + laid + order[at:])


def _order(data: sqlite3.Connection, tray: int) -> list[int]:
    rows = data.execute("SELECT id FROM items WHERE tray = ? ORDER BY place, id", (tray,))
    return [int(row[0]) for row in rows]


def _write_order(data: sqlite3.Connection, order: Sequence[int]) -> None:
    data.executemany(
        "UPDATE items SET place = ? WHERE id = ?",
        [(place, item) for place, item in enumerate(order, start=1)],
    )


def _tray(data: sqlite3.Connection, tray: int) -> Tray:
    name, reading = data.execute("SELECT name, reading FROM trays WHERE id = ?", (tray,)).fetchone()
    items = data.execute(
        "SELECT collection, work, title, artist, date, id, note FROM items WHERE tray = ? "
        "ORDER BY place, id",
        (tray,),
    )
    return Tray(tray, name, reading, tuple(Item(*row) for row in items))
