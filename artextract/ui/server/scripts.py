"""The scripts and styles of the components and of the lightbox, which the browser loads once by address."""

import hashlib
from functools import cache
from pathlib import Path

from artextract.ui.server.urls import script_url

FOLDER = Path(__file__).parents[1] / "components"
_MAP = "map data levels pictures dots wall gestures layers region_labels keys map_area"
_MAP_STYLES = "map region_labels map_area"
FILES = {
    "facets": "element.js facets/facets.js facets/facets.css",
    "gallery_map": " ".join([
        "element.js arrays.js",
        *(f"map/{script}.js" for script in _MAP.split()),
        *(f"map/{style}.css" for style in _MAP_STYLES.split()),
    ]),
    "lightbox": " ".join([
        "element.js",
        *(f"lightbox/{script}.js" for script in ["viewer", "pictures", "detail", "lightbox"]),
    ]),
    "openseadragon": "lightbox/openseadragon/openseadragon.min.js",
    "page": "../page.js lightbox/lightbox.css",
    "picture_grid": (
        "element.js arrays.js grid/tray.js grid/marks.js grid/rows.js grid/wall_keys.js grid/wall.js grid/grid.js "
        "grid/tray.css grid/grid.css grid/wall.css"
    ),
    "tray_control": "element.js grid/tray.js grid/tray_control.js grid/tray.css",
    "tray_works": "element.js grid/tray.js ../tray/works.js grid/tray.css ../tray/works.css",
}
"""Component → its files in `FOLDER`. The scripts are joined to one module in their order, and so are the styles."""


def url(name: str) -> str:
    """The address of a component's script ("facets.js") or style ("facets.css"); it changes with the content."""
    return script_url(hashlib.sha256(content(name)).hexdigest()[:16], name)


@cache
def content(name: str) -> bytes:
    """The content of a script or style, b"" if the component has none; FileNotFoundError for an unknown name."""
    component, _, suffix = name.rpartition(".")
    if component not in FILES or suffix not in {"js", "css"}:
        raise FileNotFoundError(name)
    files = [FOLDER / file for file in FILES[component].split()]
    return b"".join(file.read_bytes() for file in files if file.suffix == f".{suffix}")
