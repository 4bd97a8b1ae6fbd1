"""Differences: the shared map, the command and the screen, on two made-up collections."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from artextract.cli import app as commands
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.comparison import shared_map
from artextract.comparison.compare_subsets import compare_subsets
from artextract.comparison.shared_map import (
    compute_shared_map,
    map_folder,
    named_regions,
    read_levels,
    read_shared_map,
    typical_regions,
)
from artextract.comparison.subsets import Subset, common_backbone, pair_subsets
from artextract.errors import ArtExtractError, Stopped
from artextract.features.shards import picture_key
from artextract.progress import Step
from artextract.settings import CACHE_VARIABLE, PUBLIC_VARIABLE
from artextract.similarity.filters import Filters
from artextract.sources.folder import FolderSource
from artextract.ui.galleries import open_gallery
from artextract.ui.jobs.job_queue import job_queue
from artextract.ui.server.routes import routes
from artextract.ui.server.urls import rows_url
from artextract.vision.backbones import find_backbone, weights_of
from artextract.vision.embedding import load_embeddings
from artextract.vision.feature_key import embedding_key
from artextract.vision.feature_store import FeatureStore
from tests.cli.test_commands import run
from tests.support.made import jpeg, made_picture
from tests.ui.test_screens import screen, wait_for, words


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with "old" and "new": half of each is alike, the rest is its own."""
    root = tmp_path_factory.mktemp("two")
    random = np.random.default_rng(0)
    kinds = random.normal(size=(3, 32))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(root / "cache"))
        for seed, (name, own) in enumerate((("old", 0), ("new", 1))):
            folder = root / name
            folder.mkdir()
            lines = ["file,title,artist,year,genre,style"]
            for number in range(60):
                picture = made_picture(100 * (seed + 1) + number, 32, 24)
                (folder / f"{number:02}.jpg").write_bytes(jpeg(picture))
                genre = "portrait" if number < 30 else ("landscape", "still life")[own]
                style = "Baroque" if number % 2 else "Rococo"
                lines.append(f"{number:02}.jpg,Work,Painter {number % 6},{1600 + own},{genre},{style}")
            (folder / "table.csv").write_text("\n".join(lines), encoding="utf-8")
            collect(FolderSource(folder, folder / "table.csv"), name)
            collection = Collection.open(name)
            backbone = find_backbone("style")
            key = embedding_key(backbone, weights_of(backbone), "float32")
            which = np.where(np.arange(60) < 30, 2, own)
            vectors = kinds[which] + random.normal(scale=0.4, size=(60, 32))
            hashes = collection.works()["image_sha256"]
            FeatureStore(collection, key).append([*map(picture_key, hashes)], {"vectors": vectors.astype(np.float16)})
    return root / "cache"


@pytest.fixture
def two(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Subset, Subset]]:
    monkeypatch.setenv(CACHE_VARIABLE, str(made))
    sides = []
    for name in ("old", "new"):
        collection = Collection.open(name)
        embeddings = load_embeddings(collection, "style")
        works = collection.works().set_index("id", drop=False).loc[embeddings.ids]
        sides.append(Subset(collection, works, embeddings, Filters()))
    yield sides[0], sides[1]


def test_a_shared_map_that_is_stopped_is_not_kept(two: tuple[Subset, Subset]) -> None:
    sources = pair_subsets(*two).sources

    def stop(step: Step) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        compute_shared_map(sources, "tsne", stop)
    assert read_shared_map(sources, "tsne") is None


def test_the_shared_map_is_laid_out_once_whichever_side_is_first(
    two: tuple[Subset, Subset], monkeypatch: pytest.MonkeyPatch
) -> None:
    sides, turned = pair_subsets(*two), pair_subsets(two[1], two[0])
    layout, levels = compute_shared_map(sides.sources, "tsne")
    monkeypatch.setattr(shared_map, "compute_map", None)
    kept = read_shared_map(turned.sources, "tsne")
    assert kept is not None
    assert kept.key == layout.key
    assert np.array_equal(read_levels(turned.sources, kept), levels)
    assert sorted(kept.ids[row] for row in (sides.rows[0][0], sides.rows[1][0])) == ["new/00.jpg", "old/00.jpg"]
    regions = typical_regions(sides, named_regions(sides, layout, levels), layout.positions)
    own = [{int(row) for region in of_side for row in region.rows} for of_side in regions]
    for rows, of_side in zip(own, sides.rows, strict=True):
        assert len(rows & set(of_side[30:].tolist())) > 20


