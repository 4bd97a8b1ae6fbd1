"""What the server answers besides Streamlit's own pages: pictures, arrays, labels, trays, health, metrics.

The browser loads pictures by address: only those that it shows, and each one once.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path

from PIL import Image
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.ui import galleries
from artextract.ui.server import arrays, picture_crops, rate_limits
from artextract.ui.server.health import health
from artextract.ui.server.tray_routes import tray_routes
from artextract.ui.server.urls import base_url
from artextract.vision.images import encode_jpeg, open_picture, thumbnail

_SHA256 = re.compile(r"[0-9a-f]{64}")
_DIGEST = re.compile(r"[0-9a-f]{16}")
_EVERYONE = {"Access-Control-Allow-Origin": "*"}  # Viewers on other sites show manifests and their pictures
_IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}


def routes() -> list[Route]:
    """The routes to mount beside Streamlit's."""
    prefix = f"{base_url()}/artextract"
    regions = "{collection}/{backbone}/{revision}/{method}/{key}.json"
    return [
        Route(f"{prefix}/health", _health),
        Route(f"{prefix}/metrics", _metrics),
        Route(f"{prefix}/thumb/{{collection}}/{{sha256}}.jpg", _thumb),
        Route(f"{prefix}/view/{{collection}}/{{sha256}}.jpg", _view),
        Route(f"{prefix}/gone.jpg", _gone),
        Route(f"{prefix}/{{kind}}/{{collection}}/{{sha256}}/{{place}}.jpg", _crop),
        Route(f"{prefix}/manifest/{{collection}}/{{digest}}.json", _manifest),
        Route(f"{prefix}/array/{{digest}}.bin", _array),
        Route(f"{prefix}/regions/{regions}", _regions),
        Route(f"{prefix}/texts/{{names}}/{{revisions}}/{{backbone}}/{{rows}}.json", _texts),
        *tray_routes(prefix),
    ]


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
        return Response(status_code=404)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _or_404(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """`answer`, with 404 for what does not exist or is not an address of this app."""

    @wraps(answer)
    def answer_or_404(request: Request) -> Response:
        try:
            return answer(request)
        except (ArtExtractError, FileNotFoundError):
            return Response(status_code=404)

    return answer_or_404


@_or_404
def _thumb(request: Request) -> Response:
    collection, sha256 = _picture_of(request)
    path = collection.thumbnail_path(sha256)
    if not path.is_file():
        raise FileNotFoundError
    return FileResponse(path, media_type="image/jpeg", headers=_IMMUTABLE)


@_or_404
def _view(request: Request) -> Response:
    picture = open_picture(_file_of(*_picture_of(request)), at_least=galleries.VIEW_SIDE)
    content = encode_jpeg(thumbnail(picture.image, galleries.VIEW_SIDE), quality=90)
    return Response(content, media_type="image/jpeg", headers=_IMMUTABLE | _EVERYONE)


def _gone(_request: Request) -> Response:
    """The placeholder for a work that is gone: IIIF viewers cannot draw a canvas without a picture."""
    content = encode_jpeg(Image.new("RGB", (500, 500), "#d8d6d2"))
    return Response(content, media_type="image/jpeg", headers=_IMMUTABLE | _EVERYONE)


@_or_404
def _crop(request: Request) -> Response:
    """A face or a pose in a picture; the address says where it is."""
    file = _file_of(*_picture_of(request))
    try:
        crop = picture_crops.draw(request.path_params["kind"], file, request.path_params["place"])
    except ValueError as error:
        raise FileNotFoundError from error
    return Response(encode_jpeg(crop), media_type="image/jpeg", headers=_IMMUTABLE)


@_or_404
def _array(request: Request) -> Response:
    if (content := arrays.array_store().content(request.path_params["digest"])) is None:
        raise FileNotFoundError
    return Response(content, media_type="application/octet-stream", headers=_IMMUTABLE)


@_or_404
def _texts(request: Request) -> Response:
    """Labels and thumbnails of a few works by their rows. Of two collections, the second's rows come last."""
    parameters = request.path_params
    opened = [galleries.open_gallery(name, parameters["backbone"]) for name in parameters["names"].split("+")]
    if "+".join(gallery.revision for gallery in opened) != parameters["revisions"]:  # the rows are other works now
        raise FileNotFoundError
    first = len(opened[0].works)
    try:
        rows = _rows(parameters["rows"])
        works = [(opened[0], row) if row < first else (opened[1], row - first) for row in rows]
        content = {
            "thumb": [f"{gallery.collection.name}/{gallery.thumbnails[row]}" for gallery, row in works],
            "label": [gallery.labels[row] for gallery, row in works],
        }
    except (ValueError, IndexError) as error:
        raise FileNotFoundError from error
    return JSONResponse(content, headers=_IMMUTABLE)


def _rows(text: str) -> list[int]:
    rows = [int(row) for row in text.split(",")]
    if len(rows) > rate_limits.LIMITER.limits.texts_per_request or min(rows) < 0:
        raise ValueError(text)
    return rows


@_or_404
def _regions(request: Request) -> Response:
    """The regions of a map. The first request waits until they are computed; the map does not wait."""
    parameters = request.path_params
    gallery = galleries.open_gallery(parameters["collection"], parameters["backbone"])
    if (shown := galleries.open_map(gallery, parameters["method"])) is None:
        raise FileNotFoundError
    content = [region.summary() for region in galleries.regions_of(gallery, shown)]
    current = (gallery.revision, shown.key) == (parameters["revision"], parameters["key"])
    return JSONResponse(content, headers=_IMMUTABLE if current else None)


@_or_404
def _manifest(request: Request) -> Response:
    """A stored manifest, which viewers on any site may load."""
    digest = request.path_params["digest"]
    file = Collection.open(request.path_params["collection"]).root / "manifests" / f"{digest}.json"
    if not _DIGEST.fullmatch(digest) or not file.is_file():
        raise FileNotFoundError
    return FileResponse(file, media_type="application/json", headers=_EVERYONE)


def _file_of(collection: Collection, sha256: str) -> Path:
    """The file of a picture of the collection."""
    for file in (collection.root / "images" / sha256[:2]).glob(f"{sha256}.*"):
        return file
    raise ArtExtractError(f"{collection.name} has no picture {sha256}.")


def _picture_of(request: Request) -> tuple[Collection, str]:
    """The collection and the checked SHA-256 in an address."""
    sha256 = request.path_params["sha256"]
    if not _SHA256.fullmatch(sha256):
        raise ArtExtractError(f"{sha256!r} is not a picture's SHA-256.")
    return Collection.open(request.path_params["collection"]), sha256
