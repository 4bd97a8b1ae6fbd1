"""How the app is served: its middleware, the settings of a public server, and errors that no screen shows.

The middleware answers only to the app's own names, and no other site can frame a page. It counts requests, and on a
public server it limits them. A request's address is the address of the
connection, or the one that a proxy reports (X-Forwarded-For) if uvicorn was told to trust that proxy
(`FORWARDED_ALLOW_IPS`). Uvicorn trusts this machine by default; a public server does not.
"""

import asyncio
import os
import time
from contextlib import ExitStack
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from artextract import settings
from artextract.errors import ArtExtractError
from artextract.ui.server import metrics, public_limits
from artextract.ui.server.urls import base_url
from artextract.ui.server.visitors import Visitor, VisitorCookie, visitor_of
from artextract.ui.work_text import NOT_AVAILABLE, said

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
    *("array", "manifest", "texts", "work", "script", "health", "metrics"),
    *public_limits.REQUEST_COSTS,
))


class ServerMiddleware:
    """ASGI middleware around the whole server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

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
                headers = MutableHeaders(scope=message)
                headers["X-Frame-Options"] = "SAMEORIGIN"
                headers.append("Content-Security-Policy", "frame-ancestors 'self'")
            await send(message)

        try:
            with ExitStack() as lent:
                refusal = _wrong_name(scope)
                if settings.public():
                    refusal = refusal or _refusal(route, tab, HTTPConnection(scope), lent)
                    receive = _in_time(receive)
                if refusal is not None:
                    metrics.REFUSED.labels(route).inc()
                await (refusal or self._app)(scope, receive, answer)
        finally:
            metrics.REQUESTS.labels(route, str(status)).inc()
            metrics.SECONDS.labels(route).observe(time.perf_counter() - start)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        with ExitStack() as lent:
            if settings.public():
                visitor, limiter = visitor_of(HTTPConnection(scope)), public_limits.LIMITER
                may_open = lent.enter_context(limiter.open_tabs.lend(visitor.address))
                if not may_open or limiter.connections.spend(visitor):
                    metrics.REFUSED.labels("connection").inc()
                    await receive()  # the request for the connection
                    await send({"type": "websocket.close", "code": 1013})  # try again later
                    return
                receive, send = _limited(receive, send, visitor), _without_path(send)
            lent.enter_context(metrics.VISITORS.track_inprogress())
            await self._app(scope, receive, send)


def _wrong_name(scope: Scope) -> PlainTextResponse | None:
    """The answer to a request for a name that is not the app's; None if it is. Streamlit checks connections itself.

    A page of another site may have the address of this computer under its own name (DNS rebinding).
    """
    name = Headers(scope=scope).get("host")
    if is_host_allowed(name):
        return None
    return PlainTextResponse(
        f"This app does not answer to the name {(name or '')[:120]!r}. Those who run it can allow the name: "
        "artextract app --name NAME, or the setting server.allowedHosts.",
        400,
        {"Cache-Control": "no-store"},
    )


def _in_time(receive: Receive) -> Receive:
    """`receive`, but a request that has not arrived completely within the limit gets status 408."""
    deadline, complete = asyncio.get_running_loop().time() + public_limits.LIMITER.limits.arrival, False

    async def in_time() -> Message:
        nonlocal complete
        try:
            async with asyncio.timeout_at(None if complete else deadline):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408, "The request took too long to arrive.") from error
        complete = not message.get("more_body")
        return message

    return in_time


def _limited(receive: Receive, send: Send, visitor: Visitor) -> Receive:
    """`receive`, but messages that come too fast wait, and those that are not allowed are dropped.

    A tab that sends no first message within the limit is disconnected.
    """
    first: float | None = None  # When the first message must have come

    async def limited() -> Message:
        nonlocal first
        while True:
            try:
                async with asyncio.timeout_at(first):
                    message = await receive()
            except TimeoutError:
                metrics.REFUSED.labels("silent").inc()
                await send({"type": "websocket.close", "code": 1008})  # policy violation
                return {"type": "websocket.disconnect", "code": 1008}
            if message["type"] == "websocket.connect":
                first = asyncio.get_running_loop().time() + public_limits.LIMITER.limits.first_message
            if message["type"] != "websocket.receive":
                return message
            first = None
            while wait := public_limits.LIMITER.messages.spend(visitor):
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
    if content is None:  # a message of text: Streamlit's have bytes
        return False
    try:
        return BackMsg.FromString(content).WhichOneof("type") in ALLOWED_MESSAGES
    except Exception:  # not a message: Streamlit closes the connection
        return True


def _refusal(route: str, tab: str, request: HTTPConnection, lent: ExitStack) -> PlainTextResponse | None:
    """Why a request is refused; None if it is not. Then `lent` holds what the request uses."""
    limiter, visitor = public_limits.LIMITER, visitor_of(request)
    if not lent.enter_context(limiter.open_requests.lend(visitor.address)):
        return _try_again(1)
    if route == "upload":
        length, largest = request.headers.get("content-length", ""), limiter.limits.upload_size
        if not length.isdigit():
            return PlainTextResponse("The upload needs a Content-Length header.", 411)
        if int(length) > largest * 2**20 + limiter.limits.upload_form:
            return PlainTextResponse(f"The picture is larger than {largest} MB. Upload a smaller copy.", 413)
        megabytes = max(1.0, int(length) / 2**20)
        if not lent.enter_context(limiter.upload_memory.lend(visitor.address, tab, int(length))):
            return _try_again(60)
        wait = limiter.uploads_per_tab.spend(Visitor(tab, tab), megabytes)
        wait = wait or limiter.uploads.spend(visitor, megabytes)
    else:
        cost = public_limits.REQUEST_COSTS.get(route)
        wait = limiter.requests.spend(visitor, cost.tokens if cost else 1.0)
    return _try_again(wait) if wait else None


def _try_again(wait: float) -> PlainTextResponse:
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
        limits = public_limits.LIMITER.limits
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
        st.error(said(error), icon=":material/error:")
    elif settings.public():
        st.error(NOT_AVAILABLE, icon=":material/error:")  # Streamlit has logged the traceback
    else:
        return False
    return True
