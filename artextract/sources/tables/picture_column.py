"""Which columns of a table name pictures: found by their values, not by their names."""

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from artextract.sources.fetching.host_rules import wikimedia_pictures
from artextract.sources.iiif.pictures import picture_at
from artextract.sources.picture_kinds import kind_of_suffix
from artextract.sources.tables.cells import Table


class Kind(StrEnum):
    """What a cell names."""

    PICTURE = "picture"  # The address of a picture file
    IIIF = "IIIF image"
    MANIFEST = "IIIF manifest"
    COMMONS = "file of Wikimedia Commons"
    FILE = "file"  # A path or a file name
    BESIDE = "file beside the table"  # The whole path of a file that was found
    ADDRESS = "address"  # Any other address
    API = "record of an API"  # The address of a JSON document that names the picture
    OTHER = "film, sound or document"
    NOTHING = ""


@dataclass(frozen=True)
class PictureName:
    """What a cell names."""

    kind: Kind
    name: str  # The address, complete and percent-encoded, or the path
    more: tuple[str, ...] = ()  # Further pictures in the same cell


@dataclass(frozen=True)
class PictureColumn:
    """A column that names pictures."""

    name: str
    any_address: bool  # Whether its addresses that do not look like pictures are pictures, too


_SAMPLE = 2000  # Rows that are examined
_PICTURES = frozenset({Kind.PICTURE, Kind.IIIF, Kind.MANIFEST, Kind.COMMONS, Kind.FILE})
_OTHER_KINDS = frozenset({"video", "PDF", "SVG"})
_OTHER_SUFFIXES = frozenset({
    *(".mp3", ".m4a", ".wav", ".ogg", ".flac", ".doc", ".docx", ".txt", ".vtt", ".xml"),
    *(".glb", ".gltf", ".obj", ".zip"),
})
_OTHER_HOSTS = (
    *("youtu.be", "youtube.com", "vimeo.com", "soundcloud.com"),
    *("creativecommons.org", "rightsstatements.org"),
)
_COMMONS_NAME = re.compile(r"(?:file|image|datei|fichier|bestand|archivo|plik|fil):(?!//)(.+\.\w+)", re.IGNORECASE)
_MANIFEST = re.compile(r"https?://.+(?:/manifest(?:\.json)?|/iiif/.+manifest[^/]*|manifests?/[^/]+(?:\.json)?)", re.I)
_WORDS = r"image|img|picture|photo|foto|bild(?!ung)|thumb|afbeelding|billede|scan|vignette|deliveryservice|jpe?g"
_IN_ADDRESS = re.compile(_WORDS, re.IGNORECASE)  # Signs that an address without a suffix is a picture
_IN_HEADING = re.compile(rf"{_WORDS}|iiif|isshownby|media|object_?location", re.IGNORECASE)
_OTHER_VIEW = 9
_RANKS = (
    (_OTHER_VIEW, re.compile(r"additional|alternat|other|verso|detail|more", re.I)),
    (3, re.compile(r"thumb|preview|icon|vignette|small_?square", re.I)),
    (2, re.compile(r"full|print|original|master|max|hi_?res|download|tiff?\b", re.I)),
    (1, re.compile(r"small|medium|web|large", re.I)),
)
_NEXT_ADDRESS = re.compile(r"[;|,\s^]+(?=https?://)")
_WITHIN = re.compile(r"""[("'](https?://[^\s"'()]+)""")  # Attachments of Airtable, Markdown, HTML, =IMAGE("…")
_NEXT_FILE = re.compile(r"\s*[;|]\s*")
_SAFE = "%/:=&?~#+!$,;'@()*[]"  # Characters of an address that are not percent-encoded


def picture_in(cell: str) -> PictureName:
    """What a cell names; of several pictures the first."""
    text = html.unescape(cell.strip())
    if (title := _COMMONS_NAME.fullmatch(text)) and kind_of_suffix(PurePosixPath(title[1]).suffix.lower()):
        text = f"https://commons.wikimedia.org/wiki/File:{quote(title[1])}"  # a page of Wikimedia Commons by its title
    is_address = text.startswith(("http://", "https://", "//"))
    if not is_address and "http" in text and (found := _WITHIN.findall(text)):
        inner, *others = (picture_in(address) for address in found)
        is_picture = inner.kind == Kind.ADDRESS and _kind(text.partition(" (")[0], False) == Kind.FILE
        return PictureName(Kind.PICTURE if is_picture else inner.kind, inner.name, tuple(o.name for o in others))
    first, *more = (_NEXT_ADDRESS if is_address else _NEXT_FILE).split(text)
    name = quote(f"https:{first}" if first.startswith("//") else first, safe=_SAFE) if is_address else first
    return PictureName(_kind(name, is_address), name, tuple(part for part in more if part))


