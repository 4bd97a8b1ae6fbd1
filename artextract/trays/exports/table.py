"""A tray as a table: CSV in UTF-8, one work per line."""

import csv
import io
from collections.abc import Sequence

from artextract.trays.resolve import ResolvedItem

_FACTS = ("title", "artist", "date", "medium", "note", "licence", "credit", "source_url", "collection", "id", "remark")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # How a formula begins. A spreadsheet would run it.


def tray_csv(works: Sequence[ResolvedItem]) -> bytes:
    """The table, with a byte order mark for spreadsheets.

    Columns: number, title, artist, date, medium, note, licence, credit, source_url, collection, id,
    remark (why the work is not available). A text that begins like a formula gets an apostrophe.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["number", *_FACTS])
    for number, work in enumerate(works, start=1):
        note = work.item.note
        facts = (work.title, work.artist, work.date, work.value("medium"), note, work.value("licence"))
        source = (work.value("credit"), work.page, *work.item.ref, work.gone)
        writer.writerow([number, *(f"'{text}" if text.startswith(_FORMULA) else text for text in (*facts, *source))])
    return file.getvalue().encode("utf-8-sig")
