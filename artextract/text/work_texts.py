"""The texts of a work: its fields, and the passages that are compared by meaning."""

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
FIELD_WEIGHTS = {"title": 2.0, "artist": 2.0, "terms": 1.5, "medium": 0.7, "description": 1.0}
"""How much a matching word counts in each field."""
FIELDS_WITHOUT_MEANING = ("artist",)
"""The embedding would compare names by their sound."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ“\"'(])")
_LETTER = re.compile(r"[^\W\d_]")
SHORT_SENTENCE = 4
"""Words; a shorter sentence says nothing alone and is joined with the sentence before."""


def fields_of(work: Mapping[Any, Any]) -> dict[str, str]:
    """The texts of a row of the work table by field, without empty fields."""
    texts = {
        field: ", ".join(str(work[column]) for column in columns if not pd.isna(work.get(column)))
        for field, columns in FIELDS.items()
    }
    return {field: text for field, text in texts.items() if text}


def passages_of(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """Field and text of each passage that is compared by meaning.

    A description is compared sentence by sentence: the average of a long text is near nothing.
    Passages without a letter are left out.
    """
    return [
        (field, passage)
        for field, text in fields.items()
        if field not in FIELDS_WITHOUT_MEANING
        for passage in (sentences(text) if field == "description" else [text])
        if _LETTER.search(passage)
    ]


def sentences(text: str) -> list[str]:
    """The sentences of a text in order; short ones are joined with the sentence before."""
    joined: list[str] = []
    for sentence in _SENTENCE_END.split(text.strip()):
        if joined and len(sentence.split()) < SHORT_SENTENCE:
            joined[-1] += f" {sentence}"
        elif sentence:
            joined.append(sentence)
    return joined
