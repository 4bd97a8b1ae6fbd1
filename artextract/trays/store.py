"""The trays of all visitors: begun, filled, ordered, noted on, shared.

A visitor is known by a secret of their browser's; a tray has a link for reading and, when it is
asked for, one for editing. The secret and the editing link are kept as hashes alone: whoever reads
the file can't act as a visitor. The reading link is kept as it is, to be shown again: it gives
nothing that the file itself doesn't. No link can be computed from another: each is 192 random bits.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from artextract.errors import TrayError
from artextract.settings import trays_file
from artextract.trays import statements
from artextract.trays.database import changing, reading
from artextract.trays.tray import FIRST_NAME, LONGEST_NOTE, Laid, Line, Tray, new_token


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
                (statements.hashed(visitor),),
            )
            return [Line(*row) for row in rows]

    def current(self, visitor: str) -> Tray | None:
        """The tray that a visitor opened last; None if they have none."""
        with reading(self._file) as data:
            tray = statements.current(data, visitor)
            return None if tray is None else statements.tray_of(data, tray)

    def read(self, visitor: str, tray: int) -> Tray:
        """One of a visitor's trays.

        Raises:
            TrayError: it isn't theirs, or is no more.
        """
        with reading(self._file) as data:
            statements.check(data, visitor, tray)
            return statements.tray_of(data, tray)

    def shared(self, token: str) -> Tray:
        """The tray of a reading link.

        Raises:
            TrayError: there is none.
        """
        with reading(self._file) as data:
            return statements.tray_of(data, statements.by_reading(data, token))

    def begin(self, visitor: str, name: str) -> Tray:
        """A new tray, opened.

        Raises:
            TrayError: the visitor has `MOST_TRAYS`.
        """
        with changing(self._file) as data:
            return statements.tray_of(data, statements.begin(data, visitor, name))

    def open(self, visitor: str, tray: int) -> Tray:
        """Make a visitor's tray the one that works are laid into.

        Raises:
            TrayError: as `read`.
        """
        return self._change(visitor, tray, lambda data: statements.keep(data, visitor, tray))

    def put(
        self,
        visitor: str,
        works: Sequence[Laid],
        tray: int | None = None,
        note: str = "",
        before: int | None = None,
    ) -> Tray:
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
                tray = statements.current(data, visitor)
            if tray is None:
                tray = statements.begin(data, visitor, FIRST_NAME)
            statements.check(data, visitor, tray)
            statements.lay(data, tray, [(work, note) for work in works], before)
            return statements.tray_of(data, tray)

    def take(self, visitor: str, tray: int, items: Sequence[int]) -> Tray:
        """Take items out; those that are out already don't matter.

        Raises:
            TrayError: as `read`.
        """
        return self._change(
            visitor,
            tray,
            lambda data: data.executemany(
                "DELETE FROM items WHERE tray = ? AND id = ?", [(tray, item) for item in items]
            ),
        )

    def place(self, visitor: str, tray: int, item: int, before: int | None) -> Tray:
        """Put an item right before another, or at the end.

        Said by neighbours, not by numbers, it means the same when others moved things meanwhile,
        or when it is said twice. Where one of the two is gone nothing moves.

        Raises:
            TrayError: as `read`.
        """

        def move(data: sqlite3.Connection) -> None:
            order = statements.order_of(data, tray)
            if item == before or item not in order or (before is not None and before not in order):
                return
            order.remove(item)
            order.insert(len(order) if before is None else order.index(before), item)
            statements.write_order(data, order)

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
            found = data.execute("SELECT note FROM items WHERE tray = ? AND id = ?", (tray, item)).fetchone()
            if found is None:
                return
            there = str(found[0])
            mine = statements.kept_text(text)
            both = mine if there in (seen, mine) or not there else f"{there}\n\n{mine}"
            data.execute("UPDATE items SET note = ? WHERE id = ?", (both[:LONGEST_NOTE], item))

        return self._change(visitor, tray, write)

    def rename(self, visitor: str, tray: int, name: str) -> Tray:
        """Call a tray otherwise; a name without a letter changes nothing.

        Raises:
            TrayError: as `read`.
        """
        named = statements.name_of(name)
        return self._change(
            visitor,
            tray,
            lambda data: named and data.execute("UPDATE trays SET name = ? WHERE id = ?", (named, tray)),
        )

    def delete(self, visitor: str, tray: int) -> None:
        """Delete a tray for all who have it; its links lead nowhere from now on.

        Raises:
            TrayError: as `read`.
        """
        with changing(self._file) as data:
            statements.check(data, visitor, tray)
            data.execute("DELETE FROM trays WHERE id = ?", (tray,))

    def editing_link(self, visitor: str, tray: int) -> str:
        """The token of a new editing link. The one before leads nowhere from now on; browsers that
        came by it keep the tray.

        Raises:
            TrayError: as `read`.
        """
        token = new_token()
        self._change(
            visitor,
            tray,
            lambda data: data.execute("UPDATE trays SET editing = ? WHERE id = ?", (statements.hashed(token), tray)),
        )
        return token

    def adopt(self, visitor: str, editing: str) -> Tray:
        """Give a visitor the tray of an editing link, opened.

        Raises:
            TrayError: there is none.
        """
        with changing(self._file) as data:
            found = data.execute("SELECT id FROM trays WHERE editing = ?", (statements.hashed(editing),)).fetchone()
            if found is None:
                raise TrayError(statements.NOBODY)
            statements.keep(data, visitor, int(found[0]))
            return statements.tray_of(data, int(found[0]))

    def copy(self, visitor: str, token: str) -> Tray:
        """A visitor's own copy of the tray of a reading link, opened.

        Raises:
            TrayError: there is none, or the visitor has `MOST_TRAYS`.
        """
        with changing(self._file) as data:
            original = statements.tray_of(data, statements.by_reading(data, token))
            tray = statements.begin(data, visitor, original.name)
            statements.lay(data, tray, [(item, item.note) for item in original.items], None)
            return statements.tray_of(data, tray)

    def _change(self, visitor: str, tray: int, change: Callable[[sqlite3.Connection], object]) -> Tray:
        with changing(self._file) as data:
            statements.check(data, visitor, tray)
            change(data)
            return statements.tray_of(data, tray)
