"""Recognises which source a folder, a file, an address or a name is for.

Web pages are not interpreted: either the text of an address tells the source, or the first bytes of its content.
"""

import re
import zlib
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from artextract.errors import SourceError
from artextract.files import open_regular, user_path
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.iiif.services import image_at
from artextract.sources.iiif.walking import meant_by
from artextract.sources.picture_kinds import HEAD, kind_of, kind_of_suffix
from artextract.sources.tables.picture_column import Kind, picture_in

UNKNOWN = ""  # The source of an address whose text does not tell it
PLACES = {"folder": "folder", "table": "file", "iiif": "addresses", "hf": "repository"}
"""Recognised source → its option that takes the text."""
TAKES = (
    "Enter a folder, a table (CSV, Excel, JSON, Parquet), the address of a IIIF manifest, or the name of a Hugging "
    "Face data set such as huggan/wikiart."
)
START = 65_536  # Bytes that `source_of_bytes` needs
_TABLES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xls", ".ods"})
_PACKED = frozenset({".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz"})
_HUBS = ("huggingface.co", "www.huggingface.co", "hf.co")
_DATA_SET = re.compile(r"(?:hf://|datasets/|/)*(?P<name>[\w-][\w.-]*/[\w-][\w.-]*)/?")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/|$)", re.IGNORECASE)
_SEVERAL = re.compile(r"\s+(?=https?://)")
_IIIF_SERVER = re.compile(r"https?://(?:[^/]*\biiif\b|[^?]*/iiif/)", re.IGNORECASE)
_IIIF = re.compile(rb"iiif\.io/api/(?:presentation|image)|shared-canvas\.org/ns|\"sc:(?:Manifest|Collection)\"")


def recognise(text: str) -> tuple[str, str]:
    """The source that a text is for, and the place that it names.

    Args:
        text: the path of a folder or file, one or several http(s) addresses, or the name of a data set.

    Returns:
        The name of the source, or `UNKNOWN` for an address that must be fetched (`source_at`); and the whole path,
        address or name for `values_for`.

    Raises:
        SourceError: it is none of these.
    """
    place = text.strip().strip("\"'").strip().removeprefix("file://")
    if not place:
        raise SourceError(TAKES)
    path = user_path(place)
    if _exists(path):
        name = _source_of_path(path)
    elif place.lower().startswith(("http://", "https://")):
        name, place = _source_of_address(place)
    elif _DOMAIN.match(place) and _suffix(place.partition("/")[0]) not in _TABLES:
        name, place = _source_of_address(f"https://{place}")
    elif (found := _DATA_SET.fullmatch(place)) and not place.startswith("/") and not _is_file_name(place):
        name, place = "hf", found["name"]
    elif "/" in place or "\\" in place or place.startswith("~") or _is_file_name(place):
        raise SourceError(f"There is no file or folder {place} on the computer that runs ArtExtract. Check the path.")
    else:
        raise SourceError(f"{place!r} is not a folder, a file or an address. {TAKES}")
    return name, place


def values_for(name: str, place: str) -> dict[str, Any]:
    """The values of a source for the place that a user named; {} for a source that needs no place."""
    return {PLACES[name]: "\n".join(_SEVERAL.split(place)) if name == "iiif" else place} if name in PLACES else {}


def source_of_bytes(start: bytes, place: str) -> str:
    """The source for a file or an address, by its first `START` bytes.

    Raises SourceError if the bytes are a web page, a picture, or empty.
    """
    plain = start
    if start.startswith(b"\x1f\x8b"):
        with suppress(zlib.error):
            plain = zlib.decompressobj(wbits=31).decompress(start, START)
    text = plain.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise SourceError(f"{place} is empty. {TAKES}")
    if text.startswith(b"<"):
        raise SourceError(
            f"{place} is a web page. Enter the address of the IIIF manifest or of the table: the page often links it "
            "as “IIIF”, “Download” or “Data”."
        )
    if kind_of(plain[:HEAD]):
        raise SourceError(f"{place} is a single picture or a document. Enter a table or a manifest.")
    if text[:1] in {b"{", b"["} and _IIIF.search(plain):
        return "iiif"
    lines = [line.strip() for line in text.splitlines()[:50] if line.strip() and not line.startswith(b"#")]
    if lines and all(line.startswith((b"http://", b"https://")) and b"," not in line for line in lines[:-1] or lines):
        return "iiif"
    return "table"


def _source_of_path(path: Path) -> str:
    if path.is_dir():
        return "folder"
    _refuse(path.name)
    try:
        with open_regular(path) as file:
            return source_of_bytes(file.read(START), path.name)
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}). Check the path.") from error


def _source_of_address(place: str) -> tuple[str, str]:
    try:
        host = (urlsplit(place).hostname or "").lower()
    except ValueError as error:
        raise SourceError(f"{place} is not an address. Check its spelling.") from error
    if _is_iiif(place):
        return "iiif", place
    if host == "github.com" and "/blob/" in place:  # the page of a file
        place = f"https://raw.githubusercontent.com{urlsplit(place).path.replace('/blob/', '/', 1)}"
    place = place.replace("/blob/", "/resolve/", 1) if host in _HUBS else place
    path = urlsplit(place).path
    if _suffix(path) in _TABLES:
        return "table", place
    if host in _HUBS:
        found = _DATA_SET.match(path) if path.startswith("/datasets/") else None
        if found is None:
            raise SourceError(f"{place} is not the address of a data set. {TAKES}")
        return "hf", found["name"]
    if f".{host}".endswith(".nga.gov"):
        return "nga", place
    _refuse(path)
    return UNKNOWN, place


def _is_iiif(place: str) -> bool:
    """Whether the text of an address, or of several addresses, tells that they belong to IIIF."""
    if len(_SEVERAL.split(place)) > 1 or image_at(place) is not None:
        return True
    if meant_by(place).address != place.partition("#")[0]:  # a manifest in the address of a page
        return True
    return _suffix(urlsplit(place).path) not in _TABLES and (
        place.partition("?")[0].endswith(".txt")
        or picture_in(place).kind == Kind.MANIFEST
        or _IIIF_SERVER.match(place) is not None
    )


def _refuse(name: str) -> None:
    """Raise the error of a file that is neither a table nor a manifest, by its suffix."""
    file, suffix = PurePosixPath(name).name, _suffix(name)
    if suffix in _PACKED:
        raise SourceError(f"{file} is a packed archive. Unpack it, and enter the folder.")
    if kind_of_suffix(suffix):
        raise SourceError(f"{file} is a single picture or a document. Enter its folder, or a table or manifest.")


def _suffix(name: str) -> str:
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix


def _is_file_name(name: str) -> bool:
    suffix = _suffix(name)
    return suffix in _TABLES | _PACKED | {".json", ".txt"} or bool(kind_of_suffix(suffix))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, or with a zero
        return False


def source_at(address: str) -> str:
    """The source for an address whose text does not tell it, by the first bytes of its content.

    Raises SourceError if the content is a web page, a picture or empty, or the address is not available.
    """
    with closing(PoliteClient(any_public=True)) as client:
        return source_of_bytes(client.start_of(address, START), address)