def test_two_collections_compared(two: tuple[Subset, Subset]) -> None:
    found = compare_subsets(pair_subsets(*two))
    assert {found.pair.work(row)[0] for row, _ in found.works(0)} == {"old"}
    assert all(int(found.pair.work(row)[1][:2]) >= 30 for row, _ in found.works(1))
    assert "landscapes" in [typical.term.text for typical in found.terms[0]]


def test_collections_without_a_common_embedding_say_which_command_makes_one(
    two: tuple[Subset, Subset], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (each.collection for each in two)
    assert common_backbone(one, other) == "style"
    monkeypatch.setattr(
        "artextract.comparison.subsets.embedded_by",
        lambda collection: ["style"] if collection is one else ["paintings"],
    )
    with pytest.raises(ArtExtractError, match="`artextract embed new --backbone style`"):
        common_backbone(one, other)


def test_the_command_tells_both_sides(two: tuple[Subset, Subset]) -> None:
    status, told, _ = run("compare-subsets", "old", "new", "-k", "3")
    assert status == 0
    old, new = told["sides"]
    assert (old["name"], old["works"]) == ("old", 60)
    assert len(old["typical"]) == 3
    assert {work["collection"] for work in new["typical"]} == {"new"}
    assert any(term["text"] == "still lifes" for term in new["terms"])
    assert old["regions"]
    assert 0.6 < told["separation"] < 1
    text = CliRunner().invoke(commands, ["compare-subsets", "old", "new", "--no-map"]).stdout
    assert "still lifes: 30 of 60, by 6 artists, none elsewhere" in text


def test_the_command_says_what_it_cannot_compare(two: tuple[Subset, Subset]) -> None:
    status, told, _ = run("compare-subsets", "old", "old")
    assert status == 1
    assert told["error"].startswith("Both sides have the same works.")


def test_a_link_restores_both_sides(two: tuple[Subset, Subset]) -> None:
    app = screen("compare", view="differences", collection="old", a_style="Baroque", b_style="Rococo", b_from="1500")
    assert app.multiselect(key="_a_style").value == ["Baroque"]
    assert app.multiselect(key="_b_style").value == ["Rococo"]
    assert "Typical works" in words(app)
    assert "This collection has no map yet." in words(app)
    app.multiselect(key="_b_genre").set_value(["portrait"]).run()
    assert app.query_params["b_genre"] in ("portrait", ["portrait"])
    assert "a_genre" not in app.query_params


def test_the_screen_says_what_it_cannot_compare(two: tuple[Subset, Subset]) -> None:
    assert "Filter one or both sides" in words(screen("compare", view="differences"))
    app = screen("compare", view="differences", collection="old", a_q="nothing")
    assert "No work of old passes the filters of the first side." in words(app)


def test_two_collections_are_laid_out_from_the_screen(
    two: tuple[Subset, Subset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("artextract.ui.gallery_picker.start_scores", lambda _: None)
    for file in map_folder(pair_subsets(*two).sources).root.glob("*/*"):
        file.unlink()
    job_queue.clear()
    app = screen("compare", view="differences", collection="old", b_collection="new")
    assert "There is no shared map" in words(app)
    next(one for one in app.button if one.label == "Create a shared map").click().run()
    (key,) = [job.key for job in job_queue().jobs() if job.key.startswith("shared map")]
    wait_for(job_queue(), key)
    app.run()
    assert not app.exception
    assert "no shared map" not in words(app)
    assert "Typical regions of the map" in words(app)


def test_a_public_server_compares_and_writes_nothing(
    two: tuple[Subset, Subset], made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")
    for file in map_folder(pair_subsets(*two).sources).root.glob("regions/*.safetensors"):
        file.unlink()
    before = sorted(made.rglob("*"))
    app: AppTest = screen("compare", view="differences", collection="old", b_collection="new")
    assert "Typical works" in words(app)
    assert not [one for one in app.button if "map" in one.label.lower()]
    assert sorted(made.rglob("*")) == before


def test_the_texts_of_two_collections_are_answered_by_row(two: tuple[Subset, Subset]) -> None:
    one, other = (open_gallery(name, "style") for name in ("new", "old"))
    url = rows_url("texts", {each.collection.name: each.revision for each in (one, other)}, "style")
    with TestClient(Starlette(routes=routes())) as client:
        told = client.get(f"{url}0,61.json").json()
        assert told["thumb"] == [f"new/{one.thumbnails[0]}", f"old/{other.thumbnails[1]}"]
        assert client.get(f"{url}120.json").status_code == 404
        assert client.get(f"{url.replace(one.revision, 'older')}0.json").status_code == 404
        thumbnail = client.get(f"/artextract/thumb/{told['thumb'][1]}")
        assert thumbnail.status_code == 200
