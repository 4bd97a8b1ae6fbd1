"""A local stand-in of the hub for data sets: the answers that its client asks for, in their real form."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class DataSetHub:
    """What it holds and what it was asked. `root/OWNER/NAME` is a data set; its README.md has the card;
    `root/OWNER/NAME.converted` is its converted branch."""

    root: Path
    url: str = ""
    gated: bool = False  # Without the token "letmein"
    down: bool = False  # Files are not available
    asked: list[tuple[str, int]] = field(default_factory=list)  # Path and number of bytes of each body of a file

    def sent(self, suffix: str = ".parquet") -> int:
        """The bytes sent of the files with that suffix."""
        return sum(size for path, size in self.asked if path.endswith(suffix))


@contextmanager
def serving_data_sets(root: Path) -> Iterator[DataSetHub]:
    """Serve the data sets of a folder."""
    hub = DataSetHub(root)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._send(404, b"")

        def _answer(self, with_body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            allowed = not hub.gated or self.headers.get("Authorization") == "Bearer letmein"
            if match := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/revision/refs/convert/parquet", path):
                self._json(_facts(hub.root / f"{match[1]}.converted", match[1]))
            elif match := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/revision/[^/]+)?", path):
                self._json(_facts(hub.root / match[1], match[1]))
            elif match := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/tree/[^/]+/?(.*)", path):
                self._json(_tree(hub.root / match[1], match[2]) or _tree(hub.root / f"{match[1]}.converted", match[2]))
            elif match := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
                if not allowed:
                    self._send(403, b"", {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access is restricted."})
                elif hub.down or match[2] != COMMIT:
                    self._send(404 if not hub.down else 400, b"")
                else:
                    self._file(hub.root / match[1] / match[3], with_body)
            else:
                self._send(404, b"")

        def _file(self, file: Path, with_body: bool) -> None:
            converted = (
                hub.root / file.relative_to(hub.root).parts[0] / f"{file.relative_to(hub.root).parts[1]}.converted"
            )
            file = file if file.is_file() else converted.joinpath(*file.relative_to(hub.root).parts[2:])
            content = file.read_bytes() if file.is_file() else None
            if content is None:
                self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
                return
            status, headers = 200, {"ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Repo-Commit": COMMIT}
            if match := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", "")):
                headers["Content-Range"] = f"bytes {match[1]}-{match[2]}/{len(content)}"
                content, status = content[int(match[1]) : int(match[2]) + 1], 206
            if with_body:
                hub.asked.append((str(file.relative_to(hub.root)), len(content)))
            self._send(status, content, headers, with_body)

        def _json(self, told: Any) -> None:
            if told is None:
                self._send(404, b"", {"X-Error-Code": "RepoNotFound"})
            else:
                self._send(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

        def _send(
            self, status: int, content: bytes, headers: dict[str, str] | None = None, with_body: bool = True
        ) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _facts(folder: Path, name: str) -> dict[str, Any] | None:
    if not folder.is_dir():
        return None
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    readme = folder / "README.md"
    card = yaml.safe_load(readme.read_text().split("---")[1]) if readme.exists() else None
    siblings = [{"rfilename": file.relative_to(folder).as_posix()} for file in files]
    return {"_id": "1", "id": name, "sha": COMMIT, "private": False, "siblings": siblings, "cardData": card}


def _tree(folder: Path, below: str) -> list[dict[str, Any]] | None:
    if not (folder / below).is_dir():
        return None
    return [
        {
            "type": "file" if entry.is_file() else "directory",
            "path": entry.relative_to(folder).as_posix(),
            "size": entry.stat().st_size if entry.is_file() else 0,
            "oid": "0" * 40,
        }
        for entry in sorted((folder / below).iterdir())
    ]
