"""What the server answers besides Streamlit's own pages: pictures, arrays, labels, trays, health, metrics.

The browser loads pictures by address: only those that it shows, and each one once.
"""

import contextlib
import ipaddress
import mimetypes
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from artextract.collecting.intake import THUMBNAIL_SIDE
from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.manifest import image_base
from artextract.metadata.rights import licence_text
from artextract.sources.tables.columns import is_number_heading
from artextract.trays.resolve import ResolvedItem, resolve
from artextract.trays.store import TrayItem
from artextract.ui import galleries, work_columns, work_text
from artextract.ui.server import arrays, picture_crops, public_limits, scripts
from artextract.ui.server.health import health
from artextract.ui.server.in_use import Turns
from artextract.ui.server.tray_routes import tray_routes
from artextract.ui.server.urls import base_url, view_url
from artextract.ui.server.visitors import visitor_of
from artextract.vision.images import encode_jpeg, open_picture, thumbnail

_SHA256 = re.compile(r"[0-9a-f]{64}")
_DIGEST = re.compile(r"[0-9a-f]{16}")
SIDES = {"thumb": THUMBNAIL_SIDE, "view": galleries.VIEW_SIDE, "large": 4096}
"""The sizes of a picture: the first part of its address → its long side in pixels, unless the picture is smaller."""
SHEET_SIDES, SHEET_COLUMNS = ("64", "128"), 8
"""Sheets of small pictures (as in `map/pictures.js`): sides of each in pixels, and how many are side by side."""
_NO_PICTURE = "#d8d6d2"
_EVERYONE = {"Access-Control-Allow-Origin": "*"}  # Viewers on other sites show manifests and their pictures
_IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}


def routes() -> list[BaseRoute]:
    """The routes to mount beside Streamlit's. What does not exist or is not an address of this app gets 404."""
    pictures = partial(_in_turn, lambda: public_limits.LIMITER.pictures_at_once)
    own = [
        Route("/health", _health),
        Route("/metrics", _metrics),
        Route("/thumb/{collection}/{sha256}.jpg", _thumb),
        Route("/{size}/{collection}/{sha256}.jpg", pictures(_view)),
        Route("/gone.jpg", _gone),
        Route("/{kind}/{collection}/{sha256}/{place}.jpg", pictures(_crop)),
        Route("/work", _work),
        Route("/script/{version}/{name}", _script),
        Route("/manifest/{collection}/{digest}.json", _manifest),
        Route("/array/{digest}.bin", _array),
        Route(
            "/regions/{collection}/{backbone}/{revision}/{method}/{key}.json",
            _in_turn(lambda: public_limits.LIMITER.regions_at_once, _regions),
        ),
        Route("/texts/{names}/{revisions}/{backbone}/{rows}.json", _texts),
        Route("/sheets/{names}/{revisions}/{backbone}/{side}/{rows}.jpg", pictures(_sheet)),
        *tray_routes(),
    ]
    absent = dict.fromkeys((ArtExtractError, FileNotFoundError), lambda _request, _error: Response(status_code=404))
    return [Mount(f"{base_url()}/artextract", Starlette(routes=own, exception_handlers=absent))]


def _health(_request: Request) -> Response:
    state = health()
    headers = {"Cache-Control": "no-store"}
    return JSONResponse({"alive": True, **asdict(state)}, 200 if state.ready else 503, headers)


def _metrics(request: Request) -> Response:
    """Metrics for the operators: only for clients in the server's own network, and not through a proxy."""
    by_proxy = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "via"))
    try:
        inside = request.client is not None and ipaddress.ip_address(request.client.host).is_private
    except ValueError:
        inside = False
    if by_proxy or not inside:
        raise FileNotFoundError
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _in_turn(
    turns: Callable[[], Turns], answer: Callable[[Request], Response]
) -> Callable[[Request], Awaitable[Response]]:
    """`answer`, for requests that are slow to answer: a few at once."""

    async def answer_in_turn(request: Request) -> Response:
        return await turns().run(visitor_of(request).address, answer, request)

    return answer_in_turn


def _thumb(request: Request) -> Response:
    collection, sha256 = _picture_of(request)
    path = collection.thumbnail_path(sha256)
    if not path.is_file():
        raise FileNotFoundError
    return FileResponse(path, media_type="image/jpeg", headers=_IMMUTABLE)


def _view(request: Request) -> Response:
    if (side := SIDES.get(request.path_params["size"])) is None:
        raise FileNotFoundError
    picture = open_picture(_file_of(request), at_least=side)
    content = encode_jpeg(thumbnail(picture.image, side), quality=90)
    return Response(content, media_type="image/jpeg", headers=_IMMUTABLE | _EVERYONE)


def _work(request: Request) -> Response:
    """What the lightbox shows of a work."""
    asked = request.query_params
    work = resolve([TrayItem(asked.get("collection", ""), asked.get("work", ""), "")])[0]
    if work.gone:
        raise FileNotFoundError
    row = pd.Series(work.row)
    numbers = (work.value(name) for name in work_columns.source_columns(row) if is_number_heading(name))
    content = {
        "title": work.title,
        "made": " · ".join(filter(None, (work.artist, work.date))),
        "number": next(filter(None, numbers), work.item.work),
        "licence": licence_text(work.value("licence")),
        "credit": work.value("credit"),
        "page": work.page,
        "facts": work_text.facts(row),
        "levels": _levels(work),
        "iiif": image_base(work.value("iiif")),
    }
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def _levels(work: ResolvedItem) -> list[dict[str, Any]]:
    """The sizes in which the server has a work's picture, smallest first."""
    width, height = int(work.row["width"]), int(work.row["height"])
    levels: dict[tuple[int, int], dict[str, Any]] = {}
    for size, side in SIDES.items():
        scale = min(1.0, side / max(width, height))
        shown = max(1, round(width * scale)), max(1, round(height * scale))
        url = view_url(work.item.collection, work.value("image_sha256"), size)
        levels.setdefault(shown, {"url": url, "width": shown[0], "height": shown[1]})
    return [*levels.values()]


