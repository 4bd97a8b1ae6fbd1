"""Who a visitor is: a secret that their browser keeps in a cookie, given with the first page.

Scripts can't read it (HttpOnly), other sites can't use it (SameSite). It says nothing of a person:
the server keeps only its hash, and only once something is laid into a tray.
"""

import re
from http.cookies import SimpleCookie

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artextract.trays.tray import new_token
from artextract.ui.server.urls import base_url

COOKIE = "artextract_visitor"
NO_COOKIE = (
    "Your browser keeps no cookies for this page, so it can’t be told which tray is yours: allow "
    "them and load the page again."
)
_SECONDS = 400 * 24 * 3600
"""As long as browsers keep a cookie; each page begins it anew."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def visitor() -> str:
    """The visitor whose screen is drawn; "" where their browser keeps no cookie."""
    return _checked(st.context.cookies.get(COOKIE))


def visitor_of(request: HTTPConnection) -> str:
    """The visitor who sent a request; likewise."""
    return _checked(request.cookies.get(COOKIE))


class VisitorCookie:
    """Middleware that gives the cookie with each page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, with the cookie where the answer is a page."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                MutableHeaders(scope=message).append("set-cookie", _cookie(scope))
            await send(message)

        await self._app(scope, receive, answer)


def _is_page(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return int(message["status"]) == 200 and kind.startswith("text/html")


def _cookie(scope: Scope) -> str:
    cookie = SimpleCookie({COOKIE: visitor_of(HTTPConnection(scope)) or new_token()})
    facts = cookie[COOKIE]
    facts["path"], facts["max-age"] = base_url() or "/", _SECONDS
    facts["httponly"], facts["samesite"] = True, "Lax"
    facts["secure"] = scope["scheme"] == "https"
    return facts.OutputString()


def _checked(text: object) -> str:
    return text if isinstance(text, str) and _TOKEN.fullmatch(text) else ""
