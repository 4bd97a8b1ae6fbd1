"""Match the picture names in a table with the files of a folder."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from artextract.sources.tables.cells import Table
from artextract.sources.tables.columns import PICTURE_HEADINGS, fold

_ZEROS = re.compile(r"^0+(?=\d)")
_SAMPLE = 2000  # Rows that are examined to find the columns


class Likeness(IntEnum):
    """How well a name fits a file; more is better."""

    ZEROS = 1  # Only without the leading zeros that spreadsheets remove
    STEM = 2  # Only without the suffix
    NAME = 3


class FileMatch(NamedTuple):
    """The file that a name means."""

    file: str
    likeness: Likeness


class FileMatcher:
    """Finds files by what people call them. Case and Unicode form (NFC, NFD) do not matter."""

    def __init__(self, files: Iterable[str]) -> None:
        """Take the paths of all files below a folder, with slashes."""
        self._by: dict[Likeness, dict[str, str | None]] = {likeness: {} for likeness in Likeness}
        for file in files:
            for tail in _tails(_plain(file)):
                for likeness, key in zip(Likeness, (_without_zeros(_stem(tail)), _stem(tail), tail), strict=True):
                    known = self._by[likeness]
                    known[key] = file if known.get(key, file) == file else None  # None if several files fit

    def find(self, name: str) -> FileMatch | None:
        """The file that a path, an address, a file name or a name without its suffix means; None if none or several.

        A path from another root (`C:\\scans\\001.jpg`, `https://…/001.jpg`) is known by its last parts.
        """
        for likeness in reversed(Likeness):
            for tail in _tails(_path_in(name)):
                for key in _keys(tail, likeness):
                    if key in self._by[likeness]:
                        file = self._by[likeness][key]
                        return None if file is None else FileMatch(file, likeness)
        return None


def file_columns(table: Table, matcher: FileMatcher) -> list[str]:
    """The columns whose values name files, the best first."""
    scores: dict[str, int] = {}
    for name in table.columns:
        values = {row[name] for row in table.rows[:_SAMPLE] if name in row}
        found = [match for value in values if (match := matcher.find(value)) is not None]
        if len(found) * 5 >= len(values) or fold(name) in PICTURE_HEADINGS:
            scores[name] = sum(match.likeness for match in found) * (2 if fold(name) in PICTURE_HEADINGS else 1)
    return sorted((name for name, score in scores.items() if score), key=lambda name: -scores[name])


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _path_in(name: str) -> str:
    """A name as a path with slashes, without the server of an address."""
    text = _plain(name.strip().replace("\\", "/"))
    if "://" in text:
        try:
            text = urlsplit(text).path
        except ValueError:
            text = text.partition("://")[2]
    return text.removeprefix("./").strip("/")


def _tails(path: str) -> Iterator[str]:
    """The path, and the path without its first folders, down to the file name."""
    yield path
    while path := path.partition("/")[2]:
        yield path


def _keys(tail: str, likeness: Likeness) -> list[str]:
    """The ways to write a tail at a level of likeness; an address may be percent-encoded."""
    forms = dict.fromkeys([tail, _plain(unquote(tail))])
    if likeness == Likeness.NAME:
        return list(forms)
    stems = dict.fromkeys(key for form in forms for key in (form, _stem(form)))
    return list(stems) if likeness == Likeness.STEM else [_without_zeros(stem) for stem in stems]


def _stem(path: str) -> str:
    head, dot, suffix = path.rpartition(".")
    return head if dot and head and "/" not in suffix else path


def _without_zeros(path: str) -> str:
    """A path whose file name is a number, without its leading zeros."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{_ZEROS.sub('', name)}" if name.isdigit() else path
