"""A tray as a IIIF Presentation 3 manifest: one canvas per work, the notes as annotations.

https://iiif.io/api/presentation/3.0/#56-annotation: a note is an Annotation with the motivation
"commenting" in the canvas's `annotations`; its body is a TextualBody.
"""

from collections.abc import Sequence
from typing import Any

from artextract.manifest import canvas, english, plain
from artextract.trays.resolve import ResolvedItem
from artextract.trays.tray import Tray

_EMPTY_SIDE = 1000  # Side of the canvas of a work that is gone, pixels


def tray_manifest(tray: Tray, works: Sequence[ResolvedItem], app: str) -> dict[str, Any]:
    """The manifest of a tray and its works, with its id at the app's address (http://host:port).

    A work with an image on a IIIF server is shown from there. Other works are shown from the app,
    which the viewer must be able to reach.
    """
    base = f"{app.rstrip('/')}/artextract/tray/{tray.link_token}"
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{base}/manifest.json",
        "type": "Manifest",
        "label": plain(tray.name),
        "summary": english(f"{len(works)} works, collected with ArtExtract."),
        "items": [_canvas(work, f"{base}/canvas/{number}", app) for number, work in enumerate(works, start=1)],
    }


def _canvas(work: ResolvedItem, address: str, app: str) -> dict[str, Any]:
    if work.gone:
        empty = {"title": work.label, "width": _EMPTY_SIDE, "height": _EMPTY_SIDE}
        made = canvas(empty, address, f"{app.rstrip('/')}/artextract/gone.jpg") | {"summary": english(work.gone)}
    else:
        picture = f"{work.item.collection}/{work.value('image_sha256')}.jpg"
        made = canvas(work.row, address, f"{app.rstrip('/')}/artextract/view/{picture}")
    if work.item.note:
        note = {
            "id": f"{address}/note",
            "type": "Annotation",
            "motivation": "commenting",
            "body": {"type": "TextualBody", "value": work.item.note, "format": "text/plain"},
            "target": address,
        }
        made["annotations"] = [{"id": f"{address}/notes", "type": "AnnotationPage", "items": [note]}]
    return made
