"""Two sides: what is typical of one and not of the other, where the truth is known."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from artextract.cli import app as commands
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.differences import ground
from artextract.differences.compared import compare, locate
from artextract.differences.figures import Figures, over_represented
from artextract.differences.ground import find_levels, make_ground, read_ground, read_levels
from artextract.differences.likeness import most_typical, probability, typical_works
from artextract.differences.places import places_of
from artextract.differences.sides import Side, common_backbone, face, filters_text
from artextract.differences.terms import terms_of
from artextract.errors import ArtExtractError, Stopped
from artextract.progress import Step
from artextract.regions.regions import Region
from artextract.settings import CACHE_VARIABLE, PUBLIC_VARIABLE
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.sources.folder import FolderSource
from artextract.ui.differences.panels import times_text
from artextract.ui.galleries import open_gallery
from artextract.ui.jobs.board import board
from artextract.ui.server.routes import routes
from artextract.ui.server.urls import texts_of_two_url
from artextract.vision.backbones import find_backbone, weights_of
from artextract.vision.device import find_device
from artextract.vision.embedding import Embeddings, load_embeddings
from artextract.vision.feature_key import FeatureKey, embedding_key
from artextract.vision.feature_store import FeatureStore
from tests.conftest import jpeg, made_picture
from tests.test_cli import run
from tests.test_regions import table
from tests.test_screens import screen, wait_for, words

KEY = FeatureKey("manner", "0" * 12, "256px", "float32")
DIMENSION = 24


def side(count: int, filters: Filters = NO_FILTERS, name: str = "made", **columns: object) -> Side:
    """A side of a made collection whose works have the pictures 0, 1, …"""
    ids = [str(number) for number in range(count)]
    works = table(count, **columns).assign(id=ids)
    if "image_sha256" not in columns:
        works["image_sha256"] = [f"{name}-{one}" for one in ids]
    hashes = works["image_sha256"].to_list()
    vectors = np.random.default_rng(len(name)).normal(size=(count, DIMENSION)).astype(np.float32)
    collection = Collection(Path("/made") / name, None)
    return Side(collection, works, Embeddings(KEY, ids, hashes, vectors), filters)


def styles(*filters: Filters, **columns: object) -> list[Side]:
    """Sides of one collection of 40 Baroque, 30 Rococo and 30 Cubist works."""
    style = ["Baroque"] * 40 + ["Rococo"] * 30 + ["Cubism"] * 30
    return [side(100, one, style=style, **columns) for one in filters]


# Sides.


def test_two_filters_of_a_collection_face_each_other() -> None:
    sides = face(*styles(Filters(style=("Baroque",)), Filters(style=("Rococo",))))
    assert sides.of_one.tolist() == list(range(40))
    assert sides.of_other.tolist() == list(range(40, 70))
    assert sides.names == ("Baroque", "Rococo")
    assert (sides.on_both, sides.remark) == (0, "")
    assert sides.work(41) == ("made", "41")


def test_what_is_on_both_sides_is_left_out_of_both_and_told() -> None:
    sides = face(*styles(Filters(style=("Baroque", "Rococo")), Filters(style=("Rococo", "Cubism"))))
    assert sides.of_one.tolist() == list(range(40))
    assert sides.of_other.tolist() == list(range(70, 100))
    assert sides.remark == "30 pictures are on both sides, and left out of both."


def test_a_side_within_the_other_is_compared_with_the_rest_of_it() -> None:
    rococo, everything = styles(Filters(style=("Rococo",)), Filters())
    for sides, order in ((face(rococo, everything), 1), (face(everything, rococo), -1)):
        assert [len(rows) for rows in sides.sides][::order] == [30, 70]
        assert sides.names[::order] == ("Rococo", "all others of made")
        assert "it is compared with the others of that" in sides.remark


def test_two_collections_stand_one_after_the_other() -> None:
    small, large = side(20, name="small"), side(50, name="large")
    pictures = large.works["image_sha256"].to_list()
    pictures[:3] = small.works["image_sha256"][:3]
    large.works["image_sha256"] = pictures
    sides = face(small, large)
    assert sides.names == ("small", "large")
    assert sides.of_other.tolist() == list(range(3, 50))  # the larger comes first
    assert sides.of_one.tolist() == list(range(53, 70))
    assert sides.on_both == 3
    assert sides.work(53) == ("small", "3")
    assert np.array_equal(sides.vectors[50:], small.embeddings.vectors)


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        (Filters(style=("Gothic",)), Filters(), "No work of made passes the filters of the first"),
        (Filters(), Filters(text="none"), "No work of made passes the filters of the second"),
        (Filters(), Filters(), "Both sides have the same works"),
        (Filters(year_from=1600, year_to=1603), Filters(), "has 4 works; 5 are needed"),
        (
            Filters(year_from=1600, year_to=1669),
            Filters(year_from=1601, year_to=1670),
            "Without the 69 pictures that are on both sides the first side",
        ),
    ],
)
def test_sides_that_cannot_be_compared_say_so(one: Filters, other: Filters, sentence: str) -> None:
    years = pd.array(range(1600, 1700), dtype="Int32")
    sides = styles(one, other, year_begin=years, year_end=years)
    with pytest.raises(ArtExtractError, match=sentence):
        face(*sides)


def test_embeddings_that_differ_are_not_compared() -> None:
    one, other = side(9, name="one"), side(9, name="other")
    other = replace(other, embeddings=replace(other.embeddings, key=replace(KEY, weights="f" * 12)))
    with pytest.raises(ArtExtractError, match="can't be compared: embed both"):
        face(one, other)


def test_filters_are_told_in_words() -> None:
    filters = Filters(style=("Baroque", "Rococo"), year_from=1600, text="lady")
    assert filters_text(filters) == "Baroque or Rococo, from 1600, “lady”"
    assert filters_text(Filters(year_from=1600, year_to=1700)) == "1600–1700"
    assert filters_text(Filters()) == ""


# Works.


def planted(one: int, other: int, common: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Embeddings of two sides: works of their own kind, and of one that both have."""
    random = np.random.default_rng(3)
    kinds = random.normal(size=(3, DIMENSION)) * 3
    which = np.repeat([0, 2, 1, 2], [one, common, other, common])
    vectors = kinds[which] + random.normal(size=(len(which), DIMENSION))
    of_one = np.arange(one + common)
    return vectors.astype(np.float32), of_one, np.arange(len(of_one), len(vectors))


