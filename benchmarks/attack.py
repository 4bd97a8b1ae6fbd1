"""A public server under attack by one address while others click.

    python -m benchmarks.attack wikiart --seconds 600 --people 5 --files bombs/*

It starts a public server on a collection with stored scores (`artextract score-neighbours`). Five people click as in
benchmarks/people.py. Another process attacks, by a proxy's word from one address with a new cookie each time:

- 200 websockets that send nothing, opened again when they are closed;
- tabs that upload the worst files (`--files`, or some that are made) to *Read*, one after another;
- bursts of requests for pictures, faces, maps and trays;
- requests that never arrive completely.

Reported: the others' clicks, the server's resident memory, whether it is up at the end, and what the attacker got.
"""

import argparse
import asyncio
import contextlib
import io
import json
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import httpx2
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from artextract.collection import Collection
from benchmarks import people
from benchmarks.browser_tab import FAILURES, XSRF, Answer, Tab, tab_at

ATTACKER = {"X-Forwarded-For": "192.0.2.1"}
SOCKETS, TABS, BURSTS, SLOW = 200, 10, 50, 100  # Of each kind at the same time


class UploadingTab(Tab):
    """A tab on *Read* that uploads files."""

    session, uploader = "", ""

    def _take(self, came: ForwardMsg, answer: Answer) -> None:
        super()._take(came, answer)
        if came.HasField("new_session"):
            self.session = came.new_session.initialize.session_id
        elif came.delta.new_element.HasField("file_uploader"):
            self.uploader = came.delta.new_element.file_uploader.id

    async def upload(self, name: str, content: bytes) -> int:
        """The status of an upload; the screen then reads the picture."""
        asked = BackMsg()
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.session
        await self._socket.send(asked.SerializeToString())
        came = ForwardMsg()
        while not came.HasField("file_urls_response"):
            came = ForwardMsg.FromString(await self._socket.recv())
        urls = came.file_urls_response.file_urls[0]
        token = {"X-Xsrftoken": self._web.cookies.get(XSRF) or ""}
        put = await self._web.put(urls.upload_url, files={"file": (name, content)}, headers=token)
        if put.is_success:
            message = self._rerun()
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id = self.uploader
            info = widget.file_uploader_state_value.uploaded_file_info.add()
            info.name, info.size, info.file_id = name, len(content), urls.file_id
            info.file_urls.CopyFrom(urls)
            await self._run(message, 120)
        return int(put.status_code)


