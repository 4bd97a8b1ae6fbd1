"""How the app is served: its middleware, the settings of a public server, and errors that no screen shows.

The middleware counts requests, and on a public server it limits them. A request's address is the address of the
connection, or the one that a proxy reports (X-Forwarded-For) if uvicorn was told to trust that proxy
(`FORWARDED_ALLOW_IPS`). Uvicorn trusts this machine by default; a public server does not.
"""

import asyncio
import os
import time
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from artextract import settings
from artextract.errors import ArtExtractError
from artextract.ui.redaction import NOT_AVAILABLE, redact
from artextract.ui.server import metrics, rate_limits
from artextract.ui.server.urls import base_url
from artextract.ui.server.visitors import Visitor, VisitorCookie, visitor_of

ALLOWED_MESSAGES = frozenset((
    "rerun_script",
    "stop_script",
    "app_heartbeat",
    "file_urls_request",
    "backend_operation_request",
))
"""Types of message that a browser may send. Others, such as Streamlit's `clear_cache`, would affect all visitors."""
_MAX_NEW_SESSION = 2**16  # Bytes of a message that begins a run: larger messages are not parsed
_ROUTES = frozenset((
    *("thumb", "array", "manifest", "texts", "work", "script", "health", "metrics"),
    *rate_limits.REQUEST_COSTS,
))


class ServerMiddleware:
    """ASGI middleware around the whole server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open_tabs = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse a request or a connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if settings.public():
            _undo_default_trust(scope)
        await (self._http if scope["type"] == "http" else self._websocket)(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, tab = _route_of(scope)
        start, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            refusal = _refusal(route, tab, HTTPConnection(scope)) if settings.public() else None
            if refusal is not None:
                metrics.REFUSED.labels(route).inc()
            await (refusal or self._app)(scope, receive, answer)
        finally:
            metrics.REQUESTS.labels(route, str(status)).inc()
            metrics.SECONDS.labels(route).observe(time.perf_counter() - start)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if settings.public():
            visitor, limiter = visitor_of(HTTPConnection(scope)), rate_limits.LIMITER
            if self._open_tabs >= limiter.limits.open_tabs or limiter.connections.spend(visitor):
                metrics.REFUSED.labels("connection").inc()
                await receive()  # the request for the connection
                await send({"type": "websocket.close", "code": 1013})  # try again later
                return
            receive, send = _limited(receive, visitor), _without_path(send)
        self._open_tabs += 1
        metrics.VISITORS.inc()
        try:
            await self._app(scope, receive, send)
        finally:
            self._open_tabs -= 1
            metrics.VISITORS.dec()


def _limited(receive: Receive, visitor: Visitor) -> Receive:
    """`receive`, but messages that come too fast wait, and those that are not allowed are dropped."""

    async def limited() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            while wait := rate_limits.LIMITER.messages.spend(visitor):
                await asyncio.sleep(wait)
            if _is_allowed(message.get("bytes")):
                return message
            metrics.REFUSED.labels("message").inc()

    return limited


def _without_path(send: Send) -> Send:
    """`send`, but the message that begins a run of the script does not contain the path of the script."""

    async def redacted(message: Message) -> None:
        content = message.get("bytes")
        if content and len(content) < _MAX_NEW_SESSION:
            forward = ForwardMsg.FromString(content)
            if forward.HasField("new_session"):
                forward.new_session.main_script_path = Path(forward.new_session.main_script_path).name
                message = {**message, "bytes": forward.SerializeToString()}
        await send(message)

    return redacted


def _is_allowed(content: bytes | None) -> bool:
    try:
        return content is None or BackMsg.FromString(content).WhichOneof("type") in ALLOWED_MESSAGES
    except Exception:  # not a message: Streamlit closes the connection
        return True


def _refusal(route: str, tab: str, request: HTTPConnection) -> PlainTextResponse | None:
    """Why a request is refused; None if it is not."""
    limiter, visitor = rate_limits.LIMITER, visitor_of(request)
    if route == "upload":
        length, largest = request.headers.get("content-length", ""), limiter.limits.upload_size
        if not length.isdigit():
            return PlainTextResponse("The upload needs a Content-Length header.", 411)
        if int(length) > largest * 2**20 + limiter.limits.upload_form:
            return PlainTextResponse(f"The picture is larger than {largest} MB. Upload a smaller copy.", 413)
        megabytes = max(1.0, int(length) / 2**20)
        wait = limiter.uploads_per_tab.spend(Visitor(tab, tab), megabytes)
        wait = wait or limiter.uploads.spend(visitor, megabytes)
    else:
        cost = rate_limits.REQUEST_COSTS.get(route)
        wait = limiter.requests.spend(visitor, cost.tokens if cost else 1.0)
    if not wait:
        return None
    seconds = max(1, round(wait))
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
    return PlainTextResponse(f"Too many requests. Please try again in {seconds} s.", 429, headers)


def _route_of(scope: Scope) -> tuple[str, str]:
    """The route as the metrics call it, and the Streamlit session of an upload."""
    path = str(scope["path"]).removeprefix(base_url()).lstrip("/")
    first, second, third, *_ = [*path.split("/"), "", ""]
    if first == "artextract" and second in _ROUTES:
        return second, ""
    if (first, second) == ("_stcore", "upload_file") and scope["method"] in ("PUT", "POST"):
        return "upload", third
    return "streamlit", ""


def _undo_default_trust(scope: Scope) -> None:
    """Ignore an address that uvicorn took from a header because it trusts this machine by default."""
    client = scope.get("client")
    if "FORWARDED_ALLOW_IPS" not in os.environ and client and client[1] == 0:  # port 0: taken from a header
        scope["client"] = ("127.0.0.1", 0)


def configure() -> None:
    """Apply the settings of a public server if this is one. Call it before the app is made."""
    if settings.public():
        limits = rate_limits.LIMITER.limits
        config.set_option("server.maxUploadSize", limits.upload_size)
        config.set_option("server.maxWidgetStateSize", limits.message_size)
        config.set_option("client.showErrorDetails", "none")  # a traceback names files
        config.set_option("server.enableAgentApi", False)
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a visitor starts no download


def middleware() -> list[Middleware]:
    """The middleware that every request passes."""
    return [Middleware(ServerMiddleware), Middleware(VisitorCookie)]


def show_error(error: Exception) -> bool:
    """Show an error that no screen caught (Streamlit's `on_script_error`); False leaves it to Streamlit."""
    if isinstance(error, ArtExtractError):
        st.error(redact(error), icon=":material/error:")
    elif settings.public():
        st.error(NOT_AVAILABLE, icon=":material/error:")  # Streamlit has logged the traceback
    else:
        return False
    return True