def _script(request: Request) -> Response:
    name = request.path_params["name"]
    return Response(scripts.content(name), media_type=mimetypes.guess_type(name)[0], headers=_IMMUTABLE)


def _gone(_request: Request) -> Response:
    """The placeholder for a work that is gone: IIIF viewers cannot draw a canvas without a picture."""
    content = encode_jpeg(Image.new("RGB", (500, 500), _NO_PICTURE))
    return Response(content, media_type="image/jpeg", headers=_IMMUTABLE | _EVERYONE)


def _crop(request: Request) -> Response:
    """A face or a pose in a picture; the address says where it is."""
    kind, place = request.path_params["kind"], request.path_params["place"]
    try:
        crop = picture_crops.draw(kind, _file_of(request), place)
    except ValueError as error:
        raise FileNotFoundError from error
    return Response(encode_jpeg(crop), media_type="image/jpeg", headers=_IMMUTABLE)


def _array(request: Request) -> Response:
    if (content := arrays.array_store().content(request.path_params["digest"])) is None:
        raise FileNotFoundError
    return Response(content, media_type="application/octet-stream", headers=_IMMUTABLE)


def _texts(request: Request) -> Response:
    """Labels, thumbnails and ids of a few works by their rows."""
    works = _works_of(request, public_limits.LIMITER.limits.texts_per_request)
    content = {
        "thumb": [f"{gallery.collection.name}/{gallery.thumbnails[row]}" for gallery, row in works],
        "label": [gallery.labels[row] for gallery, row in works],
        "id": [str(gallery.works["id"].iloc[row]) for gallery, row in works],
    }
    return JSONResponse(content, headers=_IMMUTABLE)


def _sheet(request: Request) -> Response:
    """The pictures of a few works in one: line by line, each stretched to a square."""
    if request.path_params["side"] not in SHEET_SIDES:
        raise FileNotFoundError
    side, works = int(request.path_params["side"]), _works_of(request, SHEET_COLUMNS**2)
    sheet = Image.new("RGB", (SHEET_COLUMNS * side, -(-len(works) // SHEET_COLUMNS) * side), _NO_PICTURE)
    for number, (gallery, row) in enumerate(works):
        path = gallery.collection.thumbnail_path(gallery.works["image_sha256"].iloc[row])
        with contextlib.suppress(OSError), Image.open(path) as picture:
            picture.draft("RGB", (side, side))
            small = picture.resize((side, side), reducing_gap=2.0)
            sheet.paste(small, (number % SHEET_COLUMNS * side, number // SHEET_COLUMNS * side))
    return Response(encode_jpeg(sheet), media_type="image/jpeg", headers=_IMMUTABLE)


def _works_of(request: Request, most: int) -> list[tuple[galleries.Gallery, int]]:
    """The works whose rows are in an address. Of two collections, the second's rows come last.

    Raises FileNotFoundError if there are no such rows, more than `most`, or the rows are other works now.
    """
    parameters = request.path_params
    opened = [galleries.open_gallery(name, parameters["backbone"]) for name in parameters["names"].split("+")]
    counts = [len(gallery.works) for gallery in opened]
    try:
        rows = [int(row) for row in parameters["rows"].split(",")]
    except ValueError as error:
        raise FileNotFoundError from error
    revisions = "+".join(gallery.revision for gallery in opened)
    if revisions != parameters["revisions"] or len(rows) > most or not 0 <= min(rows) <= max(rows) < sum(counts):
        raise FileNotFoundError
    return [(opened[0], row) if row < counts[0] else (opened[1], row - counts[0]) for row in rows]


def _regions(request: Request) -> Response:
    """The regions of a map. The first request waits until they are computed; the map does not wait."""
    parameters = request.path_params
    gallery = galleries.open_gallery(parameters["collection"], parameters["backbone"])
    if (shown := galleries.open_map(gallery, parameters["method"])) is None:
        raise FileNotFoundError
    content = [region.summary() for region in galleries.regions_of(gallery, shown)]
    if len({region["name"] for region in content} - {""}) < 2:
        content = []  # a name that is alone tells nothing apart
    current = (gallery.revision, shown.key) == (parameters["revision"], parameters["key"])
    return JSONResponse(content, headers=_IMMUTABLE if current else None)


def _manifest(request: Request) -> Response:
    """A stored manifest, which viewers on any site may load."""
    digest = request.path_params["digest"]
    file = Collection.open(request.path_params["collection"]).root / "manifests" / f"{digest}.json"
    if not _DIGEST.fullmatch(digest) or not file.is_file():
        raise FileNotFoundError
    return FileResponse(file, media_type="application/json", headers=_EVERYONE)


def _file_of(request: Request) -> Path:
    """The file of a picture."""
    collection, sha256 = _picture_of(request)
    for file in (collection.root / "images" / sha256[:2]).glob(f"{sha256}.*"):
        return file
    raise ArtExtractError(f"{collection.name} has no picture {sha256}.")


def _picture_of(request: Request) -> tuple[Collection, str]:
    """The collection and the checked SHA-256 in an address."""
    sha256 = request.path_params["sha256"]
    if not _SHA256.fullmatch(sha256):
        raise ArtExtractError(f"{sha256!r} is not a picture's SHA-256.")
    return Collection.open(request.path_params["collection"]), sha256
