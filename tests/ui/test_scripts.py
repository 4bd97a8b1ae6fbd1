"""The components' scripts: no name is missing, and their pure parts are tested in Node."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from artextract.ui.components.registration import bundle

ROOT = Path(__file__).parents[2]
UI = ROOT / "artextract" / "ui"
MAP = "element.js map/map.js map/data.js map/points.js map/webgl.js map/raster.js map/gestures.js map/layers.js"
COMPONENTS = {
    "facets": "element.js facets/facets.js",
    "picture_grid": "grid/tray.js element.js grid/grid.js",
    "tray_control": "element.js grid/tray.js grid/tray_control.js",
    "gallery_map": f"{MAP} map/region_labels.js map/keys.js map/map_area.js",
    "lightbox": "element.js lightbox/viewer.js lightbox/pictures.js lightbox/lightbox.js",
    "tray_works": "grid/tray.js element.js ../tray/works.js",
}
"""By component: its scripts, as its Python module lists them."""


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_scripts_of_a_component_make_one_module_without_missing_names(name: str, tmp_path: Path) -> None:
    file = tmp_path / "bundle.js"
    files = [UI / "components" / script for script in COMPONENTS[name].split()]
    file.write_text(bundle(".js", files) or "")
    (tmp_path / ".oxlintrc.json").write_text('{"env": {"browser": true, "es2024": true}}')
    command = [Path(sys.executable).parent / "oxlint", "--deny", "no-undef", "--allow", "no-unused-vars", "bundle.js"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 0, result.stdout


def test_no_script_is_left_out() -> None:
    named = {(UI / "components" / script).resolve() for scripts in COMPONENTS.values() for script in scripts.split()}
    openseadragon = UI / "components" / "lightbox" / "openseadragon" / "openseadragon.min.js"
    alone = {UI / "page.js", UI / "reading" / "paste.js", openseadragon}
    assert named | alone == set(UI.rglob("*.js"))


@pytest.mark.skipif(
    shutil.which("node") is None and os.environ.get("ARTEXTRACT_BROWSER") != "required", reason="Node is not installed"
)
def test_the_pure_parts_of_the_scripts() -> None:
    files = sorted(map(str, (ROOT / "tests" / "js").glob("*.test.mjs")))
    result = subprocess.run(["node", "--test", *files], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout
