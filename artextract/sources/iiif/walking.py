"""Find the manifests that a user means: addresses, files, lists of them, Collections and their pages.

Every document is fetched once, and kept for the day. A document that fails is returned as a failure, and
the walk continues. Collections can have millions of entries or form cycles, so the walk is limited.
"""

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from artextract.errors import SourceError
from artextract.files import read_regular, user_path
from artextract.sources.fetching.http_responses import FetchError, host_of
from artextract.sources.fetching.kept_pictures import LARGEST_DOCUMENT, KeptPictures
from artextract.sources.iiif.canvases import Description
from artextract.sources.iiif.reader import Manifest, Reference, ReferenceList, read_document
from artextract.sources.iiif.services import image_at

MOST_WITHOUT_LIMIT = 5_000  # Maximum number of works if the user sets no limit
MOST_DOCUMENTS = 20_000  # Documents that one run reads, or two for each work of the limit
DEPTH = 100  # Levels of nested Collections; some servers nest each page in the one before
AT_ONCE = 4  # Documents that are read at once

_MANIFEST_KEYS = ("manifest", "iiif-content", "manifestId", "collection")
_SCHEMES = ("http://", "https://")


@dataclass(frozen=True)
class FoundManifest:
    """A manifest, and how the walk came to it."""

    manifest: Manifest
    address: str  # Where it was read
    listed: bool  # Whether a Collection or a list names it; otherwise the user named it alone


@dataclass(frozen=True)
class FailedDocument:
    """A document that could not be read, and why."""

    address: str
    error: SourceError


_Read = Manifest | ReferenceList | FailedDocument


class Walk:
    """One walk through documents. Not for several threads."""

    def __init__(self, kept: KeptPictures, limit: int | None = None) -> None:
        """Nothing is read yet. `limit` is the number of works that the user wants; None for all."""
        self._kept = kept
        self._limit = limit
        self._most = max(MOST_DOCUMENTS, 2 * (limit or 0))
        self._seen: set[str] = set()
        self._named = 0
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self.title = ""  # Title of the first document

    def manifests(self, places: Sequence[str]) -> Generator[FoundManifest | FailedDocument]:
        """The manifests at addresses or in files, in their order.

        Raises SourceError if they are more than `MOST_WITHOUT_LIMIT`, and there is no limit.
        """
        try:
            named = tuple(meant_by(place.strip()) for place in places)
            yield from self._follow(ReferenceList(Description(""), named), False, 0)
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _follow(self, names: ReferenceList, listed: bool, depth: int) -> Iterator[FoundManifest | FailedDocument]:
        """Read the documents that a document names, recursively; then its next pages."""
        while True:
            self._named += len(names.entries)
            if self._limit is None and (most := max(self._named, names.total)) > MOST_WITHOUT_LIMIT:
                raise SourceError(
                    f"{most:,} works are too many to collect at once. Set a maximum number of works (--limit)."
                )
            for reference, document in self._read_ahead(names.entries):
                if isinstance(document, FailedDocument):
                    yield document
                    continue
                self.title = self.title or document.about.label or ""
                if isinstance(document, Manifest):
                    yield FoundManifest(document, reference.address, listed)
                elif depth < DEPTH:
                    yield from self._follow(document, True, depth + 1)
            page = next((document for _, document in self._read_ahead([Reference(names.following)])), None)
            if isinstance(page, FailedDocument):
                yield page
            if not isinstance(page, ReferenceList):
                return
            names = page

    def _is_new(self, reference: Reference) -> bool:
        if not reference.address:
            return reference.embedded is not None
        key = reference.address.partition("#")[0].removeprefix("https:").removeprefix("http:").rstrip("/")
        if key in self._seen or len(self._seen) >= self._most:
            return False
        self._seen.add(key)
        return True

    def _read_ahead(self, references: Sequence[Reference]) -> Iterator[tuple[Reference, _Read]]:
        """The documents that were not read before, in their order."""
        new = filter(self._is_new, references)
        while some := list(islice(new, AT_ONCE)):
            yield from zip(some, self._pool.map(self._read, some), strict=True)

    def _read(self, reference: Reference) -> _Read:
        address = reference.address

        def check(content: bytes) -> None:
            _read_fetched(content, address)

        try:
            if reference.embedded is not None:
                return reference.embedded
            if not address.startswith(_SCHEMES):
                path = user_path(address)
                content = read_regular(path, LARGEST_DOCUMENT)
                return _addresses(content, path.parent) or read_document(content, "", path.name)
            version = datetime.now(UTC).date().isoformat()  # asked again on another day, and sent again if it changed
            return _read_fetched(self._kept.get_document(address, version, check), address)
        except SourceError as error:
            return FailedDocument(address, error)
        except OSError as error:
            why = SourceError(f"{address} can't be read ({error.strerror}). Check the path or address.")
            return FailedDocument(address, why)


def meant_by(place: str) -> Reference:
    """The document that a pasted address means: of a viewer's page, the manifest in its address."""
    if not place.startswith(_SCHEMES):
        return Reference(place)
    try:
        parts = urlsplit(place)
    except ValueError:
        return Reference(place)
    named = dict(parse_qsl(parts.query) + parse_qsl(parts.fragment.lstrip("/?#")))
    for key in _MANIFEST_KEYS:
        if named.get(key, "").startswith(_SCHEMES):
            return Reference(named[key])
    if (image := image_at(place)) is not None:
        return Reference(f"{image.base}/info.json")
    return Reference(place.partition("#")[0])


def _read_fetched(content: bytes, address: str) -> Manifest | ReferenceList:
    try:
        return _addresses(content, None) or read_document(content, address)
    except SourceError as error:
        raise FetchError(str(error), "not a IIIF document", host_of(address), 200) from error


def _addresses(content: bytes, folder: Path | None) -> ReferenceList | None:
    """The addresses in a text file, one a line; None if the file is something else.

    Lines that begin with "#" are remarks. In a file on disk, a line may also be a path below its folder.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"[", b"<", b""}:
        return None
    lines = [line.strip() for line in content.decode("utf-8-sig", "replace").splitlines()]
    references = []
    for line in (line for line in lines if line and not line.startswith("#")):
        if not line.startswith(_SCHEMES) and (folder is None or not (folder / line).is_file()):
            return None
        references.append(meant_by(line) if line.startswith(_SCHEMES) else Reference(f"{folder}/{line}"))
    return ReferenceList(Description(""), tuple(references))
