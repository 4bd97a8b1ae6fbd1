"""The control that lays works into the visitor's tray, the same on every screen."""

from collections.abc import Sequence
from pathlib import Path

from artextract.trays.tray import MOST_WORKS
from artextract.ui.components.registration import component
from artextract.ui.navigation import TRAY
from artextract.ui.server.tray_works import tray_works
from artextract.ui.server.urls import base_url, changes_url

_HERE = Path(__file__).parent
FILES = (_HERE / "tray.js", _HERE / "tray.css")
"""Of the control, to stand before those of a component which draws it."""
_HTML = '<div class="ax-tray-control ax-tray-colours"></div>'


def addresses() -> dict[str, str]:
    """Where the control sends changes, and where the tray's screen is."""
    return {"url": changes_url(), "page": f"{base_url()}/{TRAY.url_path}"}


def tray_control(collection: str, works: Sequence[str], name: str, key: str) -> None:
    """A button that lays works into the tray, and takes one out that lies there.

    More works than a tray holds aren't offered to be laid.

    Args:
        collection: the collection's name.
        works: ids of its works.
        name: what they are called, for those who hear the screen.
        key: the component's key.
    """
    if not 0 < len(works) <= MOST_WORKS:
        return
    kept = tray_works()
    component("tray_control", _HTML, *FILES, _HERE / "tray_control.js")(
        key=key,
        data={
            **addresses(),
            "works": {
                "collection": collection,
                "works": list(works),
                "kept": all((collection, work) in kept for work in works),
                "name": name,
                "words": "Tray" if len(works) == 1 else "All into the tray",
            },
        },
        width="content",
    )
