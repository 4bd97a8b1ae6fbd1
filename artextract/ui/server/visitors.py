"""Who a visitor is: a random token in a cookie that the server sends with each page.

Scripts cannot read the cookie (HttpOnly), and other sites cannot use it (SameSite). The token says
nothing about a person. The server stores only its hash, and only after a work was added to a tray.
"""

import ipaddress
from dataclasses import dataclass
from http.cookies import SimpleCookie

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artextract.trays.store import TOKEN, new_token
from artextract.ui.server.urls import base_url

COOKIE = "artextract_visitor"
COOKIE_DAYS = 400  # How long a browser keeps the cookie after the last page: the longest that browsers allow
NO_COOKIE = (
    "Your browser blocks cookies for this page, so the app cannot tell which trays are yours. "
    "Allow cookies and reload the page."
)


@dataclass(frozen=True)
class Visitor:
    """A browser, and the network that it connects from."""

    token: str  # The token in the cookie; "" if there is no valid cookie
    address: str  # An IPv4 address, or the first 64 bits of an IPv6 address: one household or one machine

    @property
    def name(self) -> str:
        """The name by which rate limits know the visitor. Browsers of one address without a cookie share a name."""
        return self.token or f"without a cookie at {self.address}"


def visitor_of(connection: HTTPConnection | None = None) -> Visitor:
    """The visitor who sent a request; without a request, the visitor whose screen is being drawn."""
    if connection is None:
        token, host = str(st.context.cookies.get(COOKIE)), st.context.ip_address or "this machine"
    else:
        token, host = connection.cookies.get(COOKIE, ""), connection.client.host if connection.client else "unknown"
    return Visitor(token if TOKEN.fullmatch(token) else "", _network(host))


class VisitorCookie:
    """Middleware that sends the cookie with each page. Nothing else sends it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, with the cookie if the answer is a page."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", _cookie(scope))
            await send(message)

        await self._app(scope, receive, answer if scope["type"] == "http" else send)


def _cookie(scope: Scope) -> str:
    cookie = SimpleCookie({COOKIE: visitor_of(HTTPConnection(scope)).token or new_token()})
    morsel = cookie[COOKIE]
    morsel["path"], morsel["max-age"] = base_url() or "/", COOKIE_DAYS * 24 * 3600
    morsel["httponly"], morsel["samesite"], morsel["secure"] = True, "Lax", scope["scheme"] == "https"
    return morsel.OutputString()


def _network(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    address = getattr(address, "ipv4_mapped", None) or address
    network = ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False)
    return str(network.network_address)
