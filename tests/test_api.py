"""The public functions, the package's metadata, and the examples of the documentation."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import artextract
from artextract.collection import Collection
from tests.support.made import jpeg, made_picture

ROOT = Path(__file__).parents[1]


def test_the_example_of_the_readme_runs(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in example.splitlines() if line.strip()]) <= 6
    monkeypatch.chdir(tmp_path)
    folder.rename(tmp_path / "pictures") if folder.name != "pictures" else None
    (tmp_path / "photo.jpg").write_bytes(jpeg(made_picture(3).resize((80, 60))))  # a smaller copy of a work
    exec(compile(example, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("1.00 Work 03")
    assert len(printed) == 6


def test_a_picture_or_a_work_is_needed(ready: Collection) -> None:
    with pytest.raises(ValueError, match="Give a picture or a work"):
        artextract.similar(ready)
    first = ready.works()["id"].iloc[0]
    assert len(artextract.similar(ready, work=first, k=3)) == 3


def test_the_pins_satisfy_the_ranges_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = {}
    for line in lines:
        if line and not line.startswith("#"):
            name, version = line.partition("#")[0].strip().split("==")
            pins[name.lower()] = version
    extras = project["project"]["optional-dependencies"]
    for text in [*project["project"]["dependencies"], *extras["train"], *extras["umap"], *extras["hub"]]:
        needed = Requirement(text)
        assert needed.specifier.contains(pins[needed.name.lower()]), text


def test_every_environment_variable_is_documented() -> None:
    named = set(re.findall(r"\"(ARTEXTRACT_[A-Z]+)\"", (ROOT / "artextract" / "settings.py").read_text()))
    page = (ROOT / "docs" / "settings.md").read_text()
    documented = set(re.findall(r"^\| `(ARTEXTRACT_[A-Z]+)`", page, re.MULTILINE))
    assert named == documented


def test_links_of_the_documentation_lead_to_files() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("cache/*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())]
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []


def test_every_detector_is_documented() -> None:
    from artextract.detection.detect import DETECTORS

    page = (ROOT / "docs" / "similarity.md").read_text(encoding="utf-8")
    table = page.partition("| detector |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| (\w+) \|", table, re.MULTILINE) == list(DETECTORS)
