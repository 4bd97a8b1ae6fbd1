"""What the middleware refuses: other names, frames, and one address that takes everything."""

import asyncio
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg

from artextract.settings import PUBLIC_VARIABLE
from artextract.ui.server import in_use, public_limits
from artextract.ui.server.in_use import UploadMemory
from artextract.ui.server.public_limits import Limits, RateLimiter
from artextract.ui.server.start import ServerMiddleware

ATTACKER, OTHER = "192.0.2.1", "198.51.100.7"
MESSAGE = BackMsg(stop_script=True).SerializeToString()


async def page(request: Request) -> Response:
    await request.body()
    return HTMLResponse("<p>the app</p>")


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_bytes(await socket.receive_bytes())
    except WebSocketDisconnect:
        return


ROUTES = [Route("/{path:path}", page, methods=["GET", "PUT", "POST"]), WebSocketRoute("/socket", echo)]
APP = ServerMiddleware(Starlette(routes=ROUTES))


def browser(address: str = ATTACKER, host: str = "localhost:8501") -> TestClient:
    return TestClient(APP, base_url=f"http://{host}", client=(address, 50_000))


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the server public, with limits."""

    def limit(**limits: Any) -> None:
        monkeypatch.setenv(PUBLIC_VARIABLE, "1")
        monkeypatch.setattr(public_limits, "LIMITER", RateLimiter(Limits(**limits)))

    return limit


@pytest.fixture
def names() -> Iterator[Callable[[list[str]], None]]:
    """Sets the names that the app answers to."""
    before = config.get_option("server.allowedHosts")
    yield lambda names: config.set_option("server.allowedHosts", names)
    config.set_option("server.allowedHosts", before)


def test_the_app_listens_on_this_computer_and_answers_to_its_own_names(names: Callable[[list[str]], None]) -> None:
    root = Path(__file__).parents[3]
    server = tomllib.loads((root / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["server"]
    assert server["address"] == "localhost"
    names(server["allowedHosts"])
    for host in ("localhost", "localhost:8501", "LOCALHOST:1", "127.0.0.1:8501", "[::1]:8501"):
        assert browser(host=host).get("/").status_code == 200
    for host in ("evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.5", "127.0.0.2"):
        answer = browser(host=host).get("/artextract/tray")
        assert (answer.status_code, "artextract app --name NAME" in answer.text) == (400, True)
    names(["paintings.example.org"])
    assert browser(host="paintings.example.org").get("/").status_code == 200
    assert browser(host="localhost").get("/").status_code == 400


def test_no_other_site_frames_a_page() -> None:
    for path in ("/", "/artextract/health"):
        headers = browser().get(path).headers
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_one_address_does_not_take_all_connections(limits: Callable[..., None]) -> None:
    limits(open_tabs=(3, 2))
    attacker, other = browser(), browser(OTHER)
    with attacker.websocket_connect("/socket"), attacker.websocket_connect("/socket") as held:
        with pytest.raises(WebSocketDisconnect) as refused, attacker.websocket_connect("/socket"):
            pass
        assert refused.value.code == 1013
        with other.websocket_connect("/socket") as socket:
            socket.send_bytes(MESSAGE)
            assert socket.receive_bytes() == MESSAGE
            with pytest.raises(WebSocketDisconnect), browser("203.0.113.9").websocket_connect("/socket"):
                pass  # three are open in all
        held.send_bytes(MESSAGE)
        assert held.receive_bytes() == MESSAGE
    with attacker.websocket_connect("/socket"):
        pass  # what was closed may be opened again


def test_a_connection_that_says_nothing_is_closed(limits: Callable[..., None]) -> None:
    limits(first_message=0)
    with browser().websocket_connect("/socket") as silent, pytest.raises(WebSocketDisconnect) as closed:
        silent.receive_bytes()
    assert closed.value.code == 1008


def test_a_message_of_text_is_dropped(limits: Callable[..., None]) -> None:
    limits()
    with browser().websocket_connect("/socket") as socket:
        socket.send_text("text")
        socket.send_bytes(MESSAGE)
        assert socket.receive_bytes() == MESSAGE


def status_of_a_request(body: Callable[[], Any]) -> int:
    """The status of a POST whose body comes from `body`."""
    sent: list[Message] = []
    host = [(b"host", b"localhost")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": host,
        "client": (ATTACKER, 1),
        "query_string": b"",
    }

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(APP(scope | {"client": (ATTACKER, 1)}, body, send))
    return int(sent[0]["status"])


def test_a_request_that_never_arrives_completely_is_ended(limits: Callable[..., None]) -> None:
    async def drip() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def whole() -> Message:
        return {"type": "http.request", "body": b"x", "more_body": False}

    limits(arrival=0.05)
    assert status_of_a_request(drip) == 408
    assert status_of_a_request(whole) == 200


def test_unanswered_requests_of_one_address_are_bounded(limits: Callable[..., None]) -> None:
    limits(open_requests=(2, 1))
    answers = []

    async def nested() -> Message:
        answers.append(await asyncio.to_thread(lambda: browser().get("/").status_code))
        answers.append(await asyncio.to_thread(lambda: browser(OTHER).get("/").status_code))
        return {"type": "http.request", "body": b"", "more_body": False}

    assert status_of_a_request(nested) == 200
    assert answers == [429, 200]


def test_the_memory_for_uploads_is_bounded_for_each_address_and_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, int] = {}
    monkeypatch.setattr(in_use, "_kept", lambda: kept)
    memory, size = UploadMemory((5, 3)), 2**20

    def upload(address: str, session: str) -> bool:
        with memory.lend(address, session, size) as lent:
            if lent:
                kept[session] = kept.get(session, 0) + size
            return lent

    assert [upload(ATTACKER, f"tab {n}") for n in range(4)] == [True, True, True, False]
    with memory.lend(OTHER, "a", size) as arriving:
        assert [arriving, upload(OTHER, "b"), upload("203.0.113.9", "c")] == [True, True, False]
    assert not upload(ATTACKER, "tab 9")
    del kept["tab 0"]  # the tab was closed
    assert upload(ATTACKER, "tab 9")


def test_an_upload_without_memory_for_it_is_refused(limits: Callable[..., None]) -> None:
    limits(upload_memory=(10, 1))
    path = "/_stcore/upload_file/session/file"
    assert browser().put(path, content=b"x" * 2**20).status_code == 200
    answer = browser().put(path, content=b"x" * (2**20 + 1))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
