"""What the app's server answers besides Streamlit's own pages: pictures, arrays, texts, trays, its
health.

Pictures go to the browser by address, so that it fetches only those it shows and keeps them.
"""

import ipaddress
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.ui import galleries
from artextract.ui.server import arrays, metrics, picture_crops
from artextract.ui.server.health import as_json, health
from artextract.ui.server.trays import tray_routes
from artextract.ui.server.urls import base_url
from artextract.vision.images import encode_jpeg, open_picture, thumbnail

_SHA256 = re.compile(r"[0-9a-f]{64}")
_DIGEST = re.compile(r"[0-9a-f]{16}")
_MOST_ROWS = 500
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def routes() -> list[Route]:
    """The routes to mount beside Streamlit's."""
    prefix = f"{base_url()}/artextract"
    return [
        Route(f"{prefix}/health", _health),
        Route(f"{prefix}/metrics", _metrics),
        Route(f"{prefix}/thumb/{{collection}}/{{sha256}}.jpg", _thumb),
        Route(f"{prefix}/view/{{collection}}/{{sha256}}.jpg", _view),
        Route(f"{prefix}/{{kind}}/{{collection}}/{{sha256}}/{{what}}.jpg", _part),
        Route(f"{prefix}/manifest/{{collection}}/{{digest}}.json", _manifest),
        Route(f"{prefix}/array/{{digest}}.bin", _array),
        Route(
            f"{prefix}/regions/{{collection}}/{{backbone}}/{{revision}}/{{method}}/{{key}}.json",
            _regions,
        ),
        Route(f"{prefix}/texts/{{collection}}/{{backbone}}/{{revision}}/{{rows}}.json", _texts),
        Route(
            f"{prefix}/texts/{{one}}/{{revision}}/{{other}}/{{other_revision}}/{{backbone}}/{{rows}}.json",
            _texts_of_two,
        ),
        *tray_routes(prefix),
    ]


def _health(_request: Request) -> Response:
    found = health()
    never = {"Cache-Control": "no-store"}
    return JSONResponse(as_json(found), status_code=200 if found.ready else 503, headers=never)


def _metrics(request: Request) -> Response:
    """For who runs the server: asked from its own network, and through no proxy."""
    if any(name in request.headers for name in ("x-forwarded-for", "forwarded", "via")):
        return Response(status_code=404)
    try:
        inside = request.client and ipaddress.ip_address(request.client.host).is_private
    except ValueError:
        inside = False
    if not inside:
        return Response(status_code=404)
    content, media_type = metrics.exposition()
    return Response(content, media_type=media_type)


def _thumb(request: Request) -> Response:
    try:
        collection, sha256 = _picture_of(request)
    except ArtExtractError:
        return Response(status_code=404)
    path = collection.thumbnail_path(sha256)
    if not path.is_file():
        return Response(status_code=404)
    return FileResponse(path, media_type="image/jpeg", headers=_FOR_EVER)


def _view(request: Request) -> Response:
    try:
        collection, sha256 = _picture_of(request)
        picture = open_picture(_file_of(collection, sha256), at_least=galleries.VIEW_SIDE)
    except ArtExtractError:
        return Response(status_code=404)
    content = encode_jpeg(thumbnail(picture.image, galleries.VIEW_SIDE), quality=90)
    return Response(content, media_type="image/jpeg", headers=_FOR_EVER)


def _part(request: Request) -> Response:
    """A face, or a pose, of a picture: the address says where in it."""
    try:
        collection, sha256 = _picture_of(request)
        drawn = picture_crops.draw(
            request.path_params["kind"], _file_of(collection, sha256), request.path_params["what"]
        )
    except (ArtExtractError, ValueError):
        return Response(status_code=404)
    return Response(encode_jpeg(drawn), media_type="image/jpeg", headers=_FOR_EVER)


