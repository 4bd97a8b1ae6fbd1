"""The components' scripts: no name is missing, and their pure parts are tested in Node."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from artextract.ui.server import scripts

ROOT = Path(__file__).parents[2]
UI = ROOT / "artextract" / "ui"


@pytest.mark.parametrize("name", sorted({*scripts.FILES} - {"openseadragon"}))
def test_the_scripts_of_a_component_make_one_module_without_missing_names(name: str, tmp_path: Path) -> None:
    file = tmp_path / "bundle.js"
    file.write_bytes(scripts.content(f"{name}.js"))
    (tmp_path / ".oxlintrc.json").write_text('{"env": {"browser": true, "es2024": true}}')
    command = [Path(sys.executable).parent / "oxlint", "--deny", "no-undef", "--allow", "no-unused-vars", "bundle.js"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 0, result.stdout


def test_no_script_or_style_is_left_out() -> None:
    named = {(scripts.FOLDER / file).resolve() for files in scripts.FILES.values() for file in files.split()}
    assert named == {file for suffix in ("js", "css") for file in UI.rglob(f"*.{suffix}")}


@pytest.mark.skipif(
    shutil.which("node") is None and os.environ.get("ARTEXTRACT_BROWSER") != "required", reason="Node is not installed"
)
def test_the_pure_parts_of_the_scripts() -> None:
    files = sorted(map(str, (ROOT / "tests" / "js").glob("*.test.mjs")))
    result = subprocess.run(["node", "--test", *files], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout


def test_no_component_styles_a_class_that_another_one_styles_too() -> None:
    # The styles are not isolated: a class that two components style looks different once both are on the page.
    rules = re.compile(r"^\.(ax-[a-z-]+)(?=[ ,{])", re.MULTILINE)
    styled: dict[str, set[str]] = {}
    for file in UI.rglob("*.css"):
        for name in rules.findall(file.read_text(encoding="utf-8")):
            styled.setdefault(name, set()).add(file.parent.name)
    assert {name: folders for name, folders in styled.items() if len(folders) > 1} == {}
