"""A stand-in for the National Gallery of Art's servers that can be told to misbehave.

    python -m tests.support.gallery_server [PORT]

serves made images, or those of the folder that ARTEXTRACT_GALLERY_IMAGES names (`<objectid>.jpg`).
"""

import gzip
import hashlib
import io
import json
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from PIL import Image

from tests.support.gallery_tables import made_size, many, of_files

IMAGES_VARIABLE = "ARTEXTRACT_GALLERY_IMAGES"
FAULTS = ("busy", "error", "cut", "html", "wrong size", "elsewhere", "slow")
RETRY_AFTER = 1
"""Seconds that a busy server asks for."""
GRACE = 0.3
"""Seconds in which a request may still be on its way that was sent before it was asked to wait."""
_IMAGE = re.compile(r"/iiif/(?P<uuid>[\w-]+)/full/!(?P<w>\d+),(?P<h>\d+)/0/default\.jpg")
_TILE = re.compile(
    r"/iiif/(?P<uuid>[\w-]+)/(?P<region>full|\d+,\d+,\d+,\d+)/"
    r"(?P<size>full|max|\d*,\d*)/0/default\.jpg"
)
"""What viewers ask for, and the client doesn't."""
_INFO = re.compile(r"/iiif/(?P<uuid>[\w-]+)/info\.json")


