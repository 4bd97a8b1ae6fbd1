"""What the store asks of its tables and writes into them, in a transaction of the caller's.

Each takes a connection of `database.reading` or, if it writes, of `database.changing`.
"""

import hashlib
import sqlite3
from collections.abc import Sequence

from artextract.errors import TrayError
from artextract.trays.tray import (
    FIRST_NAME,
    LONGEST_NAME,
    LONGEST_NOTE,
    MOST_TRAYS,
    MOST_WORKS,
    Item,
    Laid,
    Tray,
    new_token,
)

NOBODY = "There is no tray at this address. Ask whoever sent it for the link again."


def hashed(secret: str) -> bytes:
    """A plain hash is enough: what is hashed is random, not a password."""
    return hashlib.sha256(secret.encode()).digest()


def name_of(text: str) -> str:
    """A tray's name as it is kept: in one line, not too long."""
    return " ".join(kept_text(text).split())[:LONGEST_NAME]


def kept_text(text: str) -> str:
    """What can be kept: halves of characters, which JSON may hold, can't be."""
    return text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")


def current(data: sqlite3.Connection, visitor: str) -> int | None:
    """The tray that the visitor opened last; None if they have none."""
    found = data.execute(
        "SELECT tray FROM keepers WHERE visitor = ? ORDER BY opened DESC LIMIT 1",
        (hashed(visitor),),
    ).fetchone()
    return None if found is None else int(found[0])


def check(data: sqlite3.Connection, visitor: str, tray: int) -> None:
    """See that a tray is the visitor's.

    Raises:
        TrayError: it isn't, or is no more.
    """
    found = data.execute("SELECT 1 FROM keepers WHERE visitor = ? AND tray = ?", (hashed(visitor), tray)).fetchone()
    if found is None:
        raise TrayError("This tray was deleted, or it isn't yours: open the Tray screen again.")


def by_reading(data: sqlite3.Connection, token: str) -> int:
    """The tray that a reading link opens.

    Raises:
        TrayError: it opens none.
    """
    found = data.execute("SELECT id FROM trays WHERE reading = ?", (token,)).fetchone()
    if found is None:
        raise TrayError(NOBODY)
    return int(found[0])


def begin(data: sqlite3.Connection, visitor: str, name: str) -> int:
    """A new tray of the visitor's, opened.

    Raises:
        TrayError: they have as many as there can be.
    """
    count = data.execute("SELECT count(*) FROM keepers WHERE visitor = ?", (hashed(visitor),)).fetchone()[0]
    if count >= MOST_TRAYS:
        raise TrayError(f"You have {count} trays, as many as there can be: delete one first.")
    made = data.execute(
        "INSERT INTO trays (name, reading) VALUES (?, ?)",
        (name_of(name) or FIRST_NAME, new_token()),
    )
    tray = int(made.lastrowid or 0)
    keep(data, visitor, tray)
    return tray


def keep(data: sqlite3.Connection, visitor: str, tray: int) -> None:
    """The tray is the visitor's, and the one opened last."""
    data.execute(
        "INSERT OR REPLACE INTO keepers VALUES "
        "(:visitor, :tray, (SELECT coalesce(max(opened), 0) + 1 FROM keepers "
        "WHERE visitor = :visitor))",
        {"visitor": hashed(visitor), "tray": tray},
    )


def lay(data: sqlite3.Connection, tray: int, works: Sequence[tuple[Laid, str]], before: int | None) -> None:
    """Lay works with notes into a tray, before an item or at the end; those that lie there stay.

    Raises:
        TrayError: it would hold more than `MOST_WORKS`.
    """
    order = order_of(data, tray)
    laid = []
    for work, note in works:
        made = data.execute(
            "INSERT OR IGNORE INTO items (tray, place, collection, work, title, artist, date, note)"
            " VALUES (?, 0, ?, ?, ?, ?, ?, ?)",
            (tray, work.collection, work.work, work.title, work.artist, work.date, kept_text(note)[:LONGEST_NOTE]),
        )
        if made.rowcount:
            laid.append(int(made.lastrowid or 0))
    if len(order) + len(laid) > MOST_WORKS:
        raise TrayError(
            f"A tray holds {MOST_WORKS} works at the most, and this one has {len(order)}: lay "
            "fewer into it, or begin another."
        )
    at = order.index(before) if before in order else len(order)
    write_order(data, order[:at] + laid + order[at:])


def order_of(data: sqlite3.Connection, tray: int) -> list[int]:
    """The items of a tray, the first first."""
    rows = data.execute("SELECT id FROM items WHERE tray = ? ORDER BY place, id", (tray,))
    return [int(row[0]) for row in rows]


def write_order(data: sqlite3.Connection, order: Sequence[int]) -> None:
    """Give items the places in which they come here."""
    data.executemany(
        "UPDATE items SET place = ? WHERE id = ?",
        [(place, item) for place, item in enumerate(order, start=1)],
    )


def tray_of(data: sqlite3.Connection, tray: int) -> Tray:
    """A tray with its works."""
    name, reading = data.execute("SELECT name, reading FROM trays WHERE id = ?", (tray,)).fetchone()
    items = data.execute(
        "SELECT collection, work, title, artist, date, id, note FROM items WHERE tray = ? ORDER BY place, id",
        (tray,),
    )
    return Tray(tray, name, reading, tuple(Item(*row) for row in items))
