"""The control that lays works into the visitor's tray, the same on every screen."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from artextract.trays.store import MOST_WORKS
from artextract.ui.navigation import TRAY
from artextract.ui.server.kept import kept_works
from artextract.ui.server.urls import base_url, changes_url

_HERE = Path(__file__).parent
SCRIPT = (_HERE / "tray.js").read_text(encoding="utf-8")
"""The control's script, to stand before that of a component which draws it."""
STYLE = (_HERE / "tray.css").read_text(encoding="utf-8")


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
    kept = kept_works()
    _component()(
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


@cache
def _component() -> Any:
    return st.components.v2.component(
        "tray_control",
        html='<div class="ax-tray-control ax-tray-colours"></div>',
        css=STYLE,
        js=SCRIPT + (_HERE / "tray_control.js").read_text(encoding="utf-8"),
        isolate_styles=False,
    )