def made_image(uuid: str) -> Image.Image:
    """Another picture for each name, the same every time."""
    chance = np.random.default_rng(int.from_bytes(hashlib.sha256(uuid.encode()).digest()[:8]))
    cells = chance.integers(0, 255, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(cells).resize(made_size(uuid), Image.Resampling.BICUBIC)


@dataclass
class Log:
    """What the server saw of its guest."""

    asked: Counter[str] = field(default_factory=Counter)
    """Path → requests."""
    delivered: Counter[str] = field(default_factory=Counter)
    """Path → whole bodies sent."""
    unchanged: Counter[str] = field(default_factory=Counter)
    """Path → answers that nothing changed."""
    faults: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0
    too_soon: int = 0
    """Requests that came before the time that a `Retry-After` had asked for."""
    agents: set[str] = field(default_factory=set)


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of a guest who was killed on the way."""


class StandIn:
    """The server: what it holds, how it behaves, what it saw."""

    def __init__(self, tables: Path, image: Callable[[str], Image.Image] = made_image, port: int = 0) -> None:
        self.tables = tables
        self.image = image
        self.fault_rate = 0.0
        self.faults: tuple[str, ...] = FAULTS
        self.robots = "User-agent: *\nDisallow: /private/\n"
        self.log = Log()
        self.lock = threading.Lock()
        self.under_way = 0
        self.quiet_from = self.quiet_until = 0.0
        self._chance = random.Random(3)
        self._http = _Http(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @lru_cache(maxsize=4096)  # noqa: B019 - lives as long as the test
    def jpeg(self, uuid: str, box: tuple[int, int]) -> bytes:
        """An image that fits into a box."""
        picture = self.image(uuid)
        scale = min(box[0] / picture.width, box[1] / picture.height)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        body = io.BytesIO()
        picture.resize(size).save(body, "JPEG", quality=85)
        return body.getvalue()

    def fault(self) -> str | None:
        """What goes wrong with the next image, if something does."""
        with self.lock:
            if self._chance.random() >= self.fault_rate:
                return None
            kind = self._chance.choice(self.faults)
            self.log.faults[kind] += 1
            return kind

    def __enter__(self) -> "StandIn":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        return type("Handler", (_Handler,), {"house": self})


class _Handler(BaseHTTPRequestHandler):
    house: StandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        house, now = self.house, time.monotonic()
        with house.lock:
            house.log.asked[self.path] += 1
            house.log.agents.add(self.headers.get("User-Agent", ""))
            house.under_way += 1
            house.log.most_at_once = max(house.log.most_at_once, house.under_way)
            if house.quiet_from + GRACE < now < house.quiet_until - 0.01:
                house.log.too_soon += 1
        self._counted = True
        try:
            self._answer_it()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            self._let_go()

    def _answer_it(self) -> None:
        if self.path == "/robots.txt":
            self._send(200, self.house.robots.encode(), "text/plain")
        elif match := _INFO.fullmatch(self.path):
            self._info(match["uuid"])
        elif match := _IMAGE.fullmatch(self.path):
            self._image(match["uuid"], (int(match["w"]), int(match["h"])))
        elif match := _TILE.fullmatch(self.path):
            self._tile(match["uuid"], match["region"], match["size"])
        elif self.path.startswith("/iiif/"):
            self._send(400, b"not a request of the IIIF Image API", "text/plain")
        elif self.path.startswith("/data/"):
            self._table(self.house.tables / Path(self.path).name)
        else:
            self._send(404, b"no such thing", "text/plain")

    def _info(self, uuid: str) -> None:
        try:
            picture = self.house.image(uuid)
        except KeyError:
            self._send(404, b"no such image", "text/plain")
            return
        told = {
            "@context": "http://iiif.io/api/image/2/context.json",
            "@id": f"{self.house.url}/iiif/{uuid}",
            "protocol": "http://iiif.io/api/image",
            "width": picture.width,
            "height": picture.height,
            "profile": ["http://iiif.io/api/image/2/level2.json"],
        }
        self._send(200, json.dumps(told).encode(), "application/json")

    def _image(self, uuid: str, box: tuple[int, int]) -> None:
        if not 1 <= min(box) <= max(box) <= 4096:
            self._send(400, b"no such size", "text/plain")
            return
        try:
            body = self.house.jpeg(uuid, box)
        except KeyError:
            self._send(404, b"no such image", "text/plain")
            return
        match self.house.fault():
            case "busy":
                with self.house.lock:
                    self.house.quiet_from = time.monotonic()
                    self.house.quiet_until = self.house.quiet_from + RETRY_AFTER
                self._send(429, b"busy", "text/plain", {"Retry-After": str(RETRY_AFTER)})
            case "error":
                self._send(500, b"something broke", "text/plain")
            case "cut":
                self._send(200, body, "image/jpeg", cut=True)
            case "html":
                self._send(200, b"<html>Please sign in</html>", "text/html")
            case "wrong size":
                self._send(200, self.house.jpeg(uuid, (33, 21)), "image/jpeg")
            case "elsewhere":
                self._send(302, b"", "text/plain", {"Location": "http://elsewhere.invalid/x.jpg"})
            case kind:
                if kind == "slow":
                    time.sleep(0.3)
                self._send(200, body, "image/jpeg", {"ETag": _etag(body)})

    def _tile(self, uuid: str, region: str, size: str) -> None:
        try:
            picture = self.house.image(uuid)
        except KeyError:
            self._send(404, b"no such image", "text/plain")
            return
        if region == "full" and size in ("full", "max"):
            self._send(200, self.house.jpeg(uuid, picture.size), "image/jpeg")
            return
        if region != "full":
            left, top, width, height = (int(part) for part in region.split(","))
            corner = min(left + width, picture.width), min(top + height, picture.height)
            picture = picture.crop((left, top, *corner))
        if size not in ("full", "max"):
            wide, _, high = size.partition(",")
            width = int(wide) if wide else round(picture.width * int(high) / picture.height)
            picture = picture.resize((
                width,
                int(high) if high else max(1, round(picture.height * width / picture.width)),
            ))
        body = io.BytesIO()
        picture.save(body, "JPEG")
        self._send(200, body.getvalue(), "image/jpeg")

    def _table(self, file: Path) -> None:
        if not file.is_file():
            self._send(404, b"no such table", "text/plain")
            return
        body = file.read_bytes()
        headers = {"ETag": _etag(body)}
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        self._send(200, body, "text/csv", headers)

    def _send(
        self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None, cut: bool = False
    ) -> None:
        headers = headers or {}
        if "ETag" in headers and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, b""
            self.house.log.unchanged[self.path] += 1
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Access-Control-Allow-Origin", "*")
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._let_go()
        if cut:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        self.wfile.write(body)
        if status == 200:
            self.house.log.delivered[self.path] += 1

    def _let_go(self) -> None:
        """Count the request as answered: its guest may ask the next as soon as it has the body."""
        if self._counted:
            self._counted = False
            with self.house.lock:
                self.house.under_way -= 1

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def real_images() -> dict[str, Path]:
    """The real pictures by their image's name, where a folder of them is named."""
    folder = os.environ.get(IMAGES_VARIABLE)
    files = sorted(Path(folder).glob("*.jpg")) if folder else []
    return {f"image-{file.stem}": file for file in files}


def open_real(files: dict[str, Path], tables: Path, port: int = 0) -> StandIn:
    """A stand-in that serves real picture files; their tables are written to a folder."""
    house = StandIn(tables, lambda uuid: Image.open(files[uuid]).convert("RGB"), port)
    sizes = ((int(name.removeprefix("image-")), Image.open(file).size) for name, file in files.items())
    of_files(house.url, sizes).write(tables)
    return house


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 8700
    made = Path(tempfile.mkdtemp(prefix="gallery-tables-"))
    if real := real_images():
        standing = open_real(real, made, wanted)
    else:
        standing = StandIn(made, port=wanted)
        many(standing.url, 5000, 800).write(made)
    with standing:
        print(f"ARTEXTRACT_HOSTS={standing.host}, --opendata {standing.url}/data", flush=True)
        threading.Event().wait()
