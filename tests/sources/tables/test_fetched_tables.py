"""Tables and pictures fetched from a server: once, and by the record of an API."""

import io
import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from artextract.errors import SourceError
from artextract.settings import HOSTS_VARIABLE
from artextract.sources.fetching.causes import Cause
from artextract.sources.tables.preset import read_presets
from artextract.sources.tables.source import TableSource
from tests.sources.tables.test_source import MET, only, opened
from tests.support.made import jpeg, made_picture


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict[str, bytes], Counter[str]]]:
    """A server: its address, what it has by path, and how often it was asked for it."""
    bodies: dict[str, bytes] = {}
    asked: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked[self.path] += 1
            body = bodies.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
        host = f"127.0.0.1:{http.server_address[1]}"
        monkeypatch.setenv(HOSTS_VARIABLE, host)
        yield f"http://{host}", bodies, asked
        http.shutdown()


def test_a_table_and_its_pictures_are_fetched_once(
    tmp_path: Path, server: tuple[str, dict[str, bytes], Counter[str]]
) -> None:
    url, bodies, asked = server
    service = {
        "@context": "http://iiif.io/api/image/2/context.json",
        "@id": f"{url}/iiif/x",
        "width": 96,
        "height": 72,
        "protocol": "http://iiif.io/api/image",
        "profile": ["http://iiif.io/api/image/2/level2.json"],
    }
    canvas = {
        "id": f"{url}/c",
        "type": "Canvas",
        "width": 96,
        "height": 72,
        "items": [
            {
                "type": "AnnotationPage",
                "items": [
                    {
                        "type": "Annotation",
                        "motivation": "painting",
                        "target": f"{url}/c",
                        "body": {"id": f"{url}/m.jpg", "type": "Image", "format": "image/jpeg"},
                    }
                ],
            }
        ],
    }
    picture = jpeg(made_picture(1))
    bodies |= {
        "/data/table.csv": (
            f"id,image\n1,../pictures/a.jpg\n2,{url}/iiif/x/info.json\n3,{url}/manifest.json\n4,{url}/gone.jpg\n"
        ).encode(),
        "/pictures/a.jpg": picture,
        "/iiif/x/info.json": json.dumps(service).encode(),
        "/iiif/x/full/!96,96/0/default.jpg": picture,
        "/manifest.json": json.dumps({"id": f"{url}/manifest.json", "type": "Manifest", "items": [canvas]}).encode(),
        "/m.jpg": picture,
    }
    for _ in range(2):
        source = TableSource(f"{url}/data/table.csv")
        works = list(source.works())
        assert [Image.open(io.BytesIO(work.read())).size for work in works[:3]] == [(96, 72)] * 3
        assert works[1].extra["iiif"] == f"{url}/iiif/x"
        with pytest.raises(SourceError) as failure:
            works[3].read()
        assert (failure.value.cause, failure.value.status) == (Cause.GONE, 404)
        source.close()
    assert {
        path: count for path, count in asked.items() if count > 1 and "table" not in path and "robots" not in path
    } == {}


def test_the_record_of_an_api_names_the_picture(
    tmp_path: Path, server: tuple[str, dict[str, bytes], Counter[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, bodies, _ = server
    met = read_presets()["met"]
    changed = type(met)(**{**vars(met), "api": f"{url}/objects/{{Object ID}}"})
    monkeypatch.setattr("artextract.sources.tables.preset.read_presets", lambda: {"met": changed})
    record = {"objectID": 45734, "primaryImageSmall": f"{url}/small.jpg", "primaryImage": f"{url}/large.jpg"}
    bodies |= {"/objects/45734": json.dumps(record).encode(), "/small.jpg": jpeg(made_picture(1))}
    assert only(opened(tmp_path, MET)).read() == jpeg(made_picture(1))
    bodies["/objects/45734"] = b"{}"
    empty = opened(tmp_path, MET.replace("45734", "45735"))
    bodies["/objects/45735"] = json.dumps({"primaryImageSmall": "", "primaryImage": ""}).encode()
    with pytest.raises(SourceError) as failure:
        only(empty).read()
    assert failure.value.cause == Cause.NOT_NAMED
