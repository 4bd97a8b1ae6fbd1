"""A tray as a table, one work per line: CSV in UTF-8, or a workbook (XLSX), which any spreadsheet opens in columns."""

import io
from collections.abc import Iterator, Sequence

import pandas as pd

from artextract.sources.tables.delimited import csv_bytes
from artextract.trays.resolve import ResolvedItem

COLUMNS = (
    *("number", "title", "artist", "date", "medium", "note", "licence", "credit", "source_url", "collection", "id"),
    "remark",  # Why the work is not available
)


def tray_csv(works: Sequence[ResolvedItem]) -> bytes:
    """The table with `COLUMNS`, as `csv_bytes` writes it."""
    return csv_bytes(pd.DataFrame([(number, *texts) for number, texts in _rows(works)], columns=COLUMNS))


def tray_xlsx(works: Sequence[ResolvedItem]) -> bytes:
    """A workbook with one sheet of `COLUMNS`; texts are never formulas or links."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Works")
        sheet.write_row(0, 0, COLUMNS)
        for row, (number, texts) in enumerate(_rows(works), start=1):
            sheet.write_number(row, 0, number)
            for column, text in enumerate(texts, start=1):
                sheet.write_string(row, column, text)
    return file.getvalue()


def _rows(works: Sequence[ResolvedItem]) -> Iterator[tuple[int, list[str]]]:
    for number, work in enumerate(works, start=1):
        facts = (work.title, work.artist, work.date, work.value("medium"), work.item.note, work.value("licence"))
        yield number, [*facts, work.value("credit"), work.page, *work.item.ref, work.gone]