class Attack:
    """What one address does."""

    def __init__(self, url: str, collection: str, files: dict[str, bytes]) -> None:
        self.answers: Counter[str] = Counter()
        self._url, self._collection, self._files = url, collection, files
        self._hashes = list(Collection.open(collection).works()["image_sha256"].head(200))

    async def run(self, ended: Event, answers: "Queue[Counter[str]]") -> None:
        """Attack until `ended` is set. The caller then ends the process: a closing connection may swallow `cancel`."""
        kinds = {self._silent: SOCKETS, self._uploads: TABS, self._burst: BURSTS, self._slow: SLOW}
        tasks = [asyncio.create_task(self._again(kind)) for kind, count in kinds.items() for _ in range(count)]
        tasks.append(asyncio.create_task(asyncio.to_thread(ended.wait)))
        done, _ = await asyncio.wait(tasks, return_when="FIRST_COMPLETED")
        for task in done:  # an attack ends only by a fault of this program
            task.result()
        answers.put(self.answers)

    async def _again(self, attack: Any) -> None:
        name = attack.__name__.strip("_")
        while True:
            try:
                await attack()
            except FAILURES as error:
                self.answers[f"{name}: {type(error).__name__}"] += 1
                await asyncio.sleep(0.5)

    async def _silent(self) -> None:
        address = self._url.replace("http", "ws", 1) + "/_stcore/stream"
        async with connect(address, subprotocols=["streamlit"], additional_headers=ATTACKER) as socket:  # type: ignore[list-item]
            self.answers["silent: open"] += 1
            await socket.wait_closed()

    async def _uploads(self) -> None:
        async with tab_at(self._url, UploadingTab, ATTACKER["X-Forwarded-For"]) as tab:
            await tab.open("read", {"collection": self._collection})
            for name, content in random.sample(list(self._files.items()), len(self._files)):
                self.answers[f"upload: {await tab.upload(name, content)}"] += 1

    async def _burst(self) -> None:
        async with httpx2.AsyncClient(base_url=self._url, timeout=60, headers=ATTACKER) as web:
            for _ in range(50):
                sha256, place = random.choice(self._hashes), f"{random.randrange(8000)}_1000_2000_2000"
                kind = random.choice(("thumb", "view", "large", "face", "beside", "regions", "tray", "page"))
                path = {
                    "regions": f"regions/{self._collection}/x/y/tsne/{place}.json",
                    "tray": f"tray/{place}/pictures.zip",
                    **dict.fromkeys(("face", "beside"), f"{kind}/{self._collection}/{sha256}/{place}.jpg"),
                }.get(kind, f"{kind}/{self._collection}/{sha256}.jpg")
                answer = await web.get("/explore" if kind == "page" else f"/artextract/{path}")
                self.answers[f"burst: {answer.status_code}"] += 1

    async def _slow(self) -> None:
        host, port = self._url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        with contextlib.closing(writer):
            head = f"POST /artextract/tray HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000\r\nContent-Type: "
            writer.write(f"{head}application/json\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n".encode())
            while not reader.at_eof():
                writer.write(b" ")
                await writer.drain()
                with contextlib.suppress(TimeoutError):
                    first = await asyncio.wait_for(reader.read(12), 2)
                    self.answers[f"slow: {first[9:].decode()}"] += 1
                    return


def worst_files() -> dict[str, bytes]:
    """Pictures that cost much to decode, below the limits of a public server."""
    files = {"odd_maximum.png": b"P5 4400 4400 254 " + bytes(4400 * 4400)}
    for kind, mode in (("PNG", "I;16"), ("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGB")):
        Image.new(mode, (6300, 6300)).save(buffer := io.BytesIO(), kind, progressive=True)
        files[f"{mode.replace(';', '')}.{kind.lower()}"] = buffer.getvalue()
    return files


def attack(url: str, options: argparse.Namespace, ended: Event, answers: "Queue[Counter[str]]") -> None:
    """The attacking process."""
    files = {file.name: file.read_bytes() for file in options.files} or worst_files()
    asyncio.run(Attack(url, options.collection, files).run(ended, answers))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--people", type=int, default=5)
    parser.add_argument("--files", type=Path, nargs="*", default=[], help="what the attacker uploads")
    options = parser.parse_args()
    options.clicks, options.reader, options.seed = None, False, 0
    with tempfile.TemporaryDirectory() as trays:
        os.environ |= {"ARTEXTRACT_PUBLIC": "1", "FORWARDED_ALLOW_IPS": "127.0.0.1", "ARTEXTRACT_TRAYS": trays}
        with people.app(Path(__file__).resolve().parent.parent) as server:
            memory: list[float] = []
            ended = multiprocessing.Event()

            def watch() -> None:
                while not ended.wait(0.2):
                    memory.append(server.memory())

            threading.Thread(target=watch, daemon=True).start()
            answers: Queue[Counter[str]] = multiprocessing.Queue()
            attacker = multiprocessing.Process(target=attack, args=(server.url, options, ended, answers))
            attacker.start()
            time.sleep(10)  # all sockets are open, and the first files are decoded
            series = asyncio.run(people.Measuring(server, options.people, options).run())
            ended.set()
            seen = answers.get(timeout=60)
            attacker.kill()
            is_up = httpx2.get(f"{server.url}/artextract/health", timeout=30).is_success
    print(people.table([people.summary(series)]))
    print(json.dumps({"MiB at most": max(memory), "up": is_up, "attacker": dict(sorted(seen.items()))}, indent=1))
    for fault in sorted({fault for click in series.clicks for fault in click.faults}):
        print(fault, file=sys.stderr)


if __name__ == "__main__":
    main()