def test_a_sides_own_kind_is_typical_of_it_and_what_both_have_is_not() -> None:
    vectors, of_one, of_other = planted(50, 50)
    found = typical_works(vectors, of_one, of_other)
    for typicality in (found.one, found.other):
        assert set(np.argsort(-typicality)[:50]) == set(range(50))
        assert np.abs(typicality[50:]).mean() < 0.3 * typicality[:50].mean()
    assert 0.6 < found.told_apart < 0.8
    again = typical_works(vectors, of_one, of_other)
    assert np.array_equal(again.one, found.one)


@pytest.mark.parametrize(("one", "other"), [(900, 45), (45, 900), (300, 300)])
def test_a_larger_side_is_not_denser_for_that(one: int, other: int) -> None:
    vectors = np.random.default_rng(1).normal(size=(one + other, 8)).astype(np.float32)
    found = typical_works(vectors, np.arange(one), np.arange(one, one + other))
    assert abs(found.one.mean()) < 0.1
    assert abs(found.other.mean()) < 0.1
    assert found.told_apart == pytest.approx(0.5, abs=0.08)


def test_of_large_sides_a_sample_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, of_one, of_other = planted(150, 150)
    whole = typical_works(vectors, of_one, of_other)
    monkeypatch.setattr("artextract.differences.likeness.MOST_COMPARED", 80)
    sampled = typical_works(vectors, of_one, of_other)
    assert len(sampled.one) == len(of_one)
    assert np.corrcoef(whole.one, sampled.one)[0, 1] > 0.9
    monkeypatch.setattr("artextract.differences.likeness.MOST_LOOKED_AT", 100)
    part = typical_works(vectors, of_one, of_other)
    assert (len(part.one), len(part.of_one)) == (100, 100)
    assert set(part.of_other) < set(of_other.tolist())
    assert (part.one[part.of_one < 150] > 1).all()  # its own kind


def test_another_print_of_a_work_does_not_make_it_typical() -> None:
    vectors, of_one, of_other = planted(50, 50)
    before = typical_works(vectors, of_one, of_other).one[70]
    vectors[71:75] = vectors[70]
    after = typical_works(vectors, of_one, of_other).one[70]
    assert after == pytest.approx(before, abs=0.5)


