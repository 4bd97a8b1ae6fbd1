"""Read IIIF Presentation documents, versions 2 and 3: JSON in, manifests and Collections out.

https://iiif.io/api/presentation/3.0/ and /2.1/. Nothing is fetched here. The reader takes what real servers
send (https://github.com/IIIF-Commons/parser, folder fixtures), which is often not what the specification asks.
"""

import json
from dataclasses import dataclass
from typing import Any

from artextract.errors import SourceError
from artextract.sources.iiif.canvases import CanvasImage, Description, ManifestCanvas, describe, read_canvas
from artextract.sources.iiif.services import address_of, kind_of, objects, read_info


@dataclass(frozen=True)
class Manifest:
    """A manifest."""

    about: Description
    canvases: tuple[ManifestCanvas, ...]


@dataclass(frozen=True)
class Reference:
    """A document that another one names."""

    address: str
    kind: str = ""  # "Manifest" or "Collection"; "" if unknown
    embedded: Manifest | None = None  # The manifest, where the document has it whole


@dataclass(frozen=True)
class ReferenceList:
    """A Collection, or a page of one: the documents that it names, in their order."""

    about: Description
    entries: tuple[Reference, ...]
    following: str = ""  # The address of its next page
    total: int = 0  # Entries of all pages, if it says so


def read_document(content: bytes, address: str, name: str = "") -> Manifest | ReferenceList:
    """Read a manifest, a Collection, a canvas, or an info.json.

    `address` completes relative addresses, "" for a file; `name` is for messages, the address if empty. Raises
    SourceError if the document is something else.
    """
    try:
        document = json.loads(content)
        read = _read(document if isinstance(document, dict) else {}, address)
    except (ValueError, RecursionError) as error:
        page = content.lstrip()[:1] == b"<"
        what = "a web page" if page else "empty" if not content.strip() else "not JSON"
        hint = " Look for the IIIF logo on the page." if page else ""
        raise SourceError(f"{name or address} is {what}, not a IIIF manifest.{hint}") from error
    if read is None:
        kind = kind_of(document) if isinstance(document, dict) else ""
        what = f"a IIIF {kind}" if kind else "JSON of another kind"
        raise SourceError(f"{name or address} is {what}. Give the address of a IIIF manifest or Collection.")
    return read


def _read(document: dict[str, Any], address: str) -> Manifest | ReferenceList | None:
    kind = kind_of(document)
    address = address or address_of(document, "")
    if "sequences" in document or (kind == "Manifest" and "canvas" not in document):
        return _manifest(document, address)
    if kind in {"Collection", "CollectionPage"}:
        return _collection(document, address)
    if kind == "Canvas":
        return Manifest(Description(""), (read_canvas(document, address),))
    if (service := read_info(document, address)) is not None:
        image = CanvasImage("", service.size, service=service)
        return Manifest(Description(service.base), (ManifestCanvas(Description(service.base), image, 1),))
    return None


def _collection(document: dict[str, Any], base: str) -> ReferenceList:
    entries: dict[str, Reference] = {}
    for name in ("items", "members", "manifests", "collections"):
        default = {"manifests": "Manifest", "collections": "Collection"}.get(name, "")
        for item in objects(document.get(name)):
            kind, address = kind_of(item) or default, address_of(item, base)
            whole = kind == "Manifest" and ("sequences" in item or "items" in item)
            if address or whole:
                reference = Reference(address, kind, embedded=_manifest(item, base) if whole else None)
                entries.setdefault(address or str(len(entries)), reference)
    pages = objects(document.get("next")) or ([] if entries else objects(document.get("first")))
    following = address_of(pages[0], base) if pages else ""
    total = document.get("total")
    count = int(total) if isinstance(total, int | str) and str(total).isdecimal() else 0
    return ReferenceList(describe(document, base), tuple(entries.values()), following, count)


def _manifest(document: dict[str, Any], base: str) -> Manifest:
    sequences = [item for item in objects(document.get("sequences")) if objects(item.get("canvases"))]
    listed = sequences[0].get("canvases") if sequences else document.get("items")
    canvases = [item for item in objects(listed) if kind_of(item) in {"Canvas", ""}]
    return Manifest(describe(document, base), tuple(read_canvas(item, base) for item in canvases))
