"""The addresses at which the server answers."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import streamlit as st

from artextract.manifest import APP
from artextract.maps.gallery_map import GalleryMap


def base_url() -> str:
    """The path under which the app is served: "" or "/gallery"."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def server_url() -> str:
    """The app's address in this visitor's browser, with its base path."""
    address = urlsplit(st.context.url or "")
    return f"{address.scheme}://{address.netloc}{base_url()}" if address.netloc else APP


def _url(*parts: str) -> str:
    return "/".join((base_url(), "artextract", *parts))


def pictures_url() -> str:
    """Prefix of pictures; append `<size>/<collection>/<sha256>.jpg` with a size of `routes.SIDES`."""
    return _url("")


def thumbnails_url(collection: str) -> str:
    """Prefix of a collection's thumbnails; append `<sha256>.jpg`."""
    return _url("thumb", collection, "")


def view_url(collection: str, sha256: str, size: str = "view") -> str:
    """A picture of `galleries.VIEW_SIDE`; for other values of `size` see `routes.SIDES`."""
    return _url(size, collection, f"{sha256}.jpg")


def work_url() -> str:
    """What the lightbox shows of a work; append `?collection=…&work=…`."""
    return _url("work")


def script_url(version: str, name: str) -> str:
    """A file of `server/scripts.py`."""
    return _url("script", version, name)


def crop_url(kind: str, collection: str, sha256: str, place: str) -> str:
    """A face, a face beside its picture, or a pose; for `kind` and `place` see `picture_crops.draw`."""
    return _url(kind, collection, sha256, f"{place}.jpg")


def array_url(digest: str) -> str:
    """An array that `arrays.publish` holds."""
    return _url("array", f"{digest}.bin")


def changes_url() -> str:
    """Where browsers send changes of trays."""
    return _url("tray")


def tray_url(token: str, file: str) -> str:
    """An export of a tray: works.csv, works.xlsx, manifest.json, page.html or pictures.zip."""
    return _url("tray", token, file)


def rows_url(kind: str, revisions: Mapping[str, str], backbone: str) -> str:
    """Prefix of the "texts" or "sheets" of the works on a map; append rows, such as `3,14.json` or `64/3,14.jpg`.

    `revisions` has the revision of each of its galleries, by name, in the order of its rows.
    """
    return _url(kind, "+".join(revisions), "+".join(revisions.values()), backbone, "")


def regions_url(collection: str, backbone: str, revision: str, shown: GalleryMap) -> str:
    """The regions of a map, with their names."""
    return _url("regions", collection, backbone, revision, shown.method, f"{shown.key}.json")
