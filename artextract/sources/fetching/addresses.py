"""Which addresses may be requested or given out: those of named hosts, or of any public host."""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from artextract.settings import HOSTS_VARIABLE, named_hosts
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError, host_of

Trace = Callable[[str, dict[str, Any]], None]
PORTS = (80, 443)  # Allowed ports of public hosts that are not named
_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".intranet", ".corp", ".home")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # IPv6 addresses that stand for an IPv4 address (RFC 6052)


@dataclass(frozen=True)
class AllowedHosts:
    """The hosts that may be requested."""

    named: tuple[str, ...]  # Hosts as returned by `host_of`
    any_public: bool  # Whether every host of the public internet is allowed, too

    def check(self, url: str) -> None:
        """Check an address before it is requested.

        Raises FetchError if it is not http(s), or its host is not allowed.
        """
        try:
            address = httpx2.URL(url)
        except (httpx2.InvalidURL, TypeError, ValueError) as error:
            raise FetchError(f"{url[:120]!r} is not an address.", Cause.HOST_NOT_ALLOWED) from error
        if address.scheme not in ("http", "https") or not address.host:
            raise FetchError(f"{url[:120]!r} is not an http(s) address.", Cause.HOST_NOT_ALLOWED)
        if (host := host_of(address)) in self.named:
            return
        trust = f"If you trust the host, add it to {HOSTS_VARIABLE}."
        if not self.any_public:
            why = f"the host {host} is not on the allow-list ({', '.join(self.named)}). {trust}"
        elif not _may_be_public(address.host):
            why = f"{host} is not a public host. {trust}"
        elif address.port not in (None, *PORTS):
            why = f"{host} has an unusual port. {trust}"
        else:
            return
        raise FetchError(f"{url}: {why}", Cause.HOST_NOT_ALLOWED, host)

    def trace(self, url: str, then: Trace) -> Trace:
        """A "trace" extension for httpcore that checks the IP address of each new connection, and then calls `then`.

        A public name may resolve to a private address, and to a different one each time. So the IP address of
        the connection is checked before anything is sent; a `FetchError` ends the request. A proxy that the
        user set is trusted to check addresses itself.
        """
        host, address = host_of(url), httpx2.URL(url).raw_host.decode("ascii")
        direct = False

        def trace(event: str, info: dict[str, Any]) -> None:
            nonlocal direct
            if event == "connection.connect_tcp.started":
                direct = info["host"] == address
            elif event == "connection.connect_tcp.complete" and direct and host not in self.named:
                stream = info["return_value"]
                peer = peer_of(stream.get_extra_info("server_addr"))
                if not is_public(peer):
                    stream.close()
                    raise FetchError(
                        f"{url}: {host} resolves to {peer}, which is not a public address. If you trust the host, add "
                        f"it to {HOSTS_VARIABLE}.",
                        Cause.HOST_NOT_ALLOWED,
                        host,
                    )
            then(event, info)

        return trace


def is_link(url: str) -> bool:
    """Whether an address from a table may be given out, as a link or in a manifest.

    It must be http(s), and its host named in ``ARTEXTRACT_HOSTS`` or public: a browser that follows a link to a
    private host would reach the network of the person who opens it. Names are not resolved.
    """
    try:
        address = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError, ValueError):
        return False
    if address.scheme not in ("http", "https") or not address.host:
        return False
    return host_of(address) in named_hosts() or _is_public_name(address.host.rstrip("."))


def _is_public_name(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        pass
    try:  # browsers also read 127.1, 0x7f000001 and 2130706433 as IP addresses
        return is_public(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, UnicodeError):
        return "." in host and not host.lower().endswith(_PRIVATE_NAMES)


def peer_of(server: tuple[str, int]) -> str:
    """The IP address of a server's socket address."""
    return server[0]


def is_public(ip: str) -> bool:
    """Whether an IP address is one of the public internet: not loopback, private, link-local, multicast or reserved."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.is_site_local:
            return False
        if inner is not None:
            address = inner
    return address.is_global and not address.is_multicast and not address.is_reserved


def _may_be_public(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        return not (f".{host.lower().rstrip('.')}".endswith(".localhost"))