def test_no_artist_fills_the_list_unless_there_is_no_other() -> None:
    typicality = np.array([9.0, 8, 7, 6, 5, 4])
    artists = pd.Series(["A", "A", "A", None, None, None], dtype="str")
    assert most_typical(typicality, artists, 4) == [0, 1, 3, 4]
    assert most_typical(typicality, artists, 6) == [0, 1, 2, 3, 4, 5]
    assert most_typical(typicality[:3], artists[:3], 2) == [0, 1]
    assert probability(0.0) == 0.5


@pytest.mark.parametrize(
    ("typicality", "text"),
    [(0.0, "1.0"), (2.0, "7.4"), (7.6, "2,000"), (900.0, "over a million")],
)
def test_how_many_times_as_dense_is_rounded(typicality: float, text: str) -> None:
    assert times_text(typicality) == text


# Terms.


def said(one: Side, other: Side) -> tuple[list[str], list[str]]:
    first, second = terms_of(face(one, other))
    return [f"{t.text}: {t.figures.text}" for t in first], [t.text for t in second]


def test_terms_come_with_their_figures() -> None:
    genre = ["portrait"] * 84 + ["landscape"] * 12 + ["portrait"] * 12 + ["landscape"] * 298
    style = ["Baroque"] * 96 + ["Rococo"] * 310
    sides = [side(406, Filters(style=(one,)), style=style, genre=genre)
             for one in ("Baroque", "Rococo")]  # fmt: skip
    first, second = said(*sides)
    assert first == ["portraits: 84 of 96, against 12 of 310: 23 times as common"]
    assert second == ["landscapes"]
    assert Figures(5, 9, 0, 7).text == "5 of 9, against none of 7"


def test_what_follows_from_a_filter_is_not_said() -> None:
    artist = ["Monet"] * 40 + ["Manet"] * 60
    read = ["Impressionism"] * 40 + ["Realism"] * 60
    made: dict[str, Any] = {"artist": artist, "read_artist": artist, "style": read}
    of = [side(100, Filters(artist=(one,)), **made) for one in ("Monet", "Manet")]
    assert said(*of) == (
        ["Impressionism: 40 of 40, against none of 60"], ["Realism"],
    )  # fmt: skip
    of = [side(100, Filters(text=one), **made) for one in ("monet", "manet")]
    assert [len(one) for one in said(*of)] == [1, 1]
    of = [side(100, Filters(style=(one,)), **made) for one in ("Impressionism", "Realism")]
    assert said(*of)[1] == ["Manet"]
    years = pd.array([1600] * 50 + [1800] * 50, dtype="Int32")
    of = [side(100, Filters(year_from=low, year_to=low + 99), year_begin=years, year_end=years)
          for low in (1600, 1800)]  # fmt: skip
    assert said(*of) == ([], [])


def test_what_only_one_side_records_is_no_difference() -> None:
    medium = ["oil"] * 50 + [None] * 50
    title = ["Still life with apples"] * 30 + ["Portrait"] * 70
    style = ["Baroque"] * 50 + ["Rococo"] * 50
    sides = [side(100, Filters(style=(one,)), style=style, medium=medium, title=title)
             for one in ("Baroque", "Rococo")]  # fmt: skip
    first, second = said(*sides)
    assert not any("oil" in line for line in first)
    assert "“apples”: 30 of 50, against none of 50" in first
    assert second == ["“portrait”"]


def test_chance_alone_sets_nothing_apart() -> None:
    random = np.random.default_rng(0)
    artist = [f"Painter {number}" for number in random.integers(0, 40, 600)]
    style = random.permutation(["Baroque"] * 300 + ["Rococo"] * 300).tolist()
    sides = [side(600, Filters(style=(one,)), style=style, artist=artist)
             for one in ("Baroque", "Rococo")]  # fmt: skip
    assert said(*sides) == ([], [])
    counts = [np.array([4]), np.array([20])]
    assert not over_represented(counts[0], counts[1], np.array([0]), np.array([20]), 100)[0]


def test_many_artists_leave_room_for_other_terms() -> None:
    artist = np.repeat([f"Painter {number}" for number in range(8)], 20).tolist() + ["Other"] * 160
    genre = ["portrait"] * 160 + ["landscape"] * 160
    school = ["Dutch"] * 160 + ["French"] * 160
    sides = [side(320, Filters(school=(one,)), school=school, artist=artist, genre=genre)
             for one in ("Dutch", "French")]  # fmt: skip
    first, _ = said(*sides)
    assert len([line for line in first if "Painter" in line]) == 5
    assert any("portraits" in line for line in first)


