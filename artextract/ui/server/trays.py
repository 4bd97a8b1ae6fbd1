"""What the server answers of trays: changes to the visitor's own, and what is taken away of any.

Changes come one by one from the browser's scripts (`trays.js`), which send each until it is
answered: a change may come twice, and means the same then.
"""

import json
import re
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from artextract.errors import ArtExtractError
from artextract.trays.exports.iiif import tray_manifest
from artextract.trays.exports.page import tray_page
from artextract.trays.exports.pictures import write_pictures
from artextract.trays.exports.table import tray_csv
from artextract.trays.store import TrayStore
from artextract.trays.tray import Tray
from artextract.trays.works import Held, held, to_lay
from artextract.ui.server.urls import base_url, thumbnails_url
from artextract.ui.server.visitors import NO_COOKIE, visitor_of

_LARGEST = 2**20
"""Bytes of a change."""
_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
}
_NOTHING_RUNS = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
Id = Annotated[int, Field(ge=0, lt=2**53)]


class Put(BaseModel):
    """Lay works into the tray."""

    do: Literal["put"]
    collection: str
    works: list[str]
    note: str = ""
    before: Id | None = None

    def make(self, store: TrayStore, visitor: str, tray: int | None) -> Tray:
        """Make the change; the tray after it."""
        works = to_lay(self.collection, self.works)
        return store.put(visitor, works, tray, self.note, self.before)


class Out(BaseModel):
    """Take a work out, as cards name it."""

    do: Literal["out"]
    collection: str
    work: str

    def make(self, store: TrayStore, visitor: str, tray: Tray) -> Tray:
        """Make the change; the tray after it."""
        named = (self.collection, self.work)
        items = [one.id for one in tray.items if (one.collection, one.work) == named]
        return store.take(visitor, tray.id, items)


class Take(BaseModel):
    """Take an item out."""

    do: Literal["take"]
    item: Id

    def make(self, store: TrayStore, visitor: str, tray: Tray) -> Tray:
        """Make the change; the tray after it."""
        return store.take(visitor, tray.id, [self.item])


class Place(BaseModel):
    """Put an item right before another, or at the end."""

    do: Literal["place"]
    item: Id
    before: Id | None

    def make(self, store: TrayStore, visitor: str, tray: Tray) -> Tray:
        """Make the change; the tray after it."""
        return store.place(visitor, tray.id, self.item, self.before)


class Note(BaseModel):
    """Write the note on an item."""

    do: Literal["note"]
    item: Id
    text: str
    seen: str

    def make(self, store: TrayStore, visitor: str, tray: Tray) -> Tray:
        """Make the change; the tray after it."""
        return store.write_note(visitor, tray.id, self.item, self.text, self.seen)


class Asked(BaseModel):
    """What a browser asks."""

    tray: Id | None = None
    """Which; the one opened last if None."""
    change: Annotated[Put | Out | Take | Place | Note, Field(discriminator="do")] | None
    whole: bool = False
    """Whether the works are to be told, too."""


def tray_routes(prefix: str) -> list[Route]:
    """The routes, below the app's prefix."""
    return [
        Route(f"{prefix}/tray", _change, methods=["POST"]),
        Route(f"{prefix}/tray/{{token}}/{{what}}", _taken_away),
    ]


def tray_view(tray: Tray) -> list[dict[str, Any]]:
    """What the browser is told of a tray's works, in their order."""
    return [_item(one) for one in held(tray.items)]


async def _change(request: Request) -> Response:
    visitor = visitor_of(request)
    if not visitor:
        return JSONResponse({"error": NO_COOKIE}, 403)
    # A page of another site can't send this type without asking first, and is refused then.
    if request.headers.get("content-type") != "application/json":
        return JSONResponse({"error": "Only JSON is read."}, 415)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST:
            return JSONResponse({"error": "That is too much at once."}, 413)
    try:
        asked = Asked.model_validate_json(body)
        return JSONResponse(await run_in_threadpool(_answer, visitor, asked))
    except ValidationError:
        return JSONResponse({"error": "That is no change of a tray."}, 400)
    except ArtExtractError as error:
        return JSONResponse({"error": str(error)}, 409)


def _answer(visitor: str, asked: Asked) -> dict[str, Any]:
    """What the tray is after the change.

    Raises:
        ArtExtractError: it can't be changed so.
    """
    tray = _changed(TrayStore(), visitor, asked)
    if tray is None:
        return {"id": None, "name": "", "count": 0, "items": []}
    items = tray_view(tray) if asked.whole else []
    return {"id": tray.id, "name": tray.name, "count": len(tray.items), "items": items}


def _changed(store: TrayStore, visitor: str, asked: Asked) -> Tray | None:
    if isinstance(asked.change, Put):
        return asked.change.make(store, visitor, asked.tray)
    tray = store.current(visitor) if asked.tray is None else store.read(visitor, asked.tray)
    return tray if tray is None or asked.change is None else asked.change.make(store, visitor, tray)


def _item(one: Held) -> dict[str, Any]:
    picture = thumbnails_url(one.item.collection) + f"{one.told('image_sha256')}.jpg"
    return {
        "id": one.item.id,
        "collection": one.item.collection,
        "work": one.item.work,
        "title": one.title,
        "made": ", ".join(part for part in (one.artist, one.date) if part),
        "licence": one.told("licence"),
        "note": one.item.note,
        "gone": one.gone,
        "picture": "" if one.gone else picture,
        "alternative": one.told("description") or one.label,
    }


def _taken_away(request: Request) -> Response:
    """What a tray's reading link gives besides the screen."""
    try:
        tray = TrayStore().shared(request.path_params["token"])
        works = held(tray.items)
        match request.path_params["what"]:
            case "works.csv":
                headers = _PRIVATE | _as_file(tray, "csv")
                return Response(tray_csv(works), media_type="text/csv", headers=headers)
            case "manifest.json":
                made = json.dumps(tray_manifest(tray, works, _app(request)), ensure_ascii=False)
                everyone = {"Access-Control-Allow-Origin": "*"}
                return Response(made, media_type="application/json", headers=_PRIVATE | everyone)
            case "page.html":
                policy = {"Content-Security-Policy": _NOTHING_RUNS}
                page = tray_page(tray, works)
                return Response(page, media_type="text/html", headers=_PRIVATE | policy)
            case "pictures.zip":
                return _pictures(tray, works)
    except ArtExtractError as error:
        return PlainTextResponse(str(error), 404, _PRIVATE)
    return PlainTextResponse("There is nothing at this address.", 404, _PRIVATE)


def _pictures(tray: Tray, works: list[Held]) -> Response:
    with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as file:
        path = Path(file.name)
    write_pictures(path, tray, works)
    return FileResponse(
        path,
        media_type="application/zip",
        headers=_PRIVATE | _as_file(tray, "zip"),
        background=BackgroundTask(path.unlink),
    )


def _as_file(tray: Tray, kind: str) -> dict[str, str]:
    name = re.sub(r"[^\w .-]+", " ", tray.name).strip(" .") or "tray"
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{name}.{kind}')}"}


def _app(request: Request) -> str:
    """The app's address as its visitor has it, also where a proxy ends their HTTPS."""
    secure = request.headers.get("x-forwarded-proto") == "https"
    return f"{'https' if secure else request.url.scheme}://{request.url.netloc}{base_url()}"
