"""Works from the canvases of IIIF manifests: which canvases are works, and their ids."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from artextract.sources.iiif.canvases import CanvasImage, ManifestCanvas
from artextract.sources.iiif.metadata import Uses, describe_work
from artextract.sources.iiif.walking import FoundManifest

FACTS = "facts"  # The column for labels that few works have
_LONGEST_ID = 100
_GENERIC = re.compile(r"iiif|api|presentation|manifests?|canvas(?:es)?|metadata|info|v\d")
"""Parts of addresses that say nothing of a work."""


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
        each: "canvas" or "manifest": what is a work. None decides: an entry of a list or a Collection is one
            work; in a manifest that was named alone, every canvas is one.
        uses: receives how each label of the metadata is used.
        left_out: counts what is not taken: "views" are further pictures of manifests from which only the first was
            taken; "manifests" have no picture; "canvas", "canvas Video" … have no picture; "layered" are works whose
            canvas has several pictures, of which one was taken.
    """
    whole = found.manifest.about
    canvases = found.manifest.canvases
    canvases = tuple(item for item in canvases if found.canvas and item.about.address == found.canvas) or canvases
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
        yield IiifWork(address, canvas.image, facts, _details(found, canvas, canvas.image, address))


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


def _details(found: FoundManifest, canvas: ManifestCanvas, image: CanvasImage, address: str) -> dict[str, str | None]:
    details: dict[str, str | None] = {"source_id": address, "note": canvas.note}
    details["manifest"] = found.address if found.address.startswith("http") else None
    if image.service is not None and image.region == "full":  # of a region, other programs would show the whole
        size = image.service.size or image.shape or (None, None)
        details |= {"iiif": image.service.base, "iiif_profile": image.service.profile}
        details |= {name: str(side) for name, side in zip(("iiif_width", "iiif_height"), size, strict=True) if side}
    return details


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
