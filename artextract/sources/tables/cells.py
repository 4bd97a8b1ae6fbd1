"""Tables and their cells as text, without types: leading zeros stay."""

import ast
import datetime
import json
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from artextract.work_table import TERM_SEPARATOR

_EMPTY = frozenset({"\\N", "NULL", "null", "NaN", "nan", "[]", "{}"})  # How programs write a missing value
_LINK = re.compile(r"""=HYPERLINK\(\s*"([^"]+)".*\)""", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r'="([^"]*)"')  # Ways to make a spreadsheet keep a number as it is written


@dataclass(frozen=True)
class Table:
    """A table of works; all values are text."""

    columns: list[str]  # Names and order as in the file; repeated names are numbered ("Artist 2")
    rows: list[dict[str, str]]  # Column → value; empty cells are left out
    remarks: list[str]  # Messages about the file for the user


def cell_text(value: Any) -> str:
    """A cell as text: "" for a missing value; the parts of a list are joined by "; ".

    Lists that were written as text (`['Cubism', 'Expressionism']`, Python or JSON syntax) are read as lists;
    a HYPERLINK formula becomes its address.
    """
    if value is None or isinstance(value, bytes) or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return _written(value.strip())
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, Sequence):
        return TERM_SEPARATOR.join(filter(None, map(cell_text, value)))
    return str(value)


def _written(text: str) -> str:
    if text in _EMPTY:
        return ""
    if text.startswith("=") and (match := _LINK.fullmatch(text) or _QUOTED.fullmatch(text)):
        return match[1].strip()
    if text.startswith("[") and text.endswith("]"):
        for read in (json.loads, ast.literal_eval):
            try:
                parts = read(text)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
                return cell_text(parts)
    return text


def unique_name(name: str, taken: Collection[str], form: str = "{} {}") -> str:
    """The name, with the first number from 2 on that makes it differ from those taken, if need be."""
    names = (form.format(name, number) for number in count(2))
    return name if name not in taken else next(new for new in names if new not in taken)
