"""A browser tab of the app, over Streamlit's own websocket: what benchmarks/people.py is made of.

A tab opens a page and clicks on the map's works as Streamlit's browser side does: the same
messages, the same cache of messages, what the page names by address fetched over HTTP. Left out:
Streamlit's own scripts, thumbnails, and the states of widgets that nobody touched (the server
knows them).
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode

import httpx2
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

PAGE_PATIENCE = 1800.0  # seconds: the first view of a large collection builds its search graph
CLICK_PATIENCE = 120.0
SCORES = 4
XSRF = "_streamlit_xsrf"
TRIGGER = "$$STREAMLIT_INTERNAL_KEY_{}__events"  # the widget that a component's triggers go to
LARGE_PICTURE = re.compile(r'class="ax-view" src="([^"]+)"')
ENDED_WELL = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
FAILURES = (OSError, TimeoutError, ValueError, httpx2.HTTPError, WebSocketException)


@dataclass
class Component:
    """One of the app's own components, as the server sent it."""

    id: str
    fragment: str
    data: dict[str, Any]


@dataclass
class Answer:
    """What one run of the script sent."""

    seconds: float = 0.0
    bytes: int = 0
    components: list[Component] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    """Addresses of large pictures."""
    faults: list[str] = field(default_factory=list)

    def component(self, name: str) -> Component | None:
        """The component with that key."""
        return next((one for one in self.components if one.id.endswith(f"-{name}")), None)

    def check_grid(self, key: str, count: int, without: str = "") -> None:
        """See to it that a grid of `count` works with all their scores has come."""
        grid = self.component(key)
        cards = grid.data["cards"] if grid else []
        whole = [card for card in cards if sum(map(bool, card["scores"])) == SCORES]
        if len(whole) != count:
            self.faults.append(f"{len(whole)} whole cards of {count} in {key}")
        if without and any(card["id"] == without for card in cards):
            self.faults.append(f"{without} is listed as most like itself")


class MessageCache:
    """The messages that Streamlit's browser side keeps: the server sends but their hashes again."""

    def __init__(self) -> None:
        self.oldest = 2  # runs, as the server's settings say
        self._run = 0
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}

    @property
    def hashes(self) -> list[str]:
        return list(self._kept)

    def whole(self, message: ForwardMsg) -> ForwardMsg:
        """The message itself, or the kept one that it stands for."""
        if message.HasField("ref_hash"):
            found, _ = self._kept[message.ref_hash]
            self._kept[message.ref_hash] = (found, self._run)
            found.metadata.CopyFrom(message.metadata)
            return found
        if message.metadata.cacheable:
            self._kept[message.hash] = (message, self._run)
        return message

    def run_ended(self, fragments: list[str]) -> None:
        """Forget what is too old; the run of a fragment ages only its own messages."""
        self._run += 1
        for key, (message, run) in list(self._kept.items()):
            concerned = not fragments or message.delta.fragment_id in fragments
            if concerned and self._run - run > self.oldest:
                del self._kept[key]


