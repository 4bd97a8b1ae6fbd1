"""A tray as a table: CSV, in UTF-8, a line a work."""

import csv
import io
from collections.abc import Sequence

from artextract.trays.works import Held

_COLUMNS = (
    "number",
    "title",
    "artist",
    "date",
    "medium",
    "note",
    "licence",
    "credit",
    "source_url",
    "collection",
    "id",
    "remark",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula, which could do more than be read."""


def tray_csv(works: Sequence[Held]) -> bytes:
    """The table.

    Columns: number, title, artist, date, medium, note, licence, credit, source_url, collection, id,
    remark (that the work has gone). A text that a spreadsheet would run gets an apostrophe before.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for number, one in enumerate(works, start=1):
        texts = (
            one.title,
            one.artist,
            one.date,
            one.told("medium"),
            one.item.note,
            one.told("licence"),
            one.told("credit"),
            one.page,
            one.item.collection,
            one.item.work,
            one.gone,
        )
        writer.writerow([number, *map(_plain, texts)])
    return file.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
