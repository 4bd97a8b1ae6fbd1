"""Turns the rows of a table into works: their columns and their ids."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from artextract.metadata.dates import Years, is_year, year_of, years_in
from artextract.sources.base import ColumnUse
from artextract.sources.plain_text import plain_text
from artextract.sources.tables.cells import Table, unique_name
from artextract.sources.tables.columns import KEYWORD_HEADINGS, fold, is_address, plan_columns
from artextract.sources.tables.picture_column import Kind, PictureName
from artextract.work_table import TERM_COLUMNS, TERM_SEPARATOR

LONGEST_TEXT = 4000  # Longest text of a further column, characters
_SEVERAL = frozenset({*TERM_COLUMNS, "artist", "genre", "classification", "medium"})  # "a|b" is several values here
_LINK = re.compile(r"""<a\s[^>]*href=["']([^"']+)""", re.IGNORECASE)
_MIDNIGHT = re.compile(r"([+-]?\d{4,}-\d\d-\d\d)T00:00:00(?:\.0+)?Z?")
_WHOLE_YEAR = re.compile(r"[+]?(-?\d{4,})-(?:01-01|00-00)")
_EXAMPLE = 60  # Characters


class WorkReader:
    """Reads works out of the rows of a table, and counts what it leaves out."""

    def __init__(
        self,
        table: Table,
        chosen: Mapping[str, str],
        naming: Iterable[str],
        licence: Callable[[Mapping[str, str]], str | None] = lambda _row: None,
    ) -> None:
        """Decide what the columns mean, as in `plan_columns`; `naming` are the columns that name the pictures.

        `licence` gives the licence of the picture of a row, where no column has it. Raises SourceError if a chosen
        column does not exist.
        """
        self._table, self._licence = table, licence
        self.plan = plan_columns(table, chosen, naming)
        self._by_comma = {ours for ours in TERM_COLUMNS if self._has_commas(ours)}
        self._cut: dict[str, None] = {}

    def facts(self, row: Mapping[str, str]) -> dict[str, Any]:
        """The arguments of a `SourceWork` that a row gives, with `extra`, without `id`."""
        named = {ours: row.get(theirs, "") for ours, theirs in self.plan.works.items() if ours != "id"}
        facts: dict[str, Any] = {
            ours: self._text(ours, value) or None for ours, value in named.items() if not ours.startswith("year")
        }
        facts["year_begin"], facts["year_end"] = _years(named)
        date = named.get("date_text") or named.get("year", "")
        facts["date_text"] = _date_words(plain_text(date)) or None
        facts["licence"] = facts.get("licence") or self._licence(row)
        further = self.plan.further
        facts["extra"] = {ours: self._further(theirs, row.get(theirs, "")) for theirs, ours in further.items()}
        return facts

    def remarks(self) -> list[str]:
        """What was left out of the works so far."""
        if not self._cut:
            return []
        return [f"Texts were cut to {LONGEST_TEXT:,} characters in the columns {', '.join(self._cut)}."]

    def columns(self, pictures: Mapping[str, str]) -> list[ColumnUse]:
        """How each column is used; `pictures` has the use of those that name pictures."""
        uses = []
        for name in self._table.columns:
            example = " ".join(next((row[name] for row in self._table.rows if name in row), "").split())
            short = f"{example[:_EXAMPLE]}…" if len(example) > _EXAMPLE else example
            uses.append(ColumnUse(name, pictures.get(name) or self.plan.used_as(name), short))
        return uses

    def _has_commas(self, ours: str) -> bool:
        """Whether the terms of a column are separated by commas, as in the tables of VIKUS."""
        theirs = self.plan.works.get(ours, "")
        values = [row[theirs] for row in self._table.rows if theirs in row]
        return fold(theirs) in KEYWORD_HEADINGS and not any(sign in value for value in values for sign in ";|")

    def _text(self, ours: str, value: str) -> str:
        if ours == "licence" and (link := _LINK.search(value)):
            return link[1]
        if ours == "source_url":
            return value
        text = plain_text(value)
        if ours not in _SEVERAL:
            return text
        separators = r"\s*(?:[,;|]|\^\^)\s*" if ours in self._by_comma else r"\s*(?:[;|]|\^\^)\s*"
        parts = dict.fromkeys(filter(None, re.split(separators, text)))
        names = [part for part in parts if not is_address(part)]  # Europeana adds web addresses to names
        return TERM_SEPARATOR.join(names or parts)

    def _further(self, name: str, value: str) -> str | None:
        text = plain_text(value)
        if len(text) > LONGEST_TEXT:
            self._cut[name] = None
            text = f"{text[:LONGEST_TEXT]}…"
        return text or None


def _years(named: Mapping[str, str]) -> Years:
    """The first and last year: columns of years take precedence over the wording of the date."""
    begin, end = (year_of(named.get(name)) for name in ("year_begin", "year_end"))
    if begin is None and end is None:
        year = named.get("year", "")
        begin, end = (year_of(year),) * 2 if _is_number(year) else years_in(year)
    if begin is None and end is None:
        return years_in(plain_text(named.get("date_text", "")))
    begin, end = (end if begin is None else begin), (begin if end is None else end)
    turned = begin is not None and end is not None and begin > end and is_year(begin) and is_year(end)
    return (end, begin) if turned else (begin, end)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*-?\d+(\.0*)?\s*", text) is not None


def _date_words(text: str) -> str:
    """A date as people write it: without midnight, the decimals of pandas, and a first of January at midnight."""
    if day := _MIDNIGHT.fullmatch(text):
        year = _WHOLE_YEAR.fullmatch(day[1])
        return year[1] if year else day[1]
    return text.partition(".")[0] if _is_number(text) else text


def work_ids(
    rows: Sequence[Mapping[str, str]], column: str | None, pictures: Sequence[PictureName]
) -> tuple[list[str], list[str]]:
    """A unique id for each row, and the ids that were changed to make them unique.

    The id is the row's own (the last part of an address, if that is unique), else the name of its picture file, else
    a digest of the row's texts. A signed address never becomes an id. The second of two equal ids gets " (2)".
    """
    own = [row.get(column, "") if column else "" for row in rows]
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for value in own:
        meant[_tail(value)].add(value)
    names = Counter(map(_picture_name, pictures))
    ids: dict[str, None] = {}
    doubled = []
    for row, value, picture in zip(rows, own, pictures, strict=True):
        name = _picture_name(picture)
        base = value and (_tail(value) if len(meant[_tail(value)]) == 1 else value)
        base = base or (name if name and names[name] == 1 else _digest(row))
        unique = unique_name(base, ids, "{} ({})")
        ids[unique] = None
        if unique != base:
            doubled.append(unique)
    return list(ids), doubled


def _tail(value: str) -> str:
    """The last part of an address; any other id unchanged."""
    return (is_address(value) and unquote(value.rstrip("/").rpartition("/")[2])) or value


def _picture_name(picture: PictureName) -> str:
    """The name of a picture file without its suffix; "" for an address with a query, which may be signed."""
    if picture.kind not in {Kind.FILE, Kind.BESIDE, Kind.PICTURE} or "?" in picture.name:
        return ""
    return unquote(PurePosixPath(urlsplit(picture.name).path.replace("\\", "/")).stem)


def _digest(row: Mapping[str, str]) -> str:
    texts = (f"{name}={value}" for name, value in row.items() if "://" not in value)
    return hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()[:16]
