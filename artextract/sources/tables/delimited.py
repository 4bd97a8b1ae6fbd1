"""CSV and its kin as people have them.

Separator and quoting are chosen by trial: the reading in which most rows are as long as the header wins. An unclosed
quotation mark costs at most its own line, not the rows after it.
"""

import csv
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from artextract.errors import SourceError
from artextract.sources.tables.text_files import encoding_of, open_text

SEPARATORS = "\t;|,"  # In the order of preference between equal readings
TRIAL = 2000  # Lines that are read to choose the separator
PREAMBLE = 20  # Lines at most before the header
LONGEST_CELL = 16 * 2**20  # Characters
LONGEST_RECORD = 40  # Lines of a record with a wrong quotation mark
_HINT = re.compile(r'^"?sep=(.|\\t)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True)
class _Reading:
    """How a table is written."""

    separator: str
    backslash: bool  # Whether a quotation mark within a text is written \\"

    def clean(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines with quotation marks as CSV has them."""
        plain = (line.replace("\0", "") for line in lines)
        return (line.replace('\\"', '""') for line in plain) if self.backslash else plain


@dataclass
class _Trouble:
    """What went wrong in a table."""

    mended: list[int] = field(default_factory=list)  # Line numbers
    lost: list[int] = field(default_factory=list)


def read_delimited(path: Path, is_heading: Callable[[str], bool]) -> tuple[list[str], list[list[str]], list[str]]:
    """Read a table.

    Args:
        path: the file, packed with gzip or not.
        is_heading: whether a text is the name of a column that is known.

    Returns:
        The header, the rows (which may be shorter or longer than the header), and remarks.

    Raises:
        SourceError: the file cannot be read, or has no rows.
    """
    csv.field_size_limit(LONGEST_CELL)
    encoding, remark = encoding_of(path)
    remarks = [remark] if remark else []
    with open_text(path, encoding) as text:
        sample = list(islice(text, TRIAL))
    hint = _HINT.match(sample[0]) if sample else None
    first = 1 if hint else 0
    named = hint[1].replace("\\t", "\t") if hint else ""
    reading, length = _choose(sample[first:], named)
    trouble = _Trouble()
    with open_text(path, encoding) as text:
        records = _records(reading.clean(islice(text, first, None)), reading.separator, length, first, trouble)
        start = list(islice(records, PREAMBLE))
        at = header_index(start, length, is_heading)
        if at is None:
            raise SourceError(f"{path.name} is empty. Choose a table with a header and rows.")
        rows = [*start[at + 1 :], *records]
    if at:
        remarks.append(f"{path.name}: lines skipped before the header: {at}.")
    return start[at], rows, [*remarks, *_told(trouble, path)]


def _choose(sample: list[str], named: str) -> tuple[_Reading, int]:
    """The best reading, and the number of its columns."""
    separators = named or SEPARATORS
    ways = (False, True) if any('\\"' in line for line in sample) else (False,)
    best, columns, score = _Reading(separators[0], False), 1, (0.0, 0)
    for separator in separators:
        for backslash in ways:
            reading, trouble = _Reading(separator, backslash), _Trouble()
            records = list(_records(reading.clean(sample), separator, 0, 0, trouble))
            lengths = Counter(len(record) for record in records if any(record))
            if not lengths or (length := lengths.most_common(1)[0][0]) < 2:
                continue
            wrong = len(trouble.mended) + len(trouble.lost)
            share = (lengths[length] - min(wrong, lengths[length])) / lengths.total()
            if (round(share, 2), length) > score:
                best, columns, score = reading, length, (round(share, 2), length)
    return best, columns


def header_index(start: list[list[str]], length: int, is_heading: Callable[[str], bool]) -> int | None:
    """The index of the header among the first records of a table of `length` columns; None without any text."""
    filled = [sum(bool(cell.strip()) for cell in record) for record in start]
    for at, record in enumerate(start):
        if len(record) == length and any(map(is_heading, record)):
            return at
    wide = (at for at, count in enumerate(filled) if count >= max(min(length, 2), length / 2))
    return next(wide, next((at for at, count in enumerate(filled) if count), None))


class _Lines:
    """Lines that can be given back."""

    def __init__(self, lines: Iterator[str], number: int) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.taken: list[str] = []  # Since the last record
        self.number = number  # Of the last line of the last record

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        return line

    def accept(self, count: int | None = None) -> None:
        """End a record after its first `count` lines; the others are read again."""
        count = len(self.taken) if count is None else count
        self._again.extendleft(reversed(self.taken[count:]))
        self.number += count
        self.taken = []


def _records(lines: Iterator[str], separator: str, length: int, number: int, trouble: _Trouble) -> Iterator[list[str]]:
    """The records of a table of `length` columns (0 if not known yet); `number` lines were read before."""
    source = _Lines(lines, number)
    reader = csv.reader(source, delimiter=separator, strict=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            mended, count = _mend(source.taken[:LONGEST_RECORD], separator, length)
            (trouble.lost if mended is None else trouble.mended).append(source.number + 1)
            source.accept(count)
            reader = csv.reader(source, delimiter=separator, strict=True)
            if mended is not None:
                yield mended
            continue
        source.accept()
        yield record


def _mend(lines: list[str], separator: str, length: int) -> tuple[list[str] | None, int]:
    """A record whose quotation marks are wrong, and the number of its lines; None and 1 if it cannot be read."""
    for count in range(1, len(lines) + 1):
        text = "".join(lines[:count])
        for attempt in _attempts(text, separator):
            try:
                found = list(csv.reader(attempt.splitlines(keepends=True), delimiter=separator, strict=True))
            except csv.Error:
                continue
            if len(found) == 1 and (not length or len(found[0]) == length):
                return found[0], count
        if not length:
            break
    return None, 1


def _attempts(text: str, separator: str) -> Iterator[str]:
    """Texts with better quotation marks: those within words doubled, then one of them doubled or taken out."""
    edge = re.escape(separator) + '"\r\n'
    yield re.sub(rf'(?<!^)(?<![{edge}])"(?![{edge}]|$)', '""', text)
    marks = [match.start() for match in re.finditer('"', text)][:50]
    for at in marks:
        yield f'{text[:at]}"{text[at:]}'
    for at in marks:
        yield text[:at] + text[at + 1 :]
    yield text.replace('"', "")


def _told(trouble: _Trouble, path: Path) -> Iterator[str]:
    def listed(numbers: list[int]) -> str:
        shown = ", ".join(f"{number:,}" for number in numbers[:5])
        return f"line{'s' * (len(numbers) > 1)} {shown}{' …' if len(numbers) > 5 else ''}"

    if trouble.mended:
        yield (
            f"{path.name}: rows with a quotation mark that is not closed or not doubled: {len(trouble.mended):,} "
            f"({listed(trouble.mended)}). They were read without it; check them."
        )
    if trouble.lost:
        yield (
            f"{path.name}: rows that could not be read because of their quotation marks: {len(trouble.lost):,} "
            f"({listed(trouble.lost)}). Correct them and collect again."
        )
