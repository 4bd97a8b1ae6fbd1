"""IIIF Presentation 3 manifests of works whose images are on a IIIF server.

https://iiif.io/api/presentation/3.0/: a manifest has one canvas per work, a canvas one image.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from artextract.collection import Collection
from artextract.errors import CollectionError
from artextract.files import write_bytes
from artextract.metadata.dates import years_in
from artextract.metadata.rights import licence_of, licence_text
from artextract.sources.fetching.addresses import is_link
from artextract.sources.iiif.services import image_at, whole_number
from artextract.work_table import display_date

APP = "http://localhost:8501"  # The usual address of the app
THUMBNAIL = 200  # Long side of a thumbnail, px


def has_manifest(works: pd.DataFrame) -> bool:
    """Whether any of the works has an image on a IIIF server."""
    return "iiif" in works and bool(works["iiif"].map(image_base, na_action="ignore").notna().any())


def make_manifest(collection: Collection, works: pd.DataFrame, app: str = APP, keep: bool = True) -> dict[str, Any]:
    """The manifest of those works, rows of a collection's table, that have IIIF images.

    `app` is the app's address (http://host:port), from which the manifest's id is made. `keep` stores the manifest in
    the collection, from where the app serves it. Raises CollectionError if no work has an image on a IIIF server.
    """
    if not has_manifest(works):
        raise CollectionError(
            f"A manifest needs works with images on a IIIF server. These works of {collection.name} have none; works "
            "collected from the National Gallery of Art do."
        )
    shown = works[works["iiif"].map(image_base, na_action="ignore").notna()]
    digest = hashlib.sha256("\n".join([app, *shown["id"]]).encode()).hexdigest()[:16]
    base = f"{app.rstrip('/')}/artextract/manifest/{collection.name}/{digest}"
    rows = shown.astype(object).to_dict("records")
    made = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{base}.json",
        "type": "Manifest",
        "label": plain(f"{collection.about.title}: {len(shown):,} works"),
        "summary": plain("A selection made with ArtExtract."),
        "items": [canvas(row, f"{base}/canvas/{number}") for number, row in enumerate(rows, start=1)],
    }
    if keep:
        content = json.dumps(made, ensure_ascii=False, indent=1).encode()
        write_bytes(collection.root / "manifests" / f"{digest}.json", content)
    return made


def canvas(work: Mapping[Any, Any], address: str, picture: str = "") -> dict[str, Any]:
    """The canvas with the id `address` of a row of a work table; `picture` is a JPEG's address if IIIF has none."""
    width, height = _size(work)
    licence, page = licence_of(work.get("licence")), _text(work, "source_url") or ""
    body, thumbnail = _pictures(work, width, height, picture)
    annotation = {"id": f"{address}/image", "type": "Annotation", "motivation": "painting"}
    painting = annotation | {"body": body, "target": address}
    made: dict[str, Any] = {
        "id": address,
        "type": "Canvas",
        "label": plain(_text(work, "title") or "Untitled"),
        "width": width,
        "height": height,
        "metadata": [{"label": english(name), "value": plain(value)} for name, value in _facts(work)],
        "items": [{"id": f"{address}/page", "type": "AnnotationPage", "items": [painting]}],
    }
    if thumbnail:
        made["thumbnail"] = [_picture(thumbnail)]
    if description := _text(work, "description"):
        made["summary"] = plain(description)
    if licence and licence.address:
        made["rights"] = licence.iiif_rights
    if credit := _text(work, "credit"):
        made["requiredStatement"] = {"label": english("Credit"), "value": plain(credit)}
    if is_link(page):
        made["homepage"] = [{"id": page, "type": "Text", "format": "text/html", "label": english("Source page")}]
    return made


def _text(work: Mapping[Any, Any], column: str) -> str | None:
    value = work.get(column)
    return None if pd.isna(value) else str(value)


def _facts(work: Mapping[Any, Any]) -> list[tuple[str, str]]:
    """The recorded facts of a work, as name and value; `sources.iiif` reads them back."""
    licence, date = _text(work, "licence"), display_date(work)
    facts = {"Artist": _text(work, "artist"), "Date": date}
    begin, end = (None if pd.isna(year := work.get(name)) else int(year) for name in ("year_begin", "year_end"))
    if (begin, end) != years_in(date or ""):
        facts |= {"Earliest year": str(begin or ""), "Latest year": str(end or "")}
    names = ("medium", "classification", "style", "genre", "school", "theme")
    facts |= {name.capitalize(): _text(work, name) for name in names}
    facts["Image rights"] = licence and licence_text(licence)
    return [(name, value) for name, value in facts.items() if value]


def image_base(text: str) -> str | None:
    """The base address of an image on a IIIF server; None for anything else, such as a manifest or "n/a"."""
    address = text.strip().rstrip("/")
    image = image_at(address)
    base = image.base if image else address
    return base if is_link(base) and not base.endswith((".json", "/manifest")) else None


def _pictures(work: Mapping[Any, Any], width: int, height: int, picture: str) -> tuple[dict[str, Any], str]:
    """The body of a canvas, and the address of its thumbnail ("" if the server has no small sizes for sure).

    Without an `iiif_profile`, the server is taken as Image API 2, level 1: higher levels can do all of that.
    """
    image = image_base(_text(work, "iiif") or "")
    if not image:
        return _picture(picture), picture
    kind, _, level = (_text(work, "iiif_profile") or "ImageService2 level1").partition(" ")
    level = level or "level1"
    whole, quality = ("full", "native") if kind == "ImageService1" else ("max", "default")
    service = {"type": kind, "id": image} if kind == "ImageService3" else {"@type": kind, "@id": image}
    size = {"level0": "", "level2": f"!{THUMBNAIL},{THUMBNAIL}"}.get(
        level, f"{max(1, THUMBNAIL * width // max(width, height))},"
    )
    body = _picture(f"{image}/full/{whole}/0/{quality}.jpg")
    body |= {"width": width, "height": height, "service": [service | {"profile": level}]}
    return body, f"{image}/full/{size}/0/{quality}.jpg" if size else picture


def _picture(address: str) -> dict[str, Any]:
    return {"id": address, "type": "Image", "format": "image/jpeg"}


def _size(work: Mapping[Any, Any]) -> tuple[int, int]:
    """The size of the full image if known, or of the collected one, which has the same shape."""
    width, height = (whole_number(_text(work, name)) for name in ("iiif_width", "iiif_height"))
    if width and height:
        return width, height
    return int(work["width"]), int(work["height"])


def plain(text: str) -> dict[str, list[str]]:
    """A text in an unknown language."""
    return {"none": [text]}


def english(text: str) -> dict[str, list[str]]:
    """A text in English."""
    return {"en": [text]}
