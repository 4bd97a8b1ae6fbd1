"""Works from the canvases of IIIF manifests: which canvases are works, their ids, and their metadata as columns."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from artextract.metadata.dates import years_in
from artextract.sources.base import ColumnUse
from artextract.sources.iiif.canvases import CanvasImage, Description, lines_of
from artextract.sources.iiif.walking import FoundManifest
from artextract.sources.plain_text import plain_text
from artextract.sources.tables.cells import Table
from artextract.sources.tables.columns import plan_columns
from artextract.sources.tables.works import WorkReader

FACTS = "facts"  # The column for labels that few works have
_LONGEST_ID = 100
_GENERIC = re.compile(r"iiif|api|presentation|manifests?|canvas(?:es)?|metadata|info|v\d")
"""Parts of addresses that say nothing of a work."""
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


@dataclass(frozen=True)
class IiifWork:
    """A work as its manifest describes it."""

    address: str  # Id of its canvas, or of its manifest if the manifest has no other work
    image: CanvasImage
    facts: dict[str, Any]  # The arguments of a `SourceWork` that describe it; `extra` has its other labels
    details: dict[str, str | None]  # Columns of every IIIF work


def works_of(found: FoundManifest, each: str | None, uses: Uses, left_out: Counter[str]) -> Iterator[IiifWork]:
    """The works of a manifest.

    Args:
        found: the manifest.
        each: what is a work, "canvas" or "manifest". None: the manifest if a list has it, else the canvas.
        uses: receives how each label of the metadata is used.
        left_out: counts what is not taken: "views" are further pictures of manifests from which only the first was
            taken; "manifests" have no picture; "canvas", "canvas Video" … have no picture; "layered" are works whose
            canvas has several pictures, of which one was taken.
    """
    whole = found.manifest.about
    canvases = found.manifest.canvases
    pictured = [canvas for canvas in canvases if canvas.image is not None]
    one = each == "manifest" or (each is None and found.listed)
    taken = pictured[:1] if one else pictured
    left_out["views"] += len(pictured) - len(taken)
    left_out["manifests"] += not pictured
    left_out["layered"] += sum(canvas.images > 1 for canvas in taken)
    left_out.update(f"canvas {canvas.other}".strip() for canvas in canvases if canvas.image is None)
    single = one or len(pictured) == 1
    home = whole.address if whole.address.startswith("http") else found.address
    for number, canvas in enumerate(taken, start=1):
        if canvas.image is None:
            continue
        facts = describe_work(uses, whole, canvas.about, single)
        own = canvas.about.address
        address = home if single else own if own.startswith("http") else f"{home}/{own or number}"
        image = canvas.image
        details: dict[str, str | None] = {"source_id": address, "note": canvas.note}
        details["manifest"] = found.address if found.address.startswith("http") else None
        if image.service is not None and image.region == "full":  # of a region, other programs would show the whole
            size = image.service.size or image.shape or (None, None)
            details |= {"iiif": image.service.base, "iiif_profile": image.service.profile}
            details |= {name: str(side) for name, side in zip(("iiif_width", "iiif_height"), size, strict=True) if side}
        yield IiifWork(address, image, facts, details)


def finished(works: Sequence[IiifWork]) -> Iterator[tuple[str, IiifWork, dict[str, Any]]]:
    """The works, each with a unique and readable id that stays the same in later runs, and its facts.

    A label becomes a column if at least a tenth of the works have it; the others are together in `FACTS`.
    """
    counts = Counter(label for work in works for label, value in work.facts["extra"].items() if value)
    taken: set[str] = set()
    for work in works:
        unique = readable_id(work.address)
        if unique in taken:
            unique = f"{unique}-{_digest(f'{work.address} {work.image.address}')}"
        taken.add(unique)
        columns: dict[str, str | None] = {}
        rare = []
        for label, value in work.facts["extra"].items():
            if value and 10 * counts[label] >= len(works):
                columns[f"{label}_in_metadata" if label in work.details else label] = value
            elif value:
                rare.append(f"{label.replace('_', ' ')}: {value}")
        extra = columns | {FACTS: "; ".join(rare) or None} | work.details
        yield unique, work, work.facts | {"extra": extra}


def readable_id(address: str) -> str:
    """An address as the id of a work: its host and what is particular in its path, at most 100 characters.

    "https://example.org/iiif/manifests/object/299843/manifest.json" is "example.org/object/299843".
    """
    parts = urlsplit(address)
    path = "/".join([parts.path, parts.query, parts.fragment]).split("/")
    particular = [
        part for word in path if (part := unquote(word).removesuffix(".json")) and not _GENERIC.fullmatch(part)
    ]
    words = "/".join([parts.netloc, *particular])
    readable = re.sub(r"[^\w./:-]+", "-", words).strip("-/")
    if len(readable) <= _LONGEST_ID:
        return readable
    return f"{readable[: _LONGEST_ID - 50]}…{readable[-40:]}-{_digest(address)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


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
