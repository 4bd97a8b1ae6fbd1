"""Read a canvas of a IIIF manifest: its description, and the picture that is painted on it.

Texts have many shapes: https://iiif.io/api/presentation/2.1/#language-of-property-values and
https://iiif.io/api/presentation/3.0/#44-language-of-property-values. Real documents use more: a description as
`[{"value": …, "language": …}]`, the language "@none", HTML anywhere, and null.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from artextract.sources.iiif.services import (
    ImageService,
    Size,
    address_of,
    image_at,
    image_services,
    kind_of,
    objects,
    size_of,
)
from artextract.sources.plain_text import plain_text

_LICENCE_HOSTS = ("creativecommons.org/", "rightsstatements.org/")
_REGION = re.compile(r"(?:pixel:)?(\d+),(\d+),(\d+),(\d+)")
_FRAGMENT = re.compile(r"#(?:.*&)?xywh=(?:pixel:)?[\d.]+,[\d.]+,([\d.]+),([\d.]+)")
_TAG = re.compile(r"<(?:!--.*?--|/?[a-zA-Z][^<>]*)>", re.DOTALL)
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div|/h\d)\b[^<>]*>", re.IGNORECASE)
_HREF = re.compile(r"""<a\b[^>]*?\bhref\s*=\s*["']?(https?:[^"'\s>]+)""", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class Description:
    """The description in a manifest or a canvas."""

    address: str  # Its id; "" without one
    label: str | None = None
    summary: str | None = None
    facts: tuple[tuple[str, str], ...] = ()  # Labels and values of its metadata, with HTML
    licence: str | None = None  # The address of the licence, or its words
    credit: str | None = None
    page: str | None = None  # The address of a web page about it
    date: str | None = None  # The `navDate`
    provider: str | None = None


@dataclass(frozen=True)
class CanvasImage:
    """The picture on a canvas, and the ways to ask for it."""

    address: str  # Address of the picture in the manifest; "" if only its service is named
    shape: Size | None  # Width and height of the canvas, or of the region, px: the picture has the same shape
    shown: Size | None = None  # Size of the picture at `address` according to the manifest, px
    service: ImageService | None = None
    ready: tuple[ImageService, ...] = ()  # Services of thumbnails, whose sizes a server has ready
    region: str = "full"  # Region of the image: "full" or "x,y,w,h"


@dataclass(frozen=True)
class ManifestCanvas:
    """A canvas of a manifest."""

    about: Description
    image: CanvasImage | None  # None if nothing on the canvas is a picture
    images: int = 0  # Pictures laid on the canvas; `image` is the one that covers most
    other: str = ""  # What is there in place of a picture: "Video", "Sound"; "" for nothing
    note: str | None = None  # Comments embedded in the canvas


def describe(document: dict[str, Any], base: str) -> Description:
    """Read the description of a manifest, a Collection or a canvas; `base` is the address of the document."""
    required = next(iter(objects(document.get("requiredStatement"))), {})
    facts = [
        (text_of(item.get("label")), "; ".join(texts_of(item.get("value"))))
        for item in objects(document.get("metadata"))
    ]
    rights = document.get("rights") or document.get("license")
    credit = required.get("value") or document.get("attribution")
    licences = addresses_in(rights) or [a for a in addresses_in(credit) if any(host in a for host in _LICENCE_HOSTS)]
    pages = [
        item
        for name in ("homepage", "related", "rendering")
        for item in objects(document.get(name))
        if str(item.get("format", "text/html")) == "text/html" and kind_of(item) in {"", "Text"}
    ]
    providers = [text for item in objects(document.get("provider")) for text in texts_of(item.get("label"))]
    date = str(document.get("navDate") or "")
    return Description(
        address=address_of(document, base),
        label=text_of(document.get("label")),
        summary=text_of(document.get("summary") or document.get("description"), " "),
        facts=tuple((label or "", value) for label, value in facts if value),
        licence=next(iter(licences), None) or text_of(rights),
        credit=text_of(credit),
        page=next((found for item in pages if (found := address_of(item, base)).startswith("http")), None),
        date=(date.partition("-")[0] if "-01-01T00:00" in date else date.partition("T")[0]) or None,
        provider=plain_text(providers[0]) if providers else None,
    )


def read_canvas(document: dict[str, Any], base: str) -> ManifestCanvas:
    """Read a canvas; `base` is the address of the document."""
    painted: list[tuple[float, CanvasImage]] = []
    other: Counter[str] = Counter()
    canvas = size_of(document)
    thumbnails = objects(document.get("thumbnail"))
    ready = tuple(service for item in thumbnails for service in image_services(item.get("service"), base))
    for annotation in _paintings(document):
        bodies = _bodies(annotation.get("body") or annotation.get("resource"))
        pictures = [pair for pair in bodies if _is_picture(pair[0])]
        other.update(kind_of(body) for body, _ in bodies[:1] if not pictures)
        if pictures and (target := _target_size(annotation, canvas)) != (0, 0):
            image = _image(*pictures[0], target, base, ready if len(bodies) == 1 else ())
            painted.append((target[0] * target[1] if target else 0.0, image))
    best = max(painted, key=lambda pair: pair[0])[1] if painted else None
    missing = "" if best else next(iter(other), "")
    return ManifestCanvas(describe(document, base), best, len(painted), missing, _note(document))


def _paintings(document: dict[str, Any]) -> list[dict[str, Any]]:
    pages = objects(document.get("items"))
    annotations = [*objects(document.get("images")), *(item for page in pages for item in objects(page.get("items")))]
    return [item for item in annotations if "painting" in str(item.get("motivation", "painting"))]


def _bodies(value: Any, region: str = "full") -> list[tuple[dict[str, Any], str]]:
    """The bodies of an annotation with the region of each; of a Choice, the default first."""
    found: list[tuple[dict[str, Any], str]] = []
    for body in objects(value):
        if kind_of(body) in {"Choice", "List", "Composite"}:
            found += _bodies([body.get("default"), body.get("items"), body.get("item")], region)
        elif source := body.get("source") or body.get("full"):
            matches = [_REGION.fullmatch(str(item.get("region", ""))) for item in objects(body.get("selector"))]
            regions = [",".join(match.groups()) for match in matches if match and int(match[3]) and int(match[4])]
            inherited = {"service": body["service"]} if "service" in body else {}
            found += [(inherited | item, where) for item, where in _bodies(source, [*regions, region][0])]
        else:
            found.append((body, region))
    return found


def _is_picture(body: dict[str, Any]) -> bool:
    kind, form = kind_of(body), str(body.get("format", ""))
    return form.startswith("image/") or (kind == "Image" and not form) or (not kind and not form)


def _target_size(annotation: dict[str, Any], canvas: Size | None) -> tuple[float, float] | None:
    """The width and height that an annotation covers; None if the canvas has no size."""
    for target in objects(annotation.get("target") or annotation.get("on")):
        source = next(iter(objects(target.get("source") or target.get("full"))), target)
        selectors = [f"#{item.get('value', '')}" for item in objects(target.get("selector"))]
        for text in (str(source.get("id") or source.get("@id") or ""), *selectors):
            if found := _FRAGMENT.search(text):
                return float(found[1]), float(found[2])
    return canvas


def _image(
    body: dict[str, Any], region: str, target: tuple[float, float] | None, base: str, ready: tuple[ImageService, ...]
) -> CanvasImage:
    address = address_of(body, base)
    services = image_services(body.get("service"), base, address)
    service = max(services, key=lambda item: 1 if item.level is None else item.level, default=image_at(address))
    others = (*(item for item in services if item is not service), *ready)
    sizes = tuple(item for item in others if item.sizes) if region == "full" else ()
    shape = (round(target[0]), round(target[1])) if target and min(target) >= 1 else None
    if found := _REGION.fullmatch(region):
        shape = (int(found[3]), int(found[4]))
    return CanvasImage(address, shape, size_of(body), service, sizes, region)


def _note(document: dict[str, Any]) -> str | None:
    pages = objects(document.get("annotations")) + objects(document.get("otherContent"))
    annotations = [item for page in pages for item in objects(page.get("items")) + objects(page.get("resources"))]
    texts = [
        text.strip() if body.get("format") == "text/plain" else "\n".join(map(plain_text, lines_of(text)))
        for item in annotations
        if "commenting" in str(item.get("motivation"))
        for body in objects(item.get("body") or item.get("resource"))
        if kind_of(body) in {"TextualBody", "Text", "ContentAsText"}
        for text in texts_of(body.get("value") or body.get("chars"))
    ]
    return "\n".join(filter(None, texts)) or None


def texts_of(value: Any) -> list[str]:
    """The texts of a label or value of any shape: in English if there are any, else in its first language.

    Returns:
        The texts with their HTML, without duplicates and blanks.
    """
    texts: dict[str, list[str]] = {}
    for language, text in _tagged(value, ""):
        if text.strip():
            texts.setdefault(language, []).append(text)
    chosen = next((language for language in texts if language.split("-")[0] == "en"), next(iter(texts), ""))
    return list(dict.fromkeys(texts.get(chosen, [])))


def text_of(value: Any, separator: str = "; ") -> str | None:
    """The texts of a label or value on one line, without HTML; None if there are none."""
    return separator.join(plain for text in texts_of(value) if (plain := plain_text(text))) or None


def lines_of(text: str) -> list[str]:
    """A text cut at its line breaks, those of HTML too; other HTML stays."""
    return [line.strip() for line in _BREAK.sub("\n", text).splitlines() if line.strip()]


def addresses_in(value: Any) -> list[str]:
    """The web addresses in the texts of a value, first those of links in HTML."""
    found = []
    for _, text in _tagged(value, ""):
        bare = [address.rstrip(".,;)") for address in _ADDRESS.findall(_TAG.sub(" ", text))]
        found += [html.unescape(address) for address in [*_HREF.findall(text), *bare]]
    return found


def _tagged(value: Any, language: str) -> Iterator[tuple[str, str]]:
    """The texts in a value of any shape, each with its language; "" if unknown."""
    if isinstance(value, str):
        yield language, value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield language, str(value)
    elif isinstance(value, list):
        for item in value:
            yield from _tagged(item, language)
    elif isinstance(value, dict):
        for name in ("@value", "value"):
            if name in value:
                named = value.get("@language") or value.get("language") or language
                yield from _tagged(value[name], str(named))
                return
        for name, item in value.items():
            yield from _tagged(item, "" if name in {"none", "@none"} else str(name).lower())
