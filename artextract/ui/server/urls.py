"""The addresses at which the app's server answers."""

from urllib.parse import urlsplit

import streamlit as st

from artextract.manifest import APP
from artextract.maps.gallery_map import GalleryMap


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


def face_url(collection: str, sha256: str, box: str) -> str:
    """Address of a face cut out of a picture; `box` is `parts.box_text`."""
    return f"{base_url()}/artextract/face/{collection}/{sha256}/{box}.jpg"


def face_beside_url(collection: str, sha256: str, box: str) -> str:
    """Address of a face beside its picture, in which it is marked; twice as wide as high."""
    return f"{base_url()}/artextract/beside/{collection}/{sha256}/{box}.jpg"


def pose_url(collection: str, sha256: str, points: str) -> str:
    """Address of a picture with a pose drawn over it; `points` is `parts.points_text`."""
    return f"{base_url()}/artextract/pose/{collection}/{sha256}/{points}.jpg"


def array_url(digest: str) -> str:
    """Address of an array that `arrays.publish` holds."""
    return f"{base_url()}/artextract/array/{digest}.bin"


def changes_url() -> str:
    """Address that changes of the visitor's trays are sent to."""
    return f"{base_url()}/artextract/tray"


def tray_url(token: str, what: str) -> str:
    """Address of a tray's works.csv, manifest.json, page.html or pictures.zip."""
    return f"{base_url()}/artextract/tray/{token}/{what}"


def texts_url(collection: str, backbone: str, revision: str) -> str:
    """Address to which rows are appended, as `3,14.json`, for their labels and thumbnails."""
    return f"{base_url()}/artextract/texts/{collection}/{backbone}/{revision}/"


def texts_of_two_url(one: tuple[str, str], other: tuple[str, str], backbone: str) -> str:
    """The same of two collections' works, the other's rows after the one's; thumbnails are named
    with their collection, to be appended to `all_thumbnails_url`.

    Args:
        one: name and revision of the one's gallery.
        other: of the other's.
        backbone: by which both are opened.
    """
    return f"{base_url()}/artextract/texts/{'/'.join(one)}/{'/'.join(other)}/{backbone}/"


def all_thumbnails_url() -> str:
    """Address to which `<collection>/<sha256>.jpg` is appended for a thumbnail."""
    return f"{base_url()}/artextract/thumb/"


def regions_url(collection: str, backbone: str, revision: str, drawn: GalleryMap) -> str:
    """Address of the regions of a map, with their names."""
    place = f"{collection}/{backbone}/{revision}/{drawn.method}/{drawn.key}"
    return f"{base_url()}/artextract/regions/{place}.json"
