"""IIIF Presentation 3 manifests of works whose images a IIIF server has.

https://iiif.io/api/presentation/3.0/: a manifest holds a canvas a work, a canvas one image.
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
APP = "http://localhost:8501"
"""Where the app answers unless it is told otherwise."""


def has_manifest(works: pd.DataFrame) -> bool:
    """Whether any of the works has an image on a IIIF server."""
    return "iiif" in works and bool(works["iiif"].notna().any())


def make_manifest(collection: Collection, works: pd.DataFrame, app: str = APP, keep: bool = True) -> dict[str, Any]:
    """The manifest of the works that have IIIF images; the others are left out.

    Unless `keep` is false it stays in the collection, where the app serves it at its own `id`.

    Args:
        collection: whose works they are.
        works: rows of its work table.
        app: the app's address (http://host:port), under which the manifest gets its id.
        keep: whether it is written at all.

    Raises:
        CollectionError: none of the works has an image on a IIIF server.
    """
    if not has_manifest(works):
        raise CollectionError(
            f"None of these works of {collection.name} has its image on a IIIF server, so there is "
            "nothing for a manifest; works collected from the National Gallery of Art have."
        )
    shown = works[works["iiif"].notna()]
    digest = hashlib.sha256("\n".join([app, *shown["id"]]).encode()).hexdigest()[:16]
    address = f"{app.rstrip('/')}/artextract/manifest/{collection.name}/{digest}.json"
    base = address.removesuffix(".json")
    made = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": address,
        "type": "Manifest",
        "label": plain(f"{collection.about.title}: {len(shown):,} works"),
        "summary": plain("A selection made with ArtExtract."),
        "items": [
            canvas(row, f"{base}/canvas/{number}")
            for number, row in enumerate(shown.astype(object).to_dict("records"), start=1)
        ],
    }
    if keep:
        content = json.dumps(made, ensure_ascii=False, indent=1).encode()
        write_bytes(collection.root / "manifests" / f"{digest}.json", content)
    return made


def canvas(work: Mapping[Any, Any], address: str, picture: str = "") -> dict[str, Any]:
    """A work's canvas.

    Args:
        work: a row of a work table.
        address: the canvas's id.
        picture: address of a JPEG of a work that has no image on a IIIF server.
    """

    def told(column: str) -> str | None:
        value = work.get(column)
        return None if pd.isna(value) else str(value)

    width, height = _size(told("iiif_width"), told("iiif_height"), work)
    licence, credit, page = told("licence") or "", told("credit"), told("source_url")
    facts = {
        "Artist": told("artist"),
        "Date": display_date(work),
        "Medium": told("medium"),
        "Style": told("style"),
        "School": told("school"),
        "Theme": told("theme"),
        "Image": licence or None,
    }
    image = told("iiif")
    small = f"{image}/full/!200,200/0/default.jpg" if image else picture
    made: dict[str, Any] = {
        "id": address,
        "type": "Canvas",
        "label": plain(told("title") or "Untitled"),
        "width": width,
        "height": height,
        "metadata": [{"label": english(name), "value": plain(value)} for name, value in facts.items() if value],
        "thumbnail": [{"id": small, "type": "Image", "format": "image/jpeg"}],
        "items": [
            {
                "id": f"{address}/page",
                "type": "AnnotationPage",
                "items": [
                    {
                        "id": f"{address}/image",
                        "type": "Annotation",
                        "motivation": "painting",
                        "body": _image(image, width, height) if image else _picture(picture),
                        "target": address,
                    }
                ],
            }
        ],
    }
    if description := told("description"):
        made["summary"] = plain(description)
    if licence.startswith("CC0"):
        made["rights"] = CC0
    if credit:
        made["requiredStatement"] = {"label": english("Credit"), "value": plain(credit)}
    if page and page.startswith(("https://", "http://")):
        made["homepage"] = [{"id": page, "type": "Text", "format": "text/html", "label": english("Source page")}]
    return made


def _image(image: str, width: int, height: int) -> dict[str, Any]:
    return {
        "id": f"{image}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "width": width,
        "height": height,
        "service": [{"@id": image, "@type": "ImageService2", "profile": "level2"}],
    }


def _picture(address: str) -> dict[str, Any]:
    return {"id": address, "type": "Image", "format": "image/jpeg"}


def _size(width: str | None, height: str | None, work: Mapping[Any, Any]) -> tuple[int, int]:
    """Of the whole image where it is known, or else of the one collected: the shape is the same."""
    if width and height:
        return int(width), int(height)
    return int(work["width"]), int(work["height"])


def plain(text: str) -> dict[str, list[str]]:
    """A text in whatever language it is."""
    return {"none": [text]}


def english(text: str) -> dict[str, list[str]]:
    """A text of ours."""
    return {"en": [text]}
