"""What was written of a work: its fields, and the passages of them that are compared by meaning."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

FIELDS = {
    "title": ("title",),
    "artist": ("artist",),
    "terms": ("style", "school", "theme", "genre", "classification"),
    "medium": ("medium",),
    "description": ("description",),
}
"""Field → the columns of the work table that it holds."""
IMPORTANCE = {"title": 2.0, "artist": 2.0, "terms": 1.5, "medium": 0.7, "description": 1.0}
"""How much a word counts that is found in a field."""
NAMES_ALONE = ("artist",)
"""Fields without meaning: names would be near to what they happen to sound like."""
BETWEEN = ", "

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ“\"'(])")
_LETTER = re.compile(r"[^\W\d_]")
SHORT = 4
"""Words of a sentence that say nothing alone: it goes with the one before."""


def fields_of(work: Mapping[Any, Any]) -> dict[str, str]:
    """The texts of a row of a work table by field; fields without a text are left out."""
    found = {}
    for field, columns in FIELDS.items():
        texts = [str(work[column]) for column in columns if not pd.isna(work.get(column))]
        if texts:
            found[field] = BETWEEN.join(texts)
    return found


def passages_of(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """Field and text of each passage that is compared by meaning.

    A description gives its sentences: an average over all of it would be near to nothing. What
    has no letter means nothing.
    """
    found = []
    for field, text in fields.items():
        if field in NAMES_ALONE:
            continue
        parts = sentences(text) if field == "description" else [text]
        found += [(field, part) for part in parts if _LETTER.search(part)]
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a text, in their order; very short ones go with the one before."""
    found: list[str] = []
    for part in _SENTENCE.split(text.strip()):
        if found and len(part.split()) < SHORT:
            found[-1] += f" {part}"
        elif part:
            found.append(part)
    return found
