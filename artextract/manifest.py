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
from artextract.work_table import display_date

CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"
APP = "http://localhost:8501"  # The usual address of the app


def has_manifest(works: pd.DataFrame) -> bool:
    """Whether any of the works has an image on a IIIF server."""
    return "iiif" in works and bool(works["iiif"].notna().any())


def make_manifest(collection: Collection, works: pd.DataFrame, app: str = APP, keep: bool = True) -> dict[str, Any]:
    """The manifest of the works that have IIIF images; other works are skipped.

    Args:
        collection: whose works they are.
        works: rows of its work table.
        app: the app's address (http://host:port), from which the manifest's id is made.
        keep: whether to store the manifest in the collection, from where the app serves it at its id.

    Raises:
        CollectionError: none of the works has an image on a IIIF server.
    """
    if not has_manifest(works):
        raise CollectionError(
            f"A manifest needs works with images on a IIIF server. These works of {collection.name} have none; works "
            "collected from the National Gallery of Art do."
        )
    shown = works[works["iiif"].notna()]
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
    image, licence, page = _text(work, "iiif"), _text(work, "licence") or "", _text(work, "source_url") or ""
    thumbnail = f"{image}/full/!200,200/0/default.jpg" if image else picture
    body = _picture(f"{image}/full/max/0/default.jpg" if image else picture)
    if image:
        service = {"@id": image, "@type": "ImageService2", "profile": "level2"}
        body |= {"width": width, "height": height, "service": [service]}
    painting = {
        "id": f"{address}/image",
        "type": "Annotation",
        "motivation": "painting",
        "body": body,
        "target": address,
    }
    made: dict[str, Any] = {
        "id": address,
        "type": "Canvas",
        "label": plain(_text(work, "title") or "Untitled"),
        "width": width,
        "height": height,
        "metadata": [{"label": english(name), "value": plain(value)} for name, value in _facts(work)],
        "thumbnail": [_picture(thumbnail)],
        "items": [{"id": f"{address}/page", "type": "AnnotationPage", "items": [painting]}],
    }
    if description := _text(work, "description"):
        made["summary"] = plain(description)
    if licence.startswith("CC0"):
        made["rights"] = CC0
    if credit := _text(work, "credit"):
        made["requiredStatement"] = {"label": english("Credit"), "value": plain(credit)}
    if page.startswith(("https://", "http://")):
        made["homepage"] = [{"id": page, "type": "Text", "format": "text/html", "label": english("Source page")}]
    return made


def _text(work: Mapping[Any, Any], column: str) -> str | None:
    value = work.get(column)
    return None if pd.isna(value) else str(value)


def _facts(work: Mapping[Any, Any]) -> list[tuple[str, str]]:
    """The recorded facts of a work, as name and value."""
    facts = {name.capitalize(): _text(work, name) for name in ("artist", "medium", "style", "school", "theme")}
    order = ("Artist", "Date", "Medium", "Style", "School", "Theme", "Image")
    facts |= {"Date": display_date(work), "Image": _text(work, "licence")}
    return [(name, value) for name in order if (value := facts[name])]


def _picture(address: str) -> dict[str, Any]:
    return {"id": address, "type": "Image", "format": "image/jpeg"}


def _size(work: Mapping[Any, Any]) -> tuple[int, int]:
    """The size of the full image if known, or of the collected one, which has the same shape."""
    width, height = _text(work, "iiif_width"), _text(work, "iiif_height")
    if width and height:
        return int(width), int(height)
    return int(work["width"]), int(work["height"])


def plain(text: str) -> dict[str, list[str]]:
    """A text in an unknown language."""
    return {"none": [text]}


def english(text: str) -> dict[str, list[str]]:
    """A text in English."""
    return {"en": [text]}
