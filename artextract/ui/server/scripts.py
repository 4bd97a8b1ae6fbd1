"""The files of the lightbox: its script and style, and OpenSeadragon. A page loads them with the first picture."""

import hashlib
from functools import cache
from pathlib import Path

from artextract.ui.server.urls import script_url

_COMPONENTS = Path(__file__).parents[1] / "components"
_FILES = {
    "lightbox.js": ("element.js", "lightbox/viewer.js", "lightbox/pictures.js", "lightbox/lightbox.js"),
    "lightbox.css": ("lightbox/lightbox.css",),
    "openseadragon.js": ("lightbox/openseadragon/openseadragon.min.js",),
}
"""Name → the files that are joined, in their order."""


def url(name: str) -> str:
    """The address of a file; it changes with the content of any of them."""
    return script_url(_version(), name)


@cache
def content(name: str) -> bytes:
    """The content of a file; FileNotFoundError for an unknown name."""
    if name not in _FILES:
        raise FileNotFoundError(name)
    return b"".join((_COMPONENTS / file).read_bytes() for file in _FILES[name])


@cache
def _version() -> str:
    return hashlib.sha256(b"".join(map(content, _FILES))).hexdigest()[:16]
