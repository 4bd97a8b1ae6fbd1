"""What stands before all that the server answers: it counts, and on a public server it bounds.

An address is that of the connection, or what a proxy says it is (X-Forwarded-For) where uvicorn
was told to trust that proxy (`FORWARDED_ALLOW_IPS`). Uvicorn trusts this machine unless it is told
otherwise; a public server doesn't.
"""

import asyncio
import os
import re
import secrets
import time
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from artextract import settings
from artextract.ui.public import UPLOAD_MEGABYTES
from artextract.ui.server import metrics
from artextract.ui.server.rate_limits import Bounds, Rate, Visitor, visitor_of
from artextract.ui.server.request_costs import COOKIE
from artextract.ui.server.urls import base_url

TRUSTED = "FORWARDED_ALLOW_IPS"
CONNECTIONS = 200
"""Tabs that may be open at a time."""
FRAMING = 2**20
"""Bytes that an upload's form may have besides the picture."""
MESSAGES = frozenset({
    "rerun_script",
    "stop_script",
    "app_heartbeat",
    "file_urls_request",
    "backend_operation_request",
})
"""What a browser may send. Others, as Streamlit's `clear_cache`, would act on everybody."""
_COOKIE = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True)
class Kind:
    """A kind of request."""

    route: str
    """What the metrics call it."""
    bounds: Bounds
    cost: float = 1.0
    tab: str = ""
    """Streamlit's session that an upload is for."""


_WEB = Bounds(visitor=Rate(400, 5), address=Rate(2000, 50))
"""Requests: a page with its pictures is some hundred, which a browser keeps."""
_UPLOADS = Bounds(visitor=Rate(60, 0.5), address=Rate(240, 2))
"""Megabytes brought, at least one a picture."""
_TAB_UPLOADS = Bounds(visitor=Rate(60, 0.05), address=Rate(60, 0.05))
"""Likewise for one tab: Streamlit holds them in memory until it is closed."""
_SESSIONS = Bounds(visitor=Rate(40, 0.5), address=Rate(120, 2))
"""Connections: a tab opens one, and another after a break."""
_MESSAGES = Bounds(visitor=Rate(60, 10), address=Rate(600, 100))
"""Messages of a connection: each runs the script. They wait, they aren't refused."""
_COSTS = {"view": 4.0, "face": 4.0, "beside": 4.0, "pose": 4.0, "regions": 8.0, "tray": 2.0}
"""Of what is made anew for each request."""
_OURS = ("thumb", "array", "manifest", "texts", "health", "metrics", *_COSTS)


class Guard:
    """ASGI middleware around the whole server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if settings.public():
            _distrust(scope)
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._websocket(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = _kind_of(scope)
        began, status = time.perf_counter(), 500
        headers = Headers(scope=scope)
        cookie = _cookie_of(headers)

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if settings.public() and not cookie:
                    _give_cookie(scope, message)
            await send(message)

        try:
            refused = _refused(kind, headers, visitor_of(cookie, _host(scope)))
            if refused is None:
                await self._app(scope, receive, answer)
            else:
                metrics.REFUSED.labels(kind.route).inc()
                await refused(scope, receive, answer)
        finally:
            metrics.REQUESTS.labels(kind.route, str(status)).inc()
            metrics.SECONDS.labels(kind.route).observe(time.perf_counter() - began)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = visitor_of(_cookie_of(Headers(scope=scope)), _host(scope))
        if settings.public() and (self._open >= CONNECTIONS or _SESSIONS.spend(who)):
            metrics.REFUSED.labels("connection").inc()
            await receive()  # the request for the connection
            await send({"type": "websocket.close", "code": 1013})  # try again later
            return
        self._open += 1
        metrics.VISITORS.inc()
        try:
            await self._app(scope, _bounded(receive, who) if settings.public() else receive, send)
        finally:
            self._open -= 1
            metrics.VISITORS.dec()


def _bounded(receive: Receive, who: Visitor) -> Receive:
    """`receive`, where messages that come too fast wait, and those not allowed are dropped."""

    async def received() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            while wait := _MESSAGES.spend(who):
                await asyncio.sleep(wait)
            if _is_allowed(message.get("bytes")):
                return message
            metrics.REFUSED.labels("message").inc()

    return received


def _is_allowed(content: bytes | None) -> bool:
    try:
        return content is None or BackMsg.FromString(content).WhichOneof("type") in MESSAGES
    except Exception:  # no such message: Streamlit closes the connection
        return True


def _refused(kind: Kind, headers: Headers, who: Visitor) -> PlainTextResponse | None:
    """The refusal of a request; None where it is to be answered."""
    if not settings.public():
        return None
    cost = kind.cost
    if kind.route == "upload":
        length = headers.get("content-length", "")
        if not length.isdigit():
            return PlainTextResponse("Say how long the upload is.", 411)
        if int(length) > UPLOAD_MEGABYTES * 2**20 + FRAMING:
            return PlainTextResponse(f"A picture may have {UPLOAD_MEGABYTES} MB here: save a smaller copy.", 413)
        cost = max(1.0, int(length) / 2**20)
        wait = _TAB_UPLOADS.spend(Visitor(kind.tab, kind.tab), cost)
    else:
        wait = 0.0
    if wait := wait or kind.bounds.spend(who, cost):
        seconds = max(1, round(wait))
        return PlainTextResponse(
            f"Too many requests in a short time: try again in {seconds} s.",
            429,
            {"Retry-After": str(seconds), "Cache-Control": "no-store"},
        )
    return None


def _kind_of(scope: Scope) -> Kind:
    path = str(scope["path"]).removeprefix(base_url()).lstrip("/")
    first, _, rest = path.partition("/")
    second = rest.partition("/")[0]
    if first == "artextract" and second in _OURS:
        return Kind(second, _WEB, _COSTS.get(second, 1.0))
    if first == "_stcore" and second == "upload_file" and scope["method"] in ("PUT", "POST"):
        return Kind("upload", _UPLOADS, tab=rest.partition("/")[2].partition("/")[0])
    return Kind("streamlit", _WEB)


def _host(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else "unknown"


def _distrust(scope: Scope) -> None:
    """Take back what uvicorn believed this machine by default: that it speaks for another."""
    client = scope.get("client")
    if TRUSTED not in os.environ and client and client[1] == 0:  # so uvicorn marks what it took
        scope["client"] = ("127.0.0.1", 0)


def _cookie_of(headers: Headers) -> str:
    """Our cookie; "" without one, or where it isn't as we make it."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None and _COOKIE.fullmatch(found.value) else ""


def _give_cookie(scope: Scope, message: Message) -> None:
    """Name the visitor, with the page itself: what it asks next brings the name along."""
    headers = MutableHeaders(scope=message)
    named = any(one.startswith(f"{COOKIE}=") for one in headers.getlist("set-cookie"))
    if not named and headers.get("content-type", "").startswith("text/html"):
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        headers.append(
            "set-cookie",
            f"{COOKIE}={secrets.token_hex(16)}; Path=/; HttpOnly; SameSite=Lax{secure}",
        )
