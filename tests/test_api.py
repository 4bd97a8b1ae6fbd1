"""The public functions, the package's metadata, and the examples of the documentation."""

import ast
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from packaging.requirements import Requirement
from PIL import Image

import artextract
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import ArtExtractError, NotReadyError
from artextract.sources.demo import DemoSource
from artextract.vision.embedding import embed_collection
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


def test_the_notebook_runs_and_shows_pictures() -> None:
    collect(DemoSource(24), "demo")
    embed_collection(Collection.open("demo"), "paintings")
    cells = json.loads((ROOT / "docs" / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    shown: list[Any] = []
    names: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            code = ast.parse("".join(cell["source"]))
            last = code.body.pop() if isinstance(code.body[-1], ast.Expr) else None
            exec(compile(code, "notebook.ipynb", "exec"), names)
            if last is not None:
                shown.append(eval(compile(ast.Expression(last.value), "notebook.ipynb", "eval"), names))
    pages = [value._repr_html_() for value in shown if isinstance(value, list) and hasattr(value, "_repr_html_")]
    similar, detail, words = (page.count("data:image/jpeg") for page in pages)
    assert [similar, detail, words > 0] == [6, 6, True]
    assert repr(shown[0]).endswith("24 works")


def test_a_query_is_a_work_a_file_a_picture_or_pixels(ready: Collection) -> None:
    museum = artextract.open("small")
    works = museum.to_pandas()
    work = works.index[5]
    picture = Image.open(ready.image_path(works.at[work, "image"]))
    nearest = museum.similar(work, k=3)
    assert [len(nearest), work in [one.id for one in nearest]] == [3, False]
    assert museum.similar(Path(picture.filename), k=3).to_pandas()["id"].to_list() == [one.id for one in nearest]
    for query in (
        picture,
        np.asarray(picture),
        picture.convert("CMYK"),
        picture.convert("HSV"),
    ):  # not the same file: the work is found
        assert museum.similar(query, k=1)[0].id == work
    assert museum.read(work).summary() == museum.read(picture).summary()
    with pytest.raises(ValueError, match="not float64"):
        museum.similar(np.zeros((4, 4, 3)))
    with pytest.raises(ValueError, match="An array must be"):
        museum.similar(np.zeros((0, 4, 3), np.uint8))
    with pytest.raises(ArtExtractError, match=r"no work .*, and there is no such file"):
        museum.similar("nothing.jpg")


def test_results_show_their_pictures_and_texts_are_escaped(few: Collection) -> None:
    works = few.works()
    works.loc[1, "title"] = "A <b>ship</b> at sea"
    few.write_works(works)
    museum = artextract.open("small")
    found = museum.search("ship", k=2)
    assert found[0].id == works["id"][1]
    assert found[0].why.startswith("ship (title)")
    page = found._repr_html_()
    assert "A &lt;b&gt;ship" in page
    assert page.count("data:image/jpeg;base64,") == len(found)
    found[0].thumbnail.unlink()
    assert "No picture" in museum.search("ship")._repr_html_()
    assert "Nothing similar found" in museum.search("qqqqq 771")._repr_html_()


def test_embeddings_are_in_the_order_of_the_table(few: Collection) -> None:
    with pytest.raises(NotReadyError, match="no paintings embedding yet"):
        _ = artextract.open("small").embeddings
    embed_collection(few, "efficientnet_lite2")
    whole = artextract.open("small").embeddings
    works = few.works()
    works.loc[2, "image_sha256"] = "0" * 64
    few.write_works(works)
    embeddings = artextract.open("small").embeddings
    assert embeddings.dtype == np.float32
    assert np.isnan(embeddings[2]).all()
    assert np.array_equal(np.delete(embeddings, 2, axis=0), np.delete(whole, 2, axis=0))


def test_the_pins_satisfy_the_ranges_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = {}
    for line in lines:
        if line and not line.startswith("#"):
            name, version = line.partition("#")[0].strip().split("==")
            pins[name.lower()] = version
    extras = project["project"]["optional-dependencies"]
    for text in [
        *project["project"]["dependencies"],
        *extras["train"],
        *extras["umap"],
        *extras["hub"],
        *extras["mcp"],
    ]:
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
