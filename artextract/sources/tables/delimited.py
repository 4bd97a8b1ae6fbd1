"""Reads CSV files with any separator and with common mistakes, and writes them.

Separator and quoting are chosen by trial: the reading in which most rows are as long as the header wins. An unclosed
quotation mark costs at most its own line, not the rows after it.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from artextract.errors import SourceError
from artextract.sources.tables.columns import is_heading

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = "\t;|,"  # In order of preference, if several fit equally well
TRIAL = 2000  # Lines that are read to choose the separator
PREAMBLE = 20  # Lines at most before the header
LONGEST_CELL = 16 * 2**20  # Characters
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # How a formula begins: a spreadsheet would run it (OWASP, CSV Injection)
_HINT = re.compile(r'^"?sep=(.|\\t)"?\s*$', re.IGNORECASE)


def read_delimited(text: Iterable[str], name: str, remarks: list[str]) -> tuple[list[str], list[list[str]]]:
    """The header and the rows (which may be shorter or longer than the header) of a table, from lines with their ends.

    `remarks` gets messages about what was skipped or corrected. Raises SourceError if the table is empty.
    """
    csv.field_size_limit(LONGEST_CELL)
    lines = [line.replace("\0", "") for line in text]
    hint = _HINT.match(lines[0]) if lines else None
    first = 1 if hint else 0
    separators = hint[1].replace("\\t", "\t") if hint else SEPARATORS
    separator, is_escaped, length = _choose(lines[first:TRIAL], separators)
    wrong: dict[int, bool] = {}
    records = list(_records(_escaped(lines) if is_escaped else lines, first, separator, length, wrong))
    at = header_index(records[:PREAMBLE], length)
    if at is None:
        raise SourceError(f"{name} is empty. Choose a table with a header and rows.")
    if at:
        remarks.append(f"{name}: lines skipped before the header: {at}.")
    remarks += _said(wrong, name)
    return records[at], records[at + 1 :]


def csv_bytes(table: "pd.DataFrame") -> bytes:
    """A table as CSV in UTF-8 with a byte order mark, which spreadsheets need to recognise UTF-8.

    A text that begins like a formula gets an apostrophe. Numbers stay as they are.
    """
    safe = table.rename(columns=_harmless)
    for place, kind in enumerate(safe.dtypes):
        if kind.kind not in "biuf":
            safe.isetitem(place, [_harmless(cell) for cell in safe.iloc[:, place]])
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _harmless(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    text = cell.encode("utf-8", "replace").decode()  # names of files may have bytes that are not UTF-8
    return f"'{text}" if text.startswith(_FORMULA) else text


def _escaped(lines: Iterable[str]) -> list[str]:
    """Lines that escape quotation marks by a backslash, with doubled quotation marks instead."""
    return [line.replace('\\"', '""') for line in lines]


def _choose(sample: list[str], separators: str) -> tuple[str, bool, int]:
    """The best separator, whether quotation marks are escaped by backslashes, and the number of columns."""
    escaped = _escaped(sample)
    best, score = (separators[0], False, 1), (0.0, 0)
    for separator in separators:
        for lines in (sample, escaped) if escaped != sample else (sample,):
            wrong: dict[int, bool] = {}
            lengths = Counter(len(record) for record in _records(lines, 0, separator, 0, wrong) if any(record))
            if not lengths or (length := lengths.most_common(1)[0][0]) < 2:
                continue
            share = (lengths[length] - min(len(wrong), lengths[length])) / lengths.total()
            if (round(share, 2), length) > score:
                best, score = (separator, lines is escaped, length), (round(share, 2), length)
    return best


def header_index(start: list[list[str]], length: int) -> int | None:
    """The index of the header among the first records of a table of `length` columns; None without any text."""
    for at, record in enumerate(start):
        if len(record) == length and any(map(is_heading, record)):
            return at
    filled = [sum(bool(cell.strip()) for cell in record) for record in start]
    wide = max(min(length, 2), length / 2)
    return next((at for least in (wide, 1) for at, count in enumerate(filled) if count >= least), None)


def _records(lines: Sequence[str], at: int, separator: str, length: int, wrong: dict[int, bool]) -> Iterator[list[str]]:
    """The records from the index `at` on of a table of `length` columns (0 if not known yet).

    Adds to `wrong` the number of each line with a wrong quotation mark, and whether its record could be read.
    """
    while at < len(lines):
        start = at
        rest = map(lines.__getitem__, range(at, len(lines)))
        reader = csv.reader(rest, delimiter=separator, strict=True)
        try:
            for record in reader:
                at = start + reader.line_num
                yield record
        except csv.Error:
            mended = _mended(lines[at], separator, length)
            wrong[at + 1] = mended is not None
            at += 1
            if mended is not None:
                yield mended


def _mended(line: str, separator: str, length: int) -> list[str] | None:
    """A record with wrong quotation marks: those within words doubled, else all ignored; None if its length is off."""
    edge = re.escape(separator) + '"\r\n'
    doubled = re.sub(rf'(?<!^)(?<![{edge}])"(?![{edge}]|$)', '""', line)
    attempts = [[cell.strip('"').replace('""', '"') for cell in line.rstrip("\r\n").split(separator)]]
    with suppress(csv.Error):
        attempts.insert(0, next(csv.reader([doubled], delimiter=separator, strict=True)))
    return next((cells for cells in attempts if not length or len(cells) == length), None)


def _said(wrong: dict[int, bool], name: str) -> Iterator[str]:
    for was_read, what, then in (
        (True, "with a quotation mark that is not closed or not doubled", "They were read without it; check them."),
        (False, "that could not be read because of their quotation marks", "Correct them and collect again."),
    ):
        if numbers := [f"{number:,}" for number, read in wrong.items() if read == was_read]:
            lines = f"line{'s' * (len(numbers) > 1)} {', '.join(numbers[:5])}{' …' if len(numbers) > 5 else ''}"
            yield f"{name}: rows {what}: {len(numbers):,} ({lines}). {then}"
