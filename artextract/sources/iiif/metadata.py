"""The metadata of a canvas and its manifest, as columns of the work table."""

import re
from collections.abc import Sequence
from typing import Any

from artextract.metadata.dates import years_in
from artextract.sources.base import ColumnUse
from artextract.sources.iiif.canvases import Description
from artextract.sources.iiif.texts import lines_of
from artextract.sources.plain_text import plain_text
from artextract.sources.tables.columns import plan_columns
from artextract.sources.tables.reading import Table
from artextract.sources.tables.works import WorkReader

_SHORT = 200  # Characters: the lines of a shorter value are parts, such as a name and a life
_PAGE = re.compile(
    r"\W*(?:(?:pages?|pp?|pag|seite|s|bl(?:att)?|f(?:f|ol|olios?)?|plate|images?|img|view|object|main|part|item|scan|front|"
    r"back|recto|verso|cover|leaf|sheet|detail|canvas|no|nr|[ivxlcdm]+|\d+|[rva-d]|missing)\b\W*|\d+\s*[rv]?\b\W*)*",
    re.IGNORECASE,
)
"""A label that tells only which page or view a canvas is."""

_NATIONS = (
    "American|Argentine|Australian|Austrian|Belgian|Brazilian|British|Canadian|Chinese|Czech|Danish|Dutch|Egyptian|English|"
    "Finnish|Flemish|French|German|Greek|Hungarian|Indian|Iranian|Irish|Israeli|Italian|Japanese|Korean|Mexican|"
    "Netherlandish|Norwegian|Persian|Polish|Portuguese|Russian|Scottish|Spanish|Swedish|Swiss|Turkish|Ukrainian|Welsh"
)
_ROLE = re.compile(
    r"^(?:artist|maker|creator|painter|author|engraver|draughtsman|photographer)s?\s*:\s*", re.IGNORECASE
)
_LIFE = re.compile(
    rf"\s*(?:\([^()]*(?:\d|{_NATIONS})[^()]*\)$|,\s+(?:(?:{_NATIONS})\b[^,]*,\s*)?(?:(?:born|b\.|active|ca?\.|fl\.|about)\s*)*"
    r"\d{4}.*$)",
    re.DOTALL,
)
"""Nationality and years of a life behind a name."""

Columns = dict[str, str]  # Name → value
Uses = dict[str, ColumnUse]  # Label → how it is used


def person_in(text: str) -> str:
    """The names alone: "Artist: Vincent van Gogh, Dutch, 1853 - 1890" is "Vincent van Gogh"."""
    names = [_LIFE.sub("", _ROLE.sub("", part.strip())).strip() for part in text.split(";")]
    return "; ".join(dict.fromkeys(name for name in names if name)) or text


def describe_work(uses: Uses, whole: Description, canvas: Description, single: bool) -> dict[str, Any]:
    """The arguments of a `SourceWork` that describe it. Values of a canvas take precedence over those of its manifest.

    Args:
        uses: receives how each label is used.
        whole: what the manifest says.
        canvas: what the canvas says.
        single: whether the canvas is the one work of the manifest, so that all of the manifest is about it.
    """
    if canvas.facts and canvas.label and not _PAGE.fullmatch(canvas.label):  # the canvas is described on its own
        single = False
    values = _by_label(whole.facts)
    heading = plan_columns(Table(list(values), [values], []), {}).works
    name = plain_text(values.get(heading.get("title", ""), "")) or whole.label
    for column in () if single else ("title", "description"):
        values.pop(heading.get(column, ""), None)
    values |= _by_label(canvas.facts)
    reader = WorkReader(Table(list(values), [values], []), {}, ())
    for use in reader.columns({}):
        uses.setdefault(use.name, use)
    facts = reader.facts(values)
    facts["title"] = facts.get("title") or _title(name, canvas.label, single)
    extra = facts["extra"] | ({"part_of": name} if name and name != facts["title"] else {})
    facts["description"] = canvas.summary or (whole.summary if single else None) or facts.get("description")
    facts["source_url"] = canvas.page or whole.page or facts.get("source_url")
    if person := facts.get("artist"):
        facts["artist"] = person_in(person)
        extra |= {"artist_statement": person} if facts["artist"] != person else {}
    if not facts.get("date_text") and (date := canvas.date or whole.date):
        facts |= {"date_text": date, "year_begin": years_in(date)[0], "year_end": years_in(date)[1]}
    return facts | _rights(facts, extra, whole, canvas) | {"extra": extra}


def _by_label(facts: Sequence[tuple[str, str]]) -> Columns:
    """Metadata as the row of a table; values of the same label are joined."""
    values: Columns = {}
    for label, value in facts:
        heading = label or "Fact"
        line = ", ".join(lines_of(value)) if len(value) < _SHORT else value
        values[heading] = f"{values[heading]}; {line}" if heading in values else line
    return values


def _title(name: str | None, label: str | None, single: bool) -> str | None:
    """The title of a work, from the name of its manifest and the label of its canvas."""
    if single or not label or (name and label.startswith(name)) or not any(c.isalnum() for c in label):
        return name or label
    return f"{name}, {label}" if name and _PAGE.fullmatch(label) else label


def _rights(facts: dict[str, Any], extra: Columns, whole: Description, canvas: Description) -> dict[str, str | None]:
    """The columns `licence` and `credit`. Words beside the address of a licence become `rights_note` in `extra`."""
    attribution, words = canvas.credit or whole.credit, facts.get("licence")
    licence = canvas.licence or whole.licence
    if licence and words and words != licence:
        extra["rights_note"] = words
    credits = dict.fromkeys(text for text in (facts.get("credit"), attribution) if text)
    credit = "; ".join(credits) or whole.provider
    if whole.provider and credit != whole.provider:
        extra["provider"] = whole.provider
    return {"licence": licence or words, "credit": credit}