class Tab:
    """One browser tab."""

    def __init__(self, url: str, socket_: ClientConnection, web: httpx2.AsyncClient) -> None:
        self.url = url
        self.web_bytes = 0
        self.works = 0
        """On the map."""
        self._socket = socket_
        self._web = web
        self._cache = MessageCache()
        self._query = ""
        self._page = ""
        self._map: Component | None = None
        self._fetched: dict[str, int] = {}
        """Address → bytes."""

    async def open(self, page: str, query: dict[str, str]) -> Answer:
        """Go to a page, or open the same page at another address."""
        self._query = urlencode(query)
        message = self._rerun()
        if not self._page:
            message.rerun_script.page_name = page
        answer = await self._run(message, PAGE_PATIENCE)
        await self._fetch_all(answer)
        if self._map is not None:
            self.works = self._fetched[self._map.data["colours_url"]]
        return answer

    async def click(self, row: int, similar: int) -> Answer:
        """Click on a work of the map."""
        if self._map is None:
            raise ValueError("the page has no map")
        texts = await self._web.get(f"{self._map.data['texts_url']}{row}.json")  # pointed at
        sha256 = texts.raise_for_status().json()["thumb"][0].split(".")[0]
        message = self._rerun()
        message.rerun_script.fragment_id = self._map.fragment
        trigger = message.rerun_script.widget_states.widgets.add()
        trigger.id = TRIGGER.format(self._map.id)
        trigger.json_trigger_value = json.dumps([{"event": "click", "value": row}])
        answer = await self._run(message, CLICK_PATIENCE)
        if not any(sha256 in picture for picture in answer.pictures):
            answer.faults.append("not the picture of the work that was clicked")
        chosen = parse_qs(self._query).get("work", [""])
        answer.check_grid("neighbours", similar, without=chosen[0])
        return answer

    async def fetch_pictures(self, answer: Answer) -> int:
        """Fetch what an answer names by address, as the browser does; the bytes that came."""
        before = self.web_bytes
        for picture in answer.pictures:
            await self._fetch(picture)
        await self._fetch_all(answer)
        return self.web_bytes - before

    def _rerun(self) -> BackMsg:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = self._query
        rerun.page_script_hash = self._page
        rerun.cached_message_hashes.extend(self._cache.hashes)
        rerun.context_info.timezone = "UTC"
        rerun.context_info.locale = "en-US"
        rerun.context_info.url = self.url
        rerun.context_info.color_scheme = "light"
        return message

    async def _run(self, message: BackMsg, patience: float) -> Answer:
        answer = Answer()
        began = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(patience):
            while True:
                raw = await self._socket.recv()
                answer.bytes += len(raw)
                came = self._cache.whole(ForwardMsg.FromString(raw))
                if came.HasField("script_finished"):
                    break
                self._take(came, answer)
        answer.seconds = time.perf_counter() - began
        self._cache.run_ended(list(came.metadata.run.fragment_ids))
        if came.script_finished not in ENDED_WELL:
            answer.faults.append(f"the script ended with status {came.script_finished}")
        self._map = answer.component("gallery_map") or self._map
        return answer

    def _take(self, came: ForwardMsg, answer: Answer) -> None:
        kind = came.WhichOneof("type")
        if kind == "new_session":
            self._cache.oldest = came.new_session.config.max_cached_message_age
        elif kind == "navigation":
            self._page = came.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = came.page_info_changed.query_string
        elif kind == "delta" and came.delta.WhichOneof("type") == "new_element":
            element = came.delta.new_element
            what = element.WhichOneof("type")
            if what == "bidi_component":
                sent = element.bidi_component
                data = json.loads(sent.mixed.json or sent.json or "{}")
                answer.components.append(Component(sent.id, came.delta.fragment_id, data))
            elif what == "html":
                answer.pictures += LARGE_PICTURE.findall(element.html.body)
            elif what == "exception":
                answer.faults.append(f"{element.exception.type}: {element.exception.message}")
            elif what == "alert" and element.alert.format == Alert.ERROR:
                answer.faults.append(element.alert.body)

    async def _fetch_all(self, answer: Answer) -> None:
        """Fetch what the map's data names by address; `*_url`s that end in / are prefixes."""
        found = answer.component("gallery_map")
        named = {k: v for k, v in (found.data if found else {}).items() if k.endswith("_url")}
        for address in named.values():
            if address and not address.endswith("/"):
                await self._fetch(address)

    async def _fetch(self, address: str) -> None:
        if address in self._fetched:
            return
        try:
            reply = await self._web.get(address)
        except httpx2.RemoteProtocolError:  # an idle connection was closed: browsers ask again
            reply = await self._web.get(address)
        reply.raise_for_status()
        self._fetched[address] = len(reply.content)
        self.web_bytes += reply.num_bytes_downloaded


T = TypeVar("T", bound=Tab)


@contextlib.asynccontextmanager
async def tab_at(url: str, kind: type[T], address: str = "") -> AsyncIterator[T]:
    """A browser tab that has fetched the page's frame and opened its websocket.

    `address` is where it is said to be by a proxy (X-Forwarded-For).
    """
    forwarded = {"X-Forwarded-For": address} if address else {}
    async with httpx2.AsyncClient(base_url=url, timeout=CLICK_PATIENCE, headers=forwarded) as web:
        for path in ("/", "/_stcore/health", "/_stcore/host-config"):
            (await web.get(path)).raise_for_status()
        token = web.cookies.get(XSRF) or "PLACEHOLDER_AUTH_TOKEN"
        cookies = "; ".join(f"{name}={value}" for name, value in web.cookies.items())
        async with connect(
            url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit", token],  # type: ignore[list-item]
            additional_headers={"Cookie": cookies} | forwarded,
            origin=url,  # type: ignore[arg-type]
            compression=None,
            max_size=None,
        ) as socket_:
            yield kind(url, socket_, web)