# Regions.


def test_regions_are_those_that_hold_more_of_a_side() -> None:
    one, other = styles(Filters(style=("Baroque",)), Filters(style=("Rococo",)))
    positions = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    regions = [
        Region(0, np.arange(0, 60), 0.0, 0.0, None),  # twice as much of the first side …
        Region(1, np.arange(0, 30), 0.0, 0.0, None),  # … and what lies within that
        Region(1, np.arange(42, 70), 0.0, 0.0, None),
        Region(1, np.arange(70, 100), 0.0, 0.0, None),  # holds neither
    ]
    first, second = places_of(face(one, other), regions, positions)
    assert [place.region.rows[0] for place in first] == [0]
    assert [place.figures.text for place in second] == ["28 of 30, against none of 40"]
    assert set(second[0].rows) == set(range(42, 70))
    away = np.linalg.norm(positions[second[0].rows] - np.median(positions[42:70], axis=0), axis=1)
    assert (np.diff(away) >= 0).all()


# The shared map, the command and the screen, on two collections that were made up.


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
                lines.append(
                    f"{number:02}.jpg,Work,Painter {number % 6},{1600 + own},{genre},{style}"
                )
            (folder / "table.csv").write_text("\n".join(lines), encoding="utf-8")
            collect(FolderSource(folder, folder / "table.csv"), name)
            collection = Collection.open(name)
            backbone = find_backbone("manner")
            key = embedding_key(backbone, weights_of(backbone), find_device().arithmetic)
            which = np.where(np.arange(60) < 30, 2, own)
            vectors = kinds[which] + random.normal(scale=0.4, size=(60, 32))
            FeatureStore(collection, key).append(list(collection.works()["image_sha256"]), vectors)
    return root / "cache"


@pytest.fixture
def two(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Side, Side]]:
    monkeypatch.setenv(CACHE_VARIABLE, str(made))
    sides = []
    for name in ("old", "new"):
        collection = Collection.open(name)
        embeddings = load_embeddings(collection, "manner")
        works = collection.works().set_index("id", drop=False).loc[embeddings.ids]
        sides.append(Side(collection, works, embeddings, Filters()))
    yield sides[0], sides[1]


def test_a_shared_map_that_is_stopped_is_not_kept(two: tuple[Side, Side]) -> None:
    parts = face(*two).parts

    def stop(step: Step) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        make_ground(parts, "tsne", stop)
    assert read_ground(parts, "tsne") is None


