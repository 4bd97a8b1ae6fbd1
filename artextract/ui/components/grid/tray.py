"""The control that adds works to the visitor's tray, the same on every screen."""

from collections.abc import Sequence

from artextract.trays.store import MAX_WORKS
from artextract.ui.components.registration import component
from artextract.ui.navigation import TRAY
from artextract.ui.server.tray_routes import tray_works
from artextract.ui.server.urls import base_url, changes_url

_HTML = '<div class="ax-tray-control ax-tray-colours"></div>'


def addresses() -> dict[str, str]:
    """The addresses for changes and of the Tray screen."""
    return {"url": changes_url(), "page": f"{base_url()}/{TRAY.url_path}"}


def tray_control(collection: str, works: Sequence[str], name: str, key: str) -> None:
    """A button that adds works (ids) to the tray, or removes a single work from it; screen readers say `name`.

    Hidden for more works than a tray can hold, and if trays are not available.
    """
    in_tray = tray_works()
    if in_tray is None or not 0 < len(works) <= MAX_WORKS:
        return
    data = {
        "collection": collection,
        "works": list(works),
        "added": all((collection, work) in in_tray for work in works),
        "name": name,
        "words": "Tray" if len(works) == 1 else "Add all to tray",
    }
    component("tray_control", _HTML)(key=key, data={**addresses(), "works": data}, width="content")
