"""A public server as two processes behind a proxy: a read-only cache, and one writable folder for trays."""

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from artextract.collection import Collection
from artextract.settings import PUBLIC_VARIABLE, TRAYS_VARIABLE
from artextract.ui.server.visitors import COOKIE
from tests.support.running_app import ROOT, RunningApp

PROXY = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
"""What Caddy adds to a request."""
READ_ONLY = """
mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && ! touch "$0/probe" 2>/dev/null && exec "$@"
"""


def read_only(cache: Path) -> list[str]:
    """A command that runs another one, for which the cache is read-only whoever runs it."""
    for option in ("--mount", "--map-root-user"):
        wrapper = ["unshare", "--mount", option, "sh", "-c", READ_ONLY, str(cache)]
        if shutil.which("unshare") and subprocess.run([*wrapper, "true"], check=False).returncode == 0:
            return wrapper
    if os.geteuid() == 0:
        pytest.skip("mounts are not permitted here, and root can write to every folder")
    for folder in (cache, *(path for path in cache.rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    return []


class Browser:
    """A visitor's browser, without a picture of the page. It remembers all that it was sent."""

    def __init__(self) -> None:
        self.cookie = ""
        self.received: list[bytes] = []

    def get(self, url: str, change: dict[str, Any] | None = None) -> bytes:
        headers = PROXY | {"Cookie": self.cookie}
        content = None
        if change is not None:
            headers["Content-Type"], content = "application/json", json.dumps(change).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, content, headers), timeout=60) as answer:
                self.received.append(str(answer.headers).encode() + answer.read())
                if "set-cookie" in answer.headers:
                    assert "Secure" in answer.headers["set-cookie"]
                    self.cookie = answer.headers["set-cookie"].partition(";")[0]
        except HTTPError as error:
            self.received.append(str(error.headers).encode() + error.read())
        return self.received[-1].rpartition(b"\n\n")[2]

    def tray(self, server: RunningApp, change: dict[str, Any] | None = None) -> list[str]:
        """The works of the tray after a change."""
        answer = json.loads(self.get(f"{server.url}/artextract/tray", {"change": change, "whole": True}))
        return [item["work"] for item in answer["items"]]

    def open(self, server: RunningApp, page: str, query: str = "", click: str = "") -> str:
        """What a screen says, after a click on a button with this label if one is given."""
        url = server.url.replace("http", "ws", 1) + "/_stcore/stream"
        headers = PROXY | {"Cookie": self.cookie}
        protocols: Any = ["streamlit"]
        with connect(url, subprotocols=protocols, additional_headers=headers, max_size=None) as socket:

            def run(**widget: Any) -> list[ForwardMsg]:
                message = BackMsg()
                message.rerun_script.page_name, message.rerun_script.query_string = page, query
                if widget:
                    message.rerun_script.widget_states.widgets.add(**widget)
                socket.send(message.SerializeToString())
                messages: list[ForwardMsg] = []
                while not messages or messages[-1].WhichOneof("type") != "script_finished":
                    content = socket.recv(60)
                    assert isinstance(content, bytes)
                    self.received.append(content)
                    messages.append(ForwardMsg.FromString(content))
                return messages

            messages = run()
            if click:
                buttons = [message.delta.new_element.button for message in messages]
                button = next(button for button in buttons if button.label == click)
                messages = run(id=button.id, trigger_value=True)
        assert not any(message.delta.new_element.HasField("exception") for message in messages)
        return "\n".join(str(message.delta) for message in messages)


@pytest.fixture
def servers(ready_cache: Path, tmp_path: Path) -> Iterator[list[RunningApp]]:
    """Two processes that share the cache, which they cannot write to, and the folder of trays."""
    cache = tmp_path / "collections-of-the-server"
    shutil.copytree(ready_cache, cache)
    wrapper = read_only(cache)
    environment = {
        PUBLIC_VARIABLE: "1",
        TRAYS_VARIABLE: str(tmp_path / "trays-of-the-server"),
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
    }
    start: Callable[[int], RunningApp] = lambda _: RunningApp(cache, environment, wrapper)  # noqa: E731
    with ExitStack() as stack, ThreadPoolExecutor(2) as threads:
        running = list(threads.map(start, range(2)))
        for app in running:
            stack.callback(app.stop)
        yield running


def test_two_processes_share_trays_on_a_read_only_cache(
    servers: list[RunningApp], ready: Collection, tmp_path: Path
) -> None:
    first, second = servers
    works = ready.works().set_index("id")["title"]
    anna = Browser()
    anna.get(f"{first.url}/")
    assert anna.cookie.startswith(f"{COOKIE}=")

    # A click on a work: its neighbours, each with the tray icon.
    neighbours = anna.open(first, "explore", f"collection=small&work={works.index[3]}")
    assert works.iloc[3] in neighbours and "picture_grid" in neighbours

    # A work added in one process is seen in the other, on the screens and by address.
    add = {"do": "add", "collection": "small"}
    assert anna.tray(first, add | {"works": [works.index[3]]}) == [works.index[3]]
    assert anna.tray(second, add | {"works": [works.index[4]]}) == list(works.index[3:5])
    assert anna.tray(first) == list(works.index[3:5])
    screen = anna.open(second, "tray")
    assert works.iloc[3] in screen and "shared=" in screen
    assert "Your tray is empty" in anna.open(second, "tray", click="New tray")
    assert anna.tray(first) == []
    link = screen.partition("shared=")[2][:32]

    # A colleague reads the tray from either process, and cannot change it.
    colleague = Browser()
    colleague.get(f"{second.url}/")
    assert works.iloc[3] in colleague.open(first, "tray", f"shared={link}")
    assert colleague.tray(first) == []
    for file in ("works.csv", "manifest.json", "page.html"):
        assert works.iloc[3].encode() in colleague.get(f"{second.url}/artextract/tray/{link}/{file}")

    # Nothing that was sent tells where files are.
    anna.open(first, "faces", "collection=small")
    for path in ("health", "thumb/small/x.jpg", "tray/x/works.csv", "texts/small/x/y/1.json"):
        anna.get(f"{first.url}/artextract/{path}")
    received = b"\n".join(anna.received + colleague.received)
    for folder in (tmp_path, ROOT, Path(json.__file__).parents[1]):
        assert str(folder).encode() not in received
    assert all(server.is_up for server in servers)