def picture_columns(table: Table) -> list[PictureColumn]:
    """The columns that name pictures, the best first; if one names no picture for a row, the next is tried."""
    found: list[tuple[int, int, str, Counter[Kind]]] = []
    for position, heading in enumerate(table.columns):
        values = [row[heading] for row in table.rows[:_SAMPLE] if heading in row]
        names = [picture_in(value) for value in values]
        kinds = Counter(name.kind for name in names)
        pictures = sum(kinds[kind] for kind in _PICTURES)
        named_so = bool(_IN_HEADING.search(heading))
        if named_so or sum(bool(_IN_ADDRESS.search(name.name)) for name in names) * 2 > len(names):
            pictures += kinds[Kind.ADDRESS]
        if pictures and (pictures * 2 >= len(values) or named_so):
            tiffs = sum(name.name.lower().endswith((".tif", ".tiff")) for name in names) * 2 > len(names)
            scales = kinds[Kind.IIIF] * 2 > len(names)  # then the size in the address does not matter
            rank = next((rank for rank, words in _RANKS if words.search(heading)), 0)
            found.append((0 if scales and rank != _OTHER_VIEW else rank + 3 * tiffs, position, heading, kinds))
    if any(_is_addressed(kinds) for *_, kinds in found):  # file names are redundant if there are addresses
        found = [entry for entry in found if _is_addressed(entry[3]) or entry[3][Kind.FILE] * 2 < entry[3].total()]
    if any(_has_files(kinds) for *_, kinds in found):  # pages are redundant if there are pictures
        found = [entry for entry in found if _has_files(entry[3])]
    found.sort(key=lambda entry: entry[:2])
    views = [entry for entry in found if entry[0] != _OTHER_VIEW] or found[:1]
    return [PictureColumn(heading, kinds[Kind.ADDRESS] * 2 > kinds.total()) for _, _, heading, kinds in views]


def best_picture(row: Mapping[str, str], columns: Sequence[PictureColumn]) -> PictureName:
    """The picture of a row by the first of the columns that names one; else what a column names instead."""
    names = []
    for column in (column for column in columns if column.name in row):
        name = picture_in(row[column.name])
        if name.kind == Kind.ADDRESS and "iiif" in column.name.lower():  # the base address of an image ("…/iiif/abc")
            name = replace(name, kind=Kind.IIIF)
        names.append((name, column.any_address))
    for kinds in (_PICTURES - {Kind.MANIFEST}, {Kind.ADDRESS}, {Kind.MANIFEST}, {Kind.OTHER}):
        for name, any_address in names:
            if name.kind in kinds and (any_address or name.kind != Kind.ADDRESS):
                return name
    return PictureName(Kind.NOTHING, "")


def _is_addressed(kinds: Counter[Kind]) -> bool:
    return sum(count for kind, count in kinds.items() if kind not in {Kind.FILE, Kind.OTHER}) * 2 > kinds.total()


def _has_files(kinds: Counter[Kind]) -> bool:
    return any(kinds[kind] for kind in _PICTURES)


def _kind(name: str, is_address: bool) -> Kind:
    try:
        address = urlsplit(name) if is_address else None
        host = (address.hostname or "") if address else ""
    except ValueError:
        return Kind.NOTHING
    path = address.path if address else name.replace("\\", "/")
    suffix = PurePosixPath(path).suffix.lower()
    kind = kind_of_suffix(suffix)
    is_other = kind in _OTHER_KINDS or suffix in _OTHER_SUFFIXES or host.removeprefix("www.") in _OTHER_HOSTS
    if address is None:
        return Kind.OTHER if is_other else Kind.FILE if kind else Kind.NOTHING
    kinds = (
        (not host, Kind.NOTHING),
        (wikimedia_pictures(name, 1), Kind.COMMONS),
        (picture_at(name), Kind.IIIF),
        (is_other, Kind.OTHER),
        (kind, Kind.PICTURE),
        (_MANIFEST.fullmatch(name.partition("?")[0]), Kind.MANIFEST),
        (True, Kind.ADDRESS),
    )
    return next(what for fits, what in kinds if fits)
