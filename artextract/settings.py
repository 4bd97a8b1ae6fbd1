"""What the environment settles: where things are kept, on what device, which servers are asked,
what searches, whether the app is open to everybody."""

import os
from pathlib import Path

CACHE_VARIABLE = "ARTEXTRACT_CACHE"
HOSTS_VARIABLE = "ARTEXTRACT_HOSTS"
DEVICE_VARIABLE = "ARTEXTRACT_DEVICE"
TRAYS_VARIABLE = "ARTEXTRACT_TRAYS"
INDEX_VARIABLE = "ARTEXTRACT_INDEX"
PUBLIC_VARIABLE = "ARTEXTRACT_PUBLIC"
GALLERY_HOSTS = ("api.nga.gov", "media.nga.gov", "raw.githubusercontent.com")
"""The National Gallery of Art's image servers, and where it publishes its tables."""


def cache_dir() -> Path:
    """The folder for all that is computed or downloaded.

    The environment variable ``ARTEXTRACT_CACHE`` names another; otherwise it is ``cache/`` of the
    checkout, and of the working folder when the package is installed without its checkout.
    """
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser().resolve()
    checkout = Path(__file__).resolve().parent.parent
    home = checkout if (checkout / "streamlit_app.py").exists() else Path.cwd()
    return home / "cache"


def collections_dir() -> Path:
    """The folder that holds one folder a collection."""
    return cache_dir() / "collections"


def trays_dir() -> Path:
    """The folder for the visitors' trays, the only data that no command can compute again.

    The environment variable ``ARTEXTRACT_TRAYS`` names it; by default it is ``trays/`` in the cache.
    """
    if named := os.environ.get(TRAYS_VARIABLE):
        return Path(named).expanduser().resolve()
    return cache_dir() / "trays"


def allowed_hosts() -> tuple[str, ...]:
    """The hosts that may be fetched from, lower-case, as `host` or `host:port`.

    The environment variable ``ARTEXTRACT_HOSTS`` (separated by commas) names others than the
    National Gallery of Art's. Without a port, only the scheme's own port is meant.
    """
    named = os.environ.get(HOSTS_VARIABLE, "").split(",")
    hosts = tuple(host.strip().lower() for host in named if host.strip())
    return hosts or GALLERY_HOSTS


def device_name() -> str:
    """The device that networks run on: auto, cpu, cuda or mps.

    The environment variable ``ARTEXTRACT_DEVICE`` names it; "auto" without it.
    """
    return os.environ.get(DEVICE_VARIABLE, "").strip().lower() or "auto"


def index_address() -> str | None:
    """Where the vector database is that searches; None searches in this process.

    The environment variable ``ARTEXTRACT_INDEX`` names it: the address of a Milvus server
    (``http://milvus:19530``), or a file that ends in ``.db`` for Milvus Lite.
    """
    return os.environ.get(INDEX_VARIABLE, "").strip() or None


def public() -> bool:
    """Whether the app is a public server: read-only, and bounded in what each visitor may ask.

    The environment variable ``ARTEXTRACT_PUBLIC`` says so: 1, true, yes or on.
    """
    return os.environ.get(PUBLIC_VARIABLE, "").strip().lower() in ("1", "true", "yes", "on")
