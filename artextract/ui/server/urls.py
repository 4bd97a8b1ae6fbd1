"""The addresses at which the app's server answers."""

from urllib.parse import urlsplit

import streamlit as st

from artextract.manifest import APP


def base_url() -> str:
    """The path under which the app is served: "" or "/gallery"."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def server_url() -> str:
    """The app's address as this visitor's browser has it, with its base path."""
    place = urlsplit(st.context.url or "")
    return f"{place.scheme}://{place.netloc}{base_url()}" if place.netloc else APP


def thumbnails_url(collection: str) -> str:
    """Address to which `<sha256>.jpg` is appended for a thumbnail."""
    return f"{base_url()}/artextract/thumb/{collection}/"


def view_url(collection: str, sha256: str) -> str:
    """Address of a picture at `galleries.VIEW_SIDE`."""
    return f"{base_url()}/artextract/view/{collection}/{sha256}.jpg"


def array_url(digest: str) -> str:
    """Address of an array that `arrays.publish` holds."""
    return f"{base_url()}/artextract/array/{digest}.bin"


def texts_url(collection: str, backbone: str, revision: str) -> str:
    """Address of the labels and thumbnails of a map's points, in their order."""
    return f"{base_url()}/artextract/texts/{collection}/{backbone}/{revision}.json"