def _array(request: Request) -> Response:
    content = arrays.published(request.path_params["digest"])
    if content is None:
        return Response(status_code=404)
    return Response(content, media_type="application/octet-stream", headers=_FOR_EVER)


def _texts(request: Request) -> Response:
    """What is written of a few works, by their rows."""
    asked = request.path_params
    try:
        gallery = galleries.open_gallery(asked["collection"], asked["backbone"])
        rows = _rows(asked["rows"])
        content = {
            "thumb": [gallery.thumbnails[row] for row in rows],
            "label": [gallery.labels[row] for row in rows],
        }
    except (ArtExtractError, ValueError, IndexError):
        return Response(status_code=404)
    if gallery.revision != asked["revision"]:  # changed meanwhile: these rows are other works
        return Response(status_code=404)
    return JSONResponse(content, headers=_FOR_EVER)


def _texts_of_two(request: Request) -> Response:
    """The same of two collections' works; the other's rows come after the one's."""
    asked = request.path_params
    try:
        both = [galleries.open_gallery(asked[name], asked["backbone"]) for name in ("one", "other")]
        first = len(both[0].works)
        found = [(both[0], row) if row < first else (both[1], row - first) for row in _rows(asked["rows"])]
        content = {
            "thumb": [f"{of.collection.name}/{of.thumbnails[row]}" for of, row in found],
            "label": [of.labels[row] for of, row in found],
        }
    except (ArtExtractError, ValueError, IndexError):
        return Response(status_code=404)
    if [of.revision for of in both] != [asked["revision"], asked["other_revision"]]:
        return Response(status_code=404)
    return JSONResponse(content, headers=_FOR_EVER)


def _rows(text: str) -> list[int]:
    """The rows that an address asks for.

    Raises:
        ValueError: they aren't rows, or too many.
    """
    rows = [int(row) for row in text.split(",")]
    if len(rows) > _MOST_ROWS or min(rows) < 0:
        raise ValueError(text)
    return rows


def _regions(request: Request) -> Response:
    """The regions of a map. The first to ask waits until they are found; the map doesn't."""
    parameters = request.path_params
    try:
        gallery = galleries.open_gallery(parameters["collection"], parameters["backbone"])
        drawn = galleries.open_map(gallery, parameters["method"])
        if drawn is None:
            return Response(status_code=404)
        regions = galleries.regions_of(gallery, drawn)
    except ArtExtractError:
        return Response(status_code=404)
    content = [
        {
            "level": region.level,
            "x": region.x,
            "y": region.y,
            "size": len(region.rows),
            "name": region.name,
            "figures": region.figures,
            "more": region.more,
        }
        for region in regions
    ]
    same = (gallery.revision, drawn.key) == (parameters["revision"], parameters["key"])
    return JSONResponse(content, headers=_FOR_EVER if same else None)


def _manifest(request: Request) -> Response:
    """A manifest that was made here, for viewers anywhere."""
    digest = request.path_params["digest"]
    try:
        collection = Collection.open(request.path_params["collection"])
    except ArtExtractError:
        return Response(status_code=404)
    file = collection.root / "manifests" / f"{digest}.json"
    if not _DIGEST.fullmatch(digest) or not file.is_file():
        return Response(status_code=404)
    everyone = {"Access-Control-Allow-Origin": "*"}
    return FileResponse(file, media_type="application/json", headers=everyone)


def _file_of(collection: Collection, sha256: str) -> Path:
    """The picture's file in the collection."""
    for file in (collection.root / "images" / sha256[:2]).glob(f"{sha256}.*"):
        return file
    raise ArtExtractError(f"{collection.name} has no picture {sha256}.")


def _picture_of(request: Request) -> tuple[Collection, str]:
    """The collection and the picture that an address names, checked."""
    sha256 = request.path_params["sha256"]
    if not _SHA256.fullmatch(sha256):
        raise ArtExtractError(f"{sha256!r} is not a picture's SHA-256.")
    return Collection.open(request.path_params["collection"]), sha256
