"""The routes of trays: changes to the visitor's own trays, and exports of any tray by the token of its link.

Changes come from the browser's scripts (`components/grid/tray.js`), which send each one until it is
answered. A change may therefore arrive twice; the second time it changes nothing.
"""

import json
import re
from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from artextract import settings
from artextract.errors import ArtExtractError, BusyError
from artextract.metadata.rights import licence_text
from artextract.trays.exports import pictures_size, pictures_zip, tray_csv, tray_manifest, tray_page, tray_xlsx
from artextract.trays.resolve import ResolvedItem, resolve, tray_items
from artextract.trays.store import Tray, TrayStore, WorkRef
from artextract.ui.server import public_limits
from artextract.ui.server.urls import base_url, thumbnails_url
from artextract.ui.server.visitors import NO_COOKIE, visitor_of
from artextract.ui.work_text import redact

_TABLES = {
    "works.csv": (tray_csv, "text/csv"),
    "works.xlsx": (tray_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
}
_NO_SCRIPTS = {"Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'"}


class TrayChange(BaseModel):
    """A change to a tray."""

    do: Literal["add", "remove", "move", "note"]
    collection: str
    works: Annotated[list[str], Field(min_length=1)]  # Ids. Only "add" takes more than one.
    note: str = ""
    before: WorkRef | None = None


class TrayRequest(BaseModel):
    """What a browser sends to change or read a tray."""

    tray: Annotated[int, Field(ge=0, lt=2**53)] | None = None  # None for the tray opened last
    change: TrayChange | None
    whole: bool = False  # Whether the answer includes the works


def tray_routes() -> list[Route]:
    """The routes of trays."""
    return [Route("/tray", _change, methods=["POST"]), Route("/tray/{token}/{file}", _export)]


def tray_works() -> frozenset[WorkRef] | None:
    """The works in the visitor's current tray, for screens that show works; None if trays are not available."""
    token, store = visitor_of().token, TrayStore()
    try:
        tray = store.current(token) if token else None
    except ArtExtractError:
        return None
    if not store.is_writable:
        return None
    return frozenset(item.ref for item in tray.items) if tray else frozenset()


def tray_view(tray: Tray) -> list[dict[str, Any]]:
    """The works of a tray as the browser draws them, in order."""
    return [
        {
            "collection": work.item.collection,
            "work": work.item.work,
            "title": work.title,
            "artist_and_date": work.artist_and_date,
            "licence": licence_text(work.value("licence")),
            "note": work.item.note,
            "gone": work.gone,
            "picture": "" if work.gone else thumbnails_url(work.item.collection) + f"{work.value('image_sha256')}.jpg",
            "alternative": work.value("description") or work.label,
        }
        for work in _resolved(tray)
    ]


async def _change(request: Request) -> Response:
    visitor = visitor_of(request)
    if not visitor.token:
        return JSONResponse({"error": NO_COOKIE}, 403)
    # A page of another site cannot send this type without a preflight request, which is refused.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return JSONResponse({"error": "Changes must be JSON."}, 415)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > public_limits.LIMITER.limits.tray_change_size:
            return JSONResponse({"error": "This change is too large."}, 413)
    try:
        change = TrayRequest.model_validate_json(body)
        turns = public_limits.LIMITER.trays_at_once
        return JSONResponse(await turns.run(visitor.address, _answer, visitor.token, change))
    except ValidationError:
        return JSONResponse({"error": "This is not a change to a tray."}, 400)
    except ArtExtractError as error:
        return JSONResponse({"error": redact(error)}, _status(error, 409))


def _status(error: ArtExtractError, otherwise: int) -> int:
    """The status of an answer; 503 tells the browser's script to send the change again."""
    return 503 if isinstance(error, BusyError) else otherwise


def _answer(token: str, request: TrayRequest) -> dict[str, Any]:
    tray = _changed(TrayStore(), token, request.tray, request.change)
    if tray is None:
        return {"id": None, "name": "", "count": 0, "items": []}
    items = tray_view(tray) if request.whole else []
    return {"id": tray.id, "name": tray.name, "count": len(tray.items), "items": items}


def _changed(store: TrayStore, token: str, tray: int | None, change: TrayChange | None) -> Tray | None:
    """The tray after the change."""
    if change is not None and change.do == "add":
        works = tray_items(change.collection, change.works)
        return store.add(token, [replace(work, note=change.note) for work in works], tray, change.before)
    before = store.current(token) if tray is None else store.read(token, tray)
    if before is None or change is None:
        return before
    work = (change.collection, change.works[0])
    if change.do == "remove":
        return store.remove(token, before.id, work)
    if change.do == "move":
        return store.move(token, before.id, work, change.before)
    return store.write_note(token, before.id, work, change.note)


def _resolved(tray: Tray) -> list[ResolvedItem]:
    """The works of a tray; the sentences about missing works name no path."""
    return [replace(work, gone=redact(work.gone)) for work in resolve(tray.items)]


async def _export(request: Request) -> Response:
    """A file made from a tray, for everyone who has the tray's link."""
    limiter, address, file = public_limits.LIMITER, visitor_of(request).address, request.path_params["file"]
    try:
        tray, works = await limiter.trays_at_once.run(address, _shared, request.path_params["token"])
        if file == "page.html":  # its pictures are decoded
            page = await limiter.pictures_at_once.run(address, tray_page, tray, works)
            return Response(page, media_type="text/html", headers=_PRIVATE | _NO_SCRIPTS)
        return await limiter.trays_at_once.run(address, _file, request, tray, works)
    except ArtExtractError as error:
        return PlainTextResponse(redact(error), _status(error, 404), _PRIVATE)


def _shared(token: str) -> tuple[Tray, list[ResolvedItem]]:
    tray = TrayStore().shared(token)
    return tray, _resolved(tray)


def _file(request: Request, tray: Tray, works: list[ResolvedItem]) -> Response:
    file = request.path_params["file"]
    if file in _TABLES:
        write, media_type = _TABLES[file]
        headers = _PRIVATE | _download(tray, file.rpartition(".")[2])
        return Response(write(works), media_type=media_type, headers=headers)
    if file == "manifest.json":
        is_secure = request.headers.get("x-forwarded-proto") == "https"  # a proxy may handle HTTPS
        app = f"{'https' if is_secure else request.url.scheme}://{request.url.netloc}{base_url()}"
        manifest = json.dumps(tray_manifest(tray, works, app), ensure_ascii=False)
        everyone = {"Access-Control-Allow-Origin": "*"}
        return Response(manifest, media_type="application/json", headers=_PRIVATE | everyone)
    if file == "pictures.zip":
        return _pictures(tray, works)
    return PlainTextResponse("This address does not exist.", 404, _PRIVATE)


def _pictures(tray: Tray, works: list[ResolvedItem]) -> Response:
    megabytes, most = pictures_size(works) / 2**20, public_limits.LIMITER.limits.tray_pictures
    if settings.public() and megabytes > most:
        sentence = f"The pictures of this tray have {megabytes:,.0f} MB. This server sends up to {most:,} MB together."
        return PlainTextResponse(f"{sentence} Divide the tray into smaller ones.", 413, _PRIVATE)
    headers = _PRIVATE | _download(tray, "zip")
    return StreamingResponse(pictures_zip(tray, works), media_type="application/zip", headers=headers)


def _download(tray: Tray, suffix: str) -> dict[str, str]:
    name = re.sub(r"[^\w .-]+", " ", tray.name).strip(" .") or "tray"
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{name}.{suffix}')}"}