def test_the_shared_map_is_laid_out_once_whichever_side_is_first(
    two: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    sides, turned = face(*two), face(two[1], two[0])
    drawn = make_ground(sides.parts, "tsne")
    monkeypatch.setattr(ground, "compute_map", None)
    kept = read_ground(turned.parts, "tsne")
    assert kept is not None
    assert kept.key == drawn.key
    levels = read_levels(sides.parts, drawn)
    assert levels is not None
    assert np.array_equal(find_levels(sides.parts, drawn), levels)
    assert sorted(kept.ids[row] for row in (sides.of_one[0], sides.of_other[0])) == [
        "new/00.jpg", "old/00.jpg",
    ]  # fmt: skip
    mapped = locate(sides, drawn, levels)
    own = [{int(row) for place in places for row in place.rows} for places in mapped.places]
    for rows, of_side in zip(own, sides.sides, strict=True):
        assert len(rows & set(of_side[30:].tolist())) > 20


def test_two_collections_compared(two: tuple[Side, Side]) -> None:
    found = compare(face(*two))
    assert {found.sides.work(row)[0] for row, _ in found.works(0)} == {"old"}
    assert all(int(found.sides.work(row)[1][:2]) >= 30 for row, _ in found.works(1))
    assert "landscapes" in [term.text for term in found.terms[0]]


def test_collections_without_a_common_embedding_say_which_command_makes_one(
    two: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (each.collection for each in two)
    assert common_backbone(one, other) == "manner"
    monkeypatch.setattr(
        "artextract.differences.sides.embedded_by",
        lambda collection: ["manner"] if collection is one else ["paintings"],
    )
    with pytest.raises(ArtExtractError, match="`artextract embed new --backbone manner`"):
        common_backbone(one, other)


def test_the_command_tells_both_sides(two: tuple[Side, Side]) -> None:
    status, told, _ = run("differences", "old", "new", "-k", "3")
    assert status == 0
    old, new = told["sides"]
    assert (old["name"], old["works"]) == ("old", 60)
    assert len(old["typical"]) == 3
    assert {work["collection"] for work in new["typical"]} == {"new"}
    assert any(term["text"] == "still lifes" for term in new["terms"])
    assert old["regions"]
    assert 0.6 < told["told_apart"] < 1
    status, told, _ = run(
        "differences", "old", "--one", "genre=portrait", "--other", "genre=landscape", "--no-map"
    )
    assert [one["name"] for one in told["sides"]] == ["portrait", "landscape"]
    assert told["sides"][0]["regions"] is None
    text = CliRunner().invoke(commands, ["differences", "old", "new", "--no-map"]).stdout
    assert "still lifes: 30 of 60, against none of 60" in text


def test_the_command_says_what_it_cannot_compare(two: tuple[Side, Side]) -> None:
    status, told, _ = run("differences", "old", "--one", "style=Gothic")
    assert status == 1
    assert told["error"] == "No work of old passes the filters of the first side."
    status, told, _ = run("differences", "old", "--one", "taught_style=Gothic")
    assert told["error"] == "old was taught nothing called taught_style."
    for wrong in ("Baroque", "colour=red", "from=early", "style="):
        assert run("differences", "old", "--one", wrong)[0] == 2


def test_a_link_restores_both_sides(two: tuple[Side, Side]) -> None:
    app = screen("compare", view="differences", collection="old", a_style="Baroque",
                 b_style="Rococo", b_from="1500")  # fmt: skip
    assert app.multiselect(key="_a_style").value == ["Baroque"]
    assert app.multiselect(key="_b_style").value == ["Rococo"]
    assert "Typical works" in words(app)
    assert "The map of these works has not been laid out yet." in words(app)
    app.multiselect(key="_b_genre").set_value(["portrait"]).run()
    assert app.query_params["b_genre"] in ("portrait", ["portrait"])
    assert "a_genre" not in app.query_params


def test_the_screen_says_what_it_cannot_compare(two: tuple[Side, Side]) -> None:
    assert "Filter one side or both" in words(screen("compare", view="differences"))
    app = screen("compare", view="differences", collection="old", a_q="nothing")
    assert "No work of old passes the filters of the first side." in words(app)


def test_two_collections_are_laid_out_from_the_screen(
    two: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("artextract.ui.gallery_picker.start_scores", lambda _: None)
    for file in ground.home(face(*two).parts).root.glob("*/*"):
        file.unlink()
    board.clear()
    app = screen("compare", view="differences", collection="old", b_collection="new")
    assert "have not been laid out on one map yet" in words(app)
    next(one for one in app.button if one.label == "Lay out both on one map").click().run()
    (key,) = [job.key for job in board().jobs() if job.key.startswith("shared map")]
    wait_for(board(), key)
    app.run()
    assert not app.exception
    assert "not been laid out" not in words(app)
    assert "Where they lie" in words(app)


def test_a_public_server_compares_and_writes_nothing(
    two: tuple[Side, Side], made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")
    for file in ground.home(face(*two).parts).root.glob("regions/*.safetensors"):
        file.unlink()
    before = sorted(made.rglob("*"))
    app: AppTest = screen("compare", view="differences", collection="old", b_collection="new")
    assert "Typical works" in words(app)
    assert not [one for one in app.button if "Lay out" in one.label]
    assert sorted(made.rglob("*")) == before


def test_the_texts_of_two_collections_are_answered_by_row(two: tuple[Side, Side]) -> None:
    one, other = (open_gallery(name, "manner") for name in ("new", "old"))
    names = [(each.collection.name, each.revision) for each in (one, other)]
    url = texts_of_two_url(names[0], names[1], "manner")
    with TestClient(Starlette(routes=routes())) as client:
        told = client.get(f"{url}0,61.json").json()
        assert told["thumb"] == [f"new/{one.thumbnails[0]}", f"old/{other.thumbnails[1]}"]
        assert client.get(f"{url}120.json").status_code == 404
        assert client.get(f"{url.replace(one.revision, 'older')}0.json").status_code == 404
        thumbnail = client.get(f"/artextract/thumb/{told['thumb'][1]}")
        assert thumbnail.status_code == 200
