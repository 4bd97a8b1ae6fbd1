"""Settings from the environment: folders, device, hosts, contact, vector database, public server."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from artextract.errors import SourceError

CACHE_VARIABLE = "ARTEXTRACT_CACHE"
HOSTS_VARIABLE = "ARTEXTRACT_HOSTS"
CONTACT_VARIABLE = "ARTEXTRACT_CONTACT"
DEVICE_VARIABLE = "ARTEXTRACT_DEVICE"
TRAYS_VARIABLE = "ARTEXTRACT_TRAYS"
INDEX_VARIABLE = "ARTEXTRACT_INDEX"
PUBLIC_VARIABLE = "ARTEXTRACT_PUBLIC"
GALLERY_HOSTS = ("api.nga.gov", "media.nga.gov", "raw.githubusercontent.com")
"""The National Gallery of Art's image servers, and where it publishes its tables."""

_contact_now: ContextVar[str] = ContextVar("contact", default="")
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+|https?://[!-\'*-~]+", re.ASCII)


def cache_dir() -> Path:
    """The folder for everything that is computed or downloaded, ARTEXTRACT_CACHE.

    By default it is `cache/` in the checkout, or in the working folder if there is no checkout.
    """
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser().resolve()
    checkout = Path(__file__).resolve().parent.parent
    home = checkout if (checkout / "streamlit_app.py").exists() else Path.cwd()
    return home / "cache"


def collections_dir() -> Path:
    """The folder that contains a folder for each collection."""
    return cache_dir() / "collections"


def trays_dir() -> Path:
    """The folder for trays, ARTEXTRACT_TRAYS, by default `trays/` in the cache: no command can compute them again."""
    named = os.environ.get(TRAYS_VARIABLE)
    return Path(named).expanduser().resolve() if named else cache_dir() / "trays"


def named_hosts() -> tuple[str, ...]:
    """The hosts that ARTEXTRACT_HOSTS names, separated by commas: `host` or `host:port`, in lower case.

    Without a port, only the default port of the scheme is allowed.
    """
    named = os.environ.get(HOSTS_VARIABLE, "").split(",")
    return tuple(host.strip().lower() for host in named if host.strip())


def contact() -> str:
    """How the operators of servers can reach the person who fetches from them; empty if it is not set.

    ARTEXTRACT_CONTACT, or `contact_is`, names an e-mail address or a web address. Raises SourceError if it is neither.
    """
    named = (_contact_now.get() or os.environ.get(CONTACT_VARIABLE, "")).strip()
    if named and not _CONTACT.fullmatch(named):
        raise SourceError(
            f"The contact ({CONTACT_VARIABLE}) is {named!r}, neither an e-mail address nor a web address. "
            "Set it to an address such as me@example.org."
        )
    return named


@contextmanager
def contact_is(named: str) -> Iterator[None]:
    """Use a contact in this thread, in place of ARTEXTRACT_CONTACT; "" changes nothing."""
    token = _contact_now.set(named)
    try:
        yield
    finally:
        _contact_now.reset(token)


def device_name() -> str:
    """The device that networks run on, ARTEXTRACT_DEVICE: auto (the default), cpu, cuda or mps."""
    return os.environ.get(DEVICE_VARIABLE, "").strip().lower() or "auto"


def index_address() -> str | None:
    """ARTEXTRACT_INDEX: a Milvus server (`http://milvus:19530`) or a file `*.db`; None to search in this process."""
    return os.environ.get(INDEX_VARIABLE, "").strip() or None


def public() -> bool:
    """Whether ARTEXTRACT_PUBLIC (1, true, yes or on) makes the app read-only, with limits for each visitor.

    docs/public_server.md says what is then refused. The limits are in `ui/server/public_limits.py`; `ui/work_text.py`
    hides paths. Screens ask this function before they draw a button that starts a job.
    """
    return os.environ.get(PUBLIC_VARIABLE, "").strip().lower() in ("1", "true", "yes", "on")
