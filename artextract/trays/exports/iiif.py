"""A tray as a IIIF Presentation 3 manifest: a canvas a work, the notes as annotations.

https://iiif.io/api/presentation/3.0/#56-annotation: a note is an Annotation with the motivation
"commenting" in the canvas's `annotations`, its body a TextualBody.
"""

from collections.abc import Sequence
from typing import Any

from artextract.manifest import canvas, english, plain
from artextract.trays.licences import is_free
from artextract.trays.tray import Tray
from artextract.trays.works import Held

_NO_SIDE = 1000
"""Of the empty canvas of a work that has gone: its shape isn't known."""


def tray_manifest(tray: Tray, works: Sequence[Held], app: str) -> dict[str, Any]:
    """The manifest.

    A work whose image is on a IIIF server is shown from there, the others from the app: for them a
    viewer must be able to reach it.

    Args:
        tray: the tray.
        works: what lies in it.
        app: the app's address (http://host:port), where the manifest has its id.
    """
    base = f"{app.rstrip('/')}/artextract/tray/{tray.reading}"
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{base}/manifest.json",
        "type": "Manifest",
        "label": plain(tray.name),
        "summary": english(f"{len(works)} works, gathered with ArtExtract."),
        "items": [_canvas(one, f"{base}/canvas/{number}", app) for number, one in enumerate(works, start=1)],
    }


def _canvas(one: Held, address: str, app: str) -> dict[str, Any]:
    made = canvas(one.row, address, _view(one, app)) if one.row else _gone(one, address)
    if not is_free(one.told("licence")):
        made.pop("rights", None)
    if one.item.note:
        made["annotations"] = [
            {
                "id": f"{address}/notes",
                "type": "AnnotationPage",
                "items": [
                    {
                        "id": f"{address}/note",
                        "type": "Annotation",
                        "motivation": "commenting",
                        "body": {
                            "type": "TextualBody",
                            "value": one.item.note,
                            "format": "text/plain",
                        },
                        "target": address,
                    }
                ],
            }
        ]
    return made


def _view(one: Held, app: str) -> str:
    picture = f"{one.item.collection}/{one.told('image_sha256')}.jpg"
    return f"{app.rstrip('/')}/artextract/view/{picture}"


def _gone(one: Held, address: str) -> dict[str, Any]:
    return {
        "id": address,
        "type": "Canvas",
        "label": plain(one.label),
        "summary": english(one.gone),
        "width": _NO_SIDE,
        "height": _NO_SIDE,
        "items": [],
    }
