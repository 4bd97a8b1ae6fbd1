"""One server on 127.0.0.1 that plays all hosts of the world.

    with World() as world:
        world.enter(monkeypatch)                              # names of hosts now lead to the server
        world.on("dead.example", "dead")                      # a host, or an address, or a pattern of addresses
        world.on("a.example/p/*", "forbidden")
        world.on("b.example/m.json", Answer(body=manifest))
        world.on("c.example/iiif/*", ImageService(level=1))   # info.json and pictures below that address
        ...
        assert world.asked["b.example/m.json"] == 1

Addresses are written without http:// or https://; both lead here. An address without a rule gives a JPEG of
its own, or what a level 2 image service gives. Rules that were made later come first. `command` runs the
program in a process of its own, which sees the same world.
"""

import fnmatch
import hashlib
import io
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.support.image_services import ImageService, split_request
from tests.support.made import jpeg, made_picture

PUBLIC = "93.184.215.14"  # The IP address that the program believes the world has
WORLD_VARIABLE = "ARTEXTRACT_TEST_WORLD"


@dataclass(frozen=True)
class Answer:
    """What the server sends."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0  # Seconds before the answer
    cut: bool = False  # Whether the connection breaks in the middle of the body


_PAGE = "text/html; charset=utf-8"
_CHECK = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
ANSWERS = {
    "forbidden": Answer(403, b"<html>Forbidden</html>", _PAGE),
    "login": Answer(401, b"<html>Sign in</html>", _PAGE),
    "browser check": Answer(403, _CHECK, _PAGE, {"cf-mitigated": "challenge"}),
    "browser check 200": Answer(200, _CHECK, _PAGE),
    "gone": Answer(404, b"<html>Not found</html>", _PAGE),
    "busy": Answer(429, b"busy", "text/plain", {"Retry-After": "1"}),
    "busy for an hour": Answer(429, b"busy", "text/plain", {"Retry-After": "3600"}),
    "wrong size": Answer(400, b"no such size", "text/plain"),
    "error": Answer(500, b"something broke", "text/plain"),
    "empty": Answer(200, b"", "image/jpeg"),
    "page": Answer(200, b"<!DOCTYPE html><html><body>A painting</body></html>", _PAGE),
    "page called a picture": Answer(200, b"<html><body>A painting</body></html>", "image/jpeg"),
    "json": Answer(200, b'{"error": "no picture"}', "application/json"),
    "film": Answer(200, b"\x00\x00\x00\x20ftypisom" + bytes(400), "video/mp4"),
    "pdf": Answer(200, b"%PDF-1.7 " + bytes(400), "application/pdf"),
    "damaged": Answer(200, jpeg(made_picture(1, 200, 150))[:2000], "image/jpeg"),
    "cut": Answer(200, jpeg(made_picture(1, 200, 150)), "image/jpeg", cut=True),
    "slow": Answer(200, jpeg(made_picture(1, 200, 150)), "image/jpeg", delay=1.0),
}
_UNREACHABLE = ("dead", "refused", "unknown", "private")
"""How a name may lead nowhere: no answer to the connection, no server there, no such name, a private address."""
Rule = str | Answer | ImageService


class World:
    """The server: its rules, and what it saw."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()  # Address → requests
        self.delivered: Counter[str] = Counter()  # Address → whole bodies sent with status 200
        self.unchanged: Counter[str] = Counter()  # Address → answers that nothing changed
        self.most_at_once: Counter[str] = Counter()  # Host → requests under way at the same time
        self.headers: dict[str, dict[str, str]] = {}  # Host → headers of its last request
        self.robots = ""  # Of every host without a rule of its own
        self.delay = 0.0  # Seconds before each answer
        self.delays: dict[str, float] = {}  # Host → seconds before each of its answers
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self._rules: list[tuple[str, Rule]] = []
        self._names: dict[str, str] = {}  # Names that lead nowhere
        self._under_way: Counter[str] = Counter()
        self._http = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"world": self}))
        self._private = socket.create_server(("127.0.0.1", 0))
        self._dead = socket.create_server(("127.0.0.1", 0), backlog=0)
        self._held = [socket.socket() for _ in range(4)]
        for waiting in self._held:  # the queue is full: nobody else's connection is answered
            waiting.setblocking(False)
            waiting.connect_ex(self._dead.getsockname())

    def __enter__(self) -> "World":
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._http.shutdown()
        for opened in (self._http, self._private, self._dead, *self._held):
            opened.server_close() if isinstance(opened, ThreadingHTTPServer) else opened.close()

    def on(self, pattern: str, rule: Rule) -> None:
        """Set what a host, an address or a pattern of addresses gives: an answer, its name in `ANSWERS`, an image.

        Further names: "silent" (accepts the connection and says nothing), "dead", "refused", "unknown" and
        "private" (for hosts only), and "-> ADDRESS" for a redirect.
        """
        if rule in _UNREACHABLE:
            self._names[pattern] = str(rule)
        else:
            self._rules.insert(0, (pattern if "/" in pattern else f"{pattern}/*", rule))

    def enter(self, patch: pytest.MonkeyPatch) -> None:
        """Lead this process's connections here, and make it believe that this is a public address."""
        _enter(patch, self._places())

    def command(self, *arguments: str, module: str = "artextract.cli", **environment: str) -> "subprocess.Popen[bytes]":
        """Run `artextract …`, or another module, in this world, in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.world", module, *arguments],
            env=os.environ | environment | {WORLD_VARIABLE: json.dumps(self._places())},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def rule_of(self, address: str) -> Rule | None:
        """The rule of an address; None if it has none."""
        return next((rule for pattern, rule in self._rules if fnmatch.fnmatchcase(address, pattern)), None)

    def _places(self) -> dict[str, Any]:
        ports = {"dead": self._dead, "private": self._private}
        return {
            "port": self._http.server_address[1],
            "ports": {kind: opened.getsockname()[1] for kind, opened in ports.items()},
            "names": self._names,
        }

    def answer(self, address: str) -> Answer | str:
        """What to send for an address."""
        rule = self.rule_of(address)
        if address.partition("/")[2] == "robots.txt" and rule not in ("silent", "forbidden", "error"):
            return Answer(200, self.robots.encode(), "text/plain") if not isinstance(rule, Answer) else rule
        if isinstance(rule, str):
            redirect = Answer(302, b"", "text/plain", {"Location": rule[3:]})
            return redirect if rule.startswith("-> ") else ANSWERS.get(rule, rule)
        return rule if isinstance(rule, Answer) else self._made(address, rule or ImageService())

    @staticmethod
    def _made(address: str, service: ImageService) -> Answer:
        if address.endswith("/info.json"):
            return Answer(body=service.info(f"https://{address.removesuffix('/info.json')}"))
        if request := split_request(address):
            picture = service.picture(request["base"], request["region"], request["size"], request["file"])
            return ANSWERS["wrong size"] if picture is None else Answer(200, picture, "image/jpeg")
        return Answer(200, picture_of(address), "image/jpeg")


def picture_of(address: str) -> bytes:
    """The JPEG that an address without a rule gives: another for each address, 120 × 90 px."""
    body = io.BytesIO()
    made_picture(int.from_bytes(hashlib.sha256(address.encode()).digest()[:4]), 120, 90).save(
        body, "JPEG", comment=address
    )
    return body.getvalue()


def _enter(patch: pytest.MonkeyPatch, places: dict[str, Any]) -> None:
    from httpcore2 import SyncBackend

    from artextract.sources.fetching import addresses

    find, peer_of, connect = socket.getaddrinfo, addresses.peer_of, SyncBackend.connect_tcp

    def resolve(host: str, port: int, *rest: Any, **named: Any) -> Any:
        if host.startswith("127."):
            return find(host, port, *rest, **named)
        kind = places["names"].get(host)
        if kind == "unknown":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        port = 9 if kind == "refused" else places["ports"].get(kind, places["port"])
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    def connect_without_tls(backend: Any, *rest: Any, **named: Any) -> Any:
        stream = connect(backend, *rest, **named)
        patch.setattr(stream, "start_tls", lambda *_, **__: stream)  # the world has no certificates
        return stream

    def peer(server: tuple[str, int]) -> str:
        return PUBLIC if server[1] == places["port"] else peer_of(server)

    patch.setattr(socket, "getaddrinfo", resolve)
    patch.setattr(SyncBackend, "connect_tcp", connect_without_tls)
    patch.setattr(addresses, "peer_of", peer)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Say nothing of a guest who was killed on the way."""


class _Handler(BaseHTTPRequestHandler):
    world: World
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        world, host = self.world, self.headers.get("Host", "").lower()
        address = f"{host}{self.path}"
        with world.lock:
            world.asked[address] += 1
            world.headers[host] = dict(self.headers)
            world._under_way[host] += 1
            world.most_at_once[host] = max(world.most_at_once[host], world._under_way[host])
        try:
            answer = world.answer(address)
            if isinstance(answer, str):  # silent
                world.stopped.wait(120)
                self.close_connection = True
                return
            time.sleep(answer.delay or world.delays.get(host, world.delay))
        finally:
            with world.lock:
                world._under_way[host] -= 1
        self._send(address, answer)

    def _send(self, address: str, answer: Answer) -> None:
        body, status, headers = answer.body, answer.status, dict(answer.headers)
        if status == 200:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == headers["ETag"]:
                self.world.unchanged[address] += 1
                status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if answer.cut else body)
        self.close_connection = self.close_connection or answer.cut
        if status == 200 and not answer.cut:
            with self.world.lock:
                self.world.delivered[address] += 1

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    _enter(pytest.MonkeyPatch(), json.loads(os.environ[WORLD_VARIABLE]))
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
