"""Ways of being alike that can be seen: rankings, the pictures that show why, both screens."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from artextract.collection import Collection
from artextract.maps.layouts import compute_map
from artextract.progress import Stage, silent
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.corrections import CORRECTIONS, look_around, unit
from artextract.similarity.descriptors.criteria import WAYS, LookIndex, light, palette_distances
from artextract.similarity.descriptors.drawings import ALT, HEIGHT, WIDTH, why
from artextract.similarity.descriptors.visual_descriptors import Look, look_at, look_at_works, stored_looks
from artextract.similarity.evaluation import pictures
from artextract.similarity.evaluation.evaluate import evaluate_likeness
from artextract.similarity.evaluation.figures import Figure
from artextract.similarity.evaluation.results import read_results, write_results
from artextract.similarity.fusion import standardised
from artextract.similarity.measured_search import CorrectedIndex, FusedIndex
from artextract.similarity.search import Searcher
from artextract.ui.explore.measured import offers
from artextract.ui.galleries import open_gallery
from artextract.vision.embedding import embed_collection, load_embeddings
from tests.conftest import SMALL_COUNT, made_picture
from tests.ui.test_screens import screen, words


def striped(angle: str, colours: tuple[str, str], width: int = 4) -> Image.Image:
    """Stripes, "upright" or "level"."""
    picture = Image.new("RGB", (224, 224), colours[0])
    for start in range(0, 224, 2 * width):
        box = (start, 0, start + width, 224) if angle == "upright" else (0, start, 224, start + width)
        picture.paste(colours[1], box)
    return picture


def halves(upper: str, lower: str) -> Image.Image:
    picture = Image.new("RGB", (200, 150), upper)
    picture.paste(lower, (0, 75, 200, 150))
    return picture


LOOKS = [
    look_at(one)
    for one in (
        halves("navy", "gold"),
        halves("gold", "navy"),
        halves("darkblue", "khaki"),
        striped("upright", ("black", "white")),
        striped("level", ("black", "white")),
        striped("upright", ("navy", "ivory")),
    )
]
ALL = np.ones(len(LOOKS), dtype=bool)


def nearest(way: str, row: int) -> int:
    return LookIndex(LOOKS).nearest(way, LOOKS[row], 1, ALL & (np.arange(len(LOOKS)) != row))[0][0]


def test_each_way_finds_what_it_is_named_for() -> None:
    assert nearest("palette", 0) == 1  # the same colours, elsewhere
    assert nearest("composition", 0) == 2  # dark above light
    assert nearest("texture", 3) == 5  # upright stripes of other colours
    assert nearest("palette", 3) == 4


def test_a_work_is_nearest_to_itself_and_the_scale_is_known() -> None:
    index = LookIndex(LOOKS)
    assert index.nearest("palette", LOOKS[0], 1, ALL)[0] == (0, pytest.approx(0, abs=1e-3))
    assert index.nearest("composition", LOOKS[0], 1, ALL)[0] == (0, pytest.approx(1, abs=1e-5))
    assert index.nearest("texture", LOOKS[0], 1, ALL)[0] == (0, pytest.approx(0, abs=1e-5))
    assert light(LOOKS[0]) @ light(LOOKS[1]) == pytest.approx(-1, abs=1e-3)


def test_the_palette_of_two_colours_is_theirs() -> None:
    palette = LOOKS[0].palette
    assert palette[:, 3].sum() == pytest.approx(1, abs=1e-3)
    for colour in ((0, 0, 128), (255, 215, 0)):
        lab = rgb2lab(np.array([[colour]], np.uint8))[0, 0]
        likely = palette[palette[:, 3] > 0.1, :3]
        assert deltaE_ciede2000(np.tile(lab, (len(likely), 1)), likely).min() < 2


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_palettes_are_as_far_from_each_other_either_way(one: int, other: int) -> None:
    first, second = (look_at_palette(seed) for seed in (one, other))
    there = palette_distances(first, second[None])[0]
    assert there == pytest.approx(palette_distances(second, first[None])[0], rel=1e-6, abs=1e-6)
    assert palette_distances(first, first[None])[0] == pytest.approx(0, abs=1e-6)
    assert there >= 0


def look_at_palette(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    colours = rgb2lab(rng.integers(0, 256, (1, 5, 3), dtype=np.uint8))[0]
    return np.column_stack([colours, rng.dirichlet(np.ones(5))])


def test_what_is_not_allowed_or_not_known_is_not_found() -> None:
    looks: list[Look | None] = [*LOOKS[:2], None]
    allowed = np.array([False, True, True])
    for way in WAYS:
        assert [row for row, _ in LookIndex(looks).nearest(way, LOOKS[0], 5, allowed)] == [1]
        assert LookIndex([None]).nearest(way, LOOKS[0], 5, np.array([True])) == []


@pytest.mark.parametrize("way", list(WAYS))
def test_the_picture_that_shows_why_tells_the_two_apart(way: str) -> None:
    same, other = why(way, LOOKS[3], LOOKS[3]), why(way, LOOKS[3], LOOKS[0])
    assert same.size == other.size == (WIDTH, HEIGHT)
    assert np.asarray(same).std() > 5
    assert not np.array_equal(np.asarray(same), np.asarray(other))
    assert ALT[way]


def test_looks_are_kept_and_computed_once(collection: Collection) -> None:
    found = look_at_works(collection)
    assert len(found) == SMALL_COUNT
    part = next((collection.root / "looks").glob("part-*"))
    stamp = part.stat().st_mtime_ns
    assert look_at_works(collection).keys() == found.keys()
    assert [one.stat().st_mtime_ns for one in part.parent.glob("part-*")] == [stamp]
    row = collection.works().iloc[0]
    with Image.open(collection.image_path(row["image"])) as image:
        fresh, kept = look_at(image.convert("RGB")), stored_looks(collection)[row["image_sha256"]]
    np.testing.assert_array_equal(fresh.small, kept.small)
    np.testing.assert_array_equal(fresh.palette, kept.palette)
    np.testing.assert_allclose(fresh.texture, kept.texture, atol=1e-3)
    part.write_bytes(b"nonsense")
    assert stored_looks(collection) == {}
    assert len(look_at_works(collection)) == SMALL_COUNT


@pytest.fixture(scope="module")
def seen_cache(ready_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.mktemp("seen") / "cache"
    shutil.copytree(ready_cache, own)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(own))
        look_at_works(Collection.open("small"))
    return own


@pytest.mark.parametrize("way", list(WAYS))
def test_both_screens_offer_each_way(seen_cache: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(seen_cache))
    app = screen("explore", collection="small", work="a/work-01.jpg", alike=way)
    assert app.segmented_control(key="_alike").value == way
    assert WAYS[way].sentence in words(app)
    app = screen("similar", collection="small", alike=way)
    buffer = Path(seen_cache.parent / "mine.png")
    made_picture(77).save(buffer)
    app.file_uploader[0].upload("mine.png", buffer.read_bytes(), "image/png").run()
    assert not app.exception
    assert WAYS[way].sentence in words(app)
    app.segmented_control(key="_alike").set_value("embedding").run()
    assert not app.exception
    assert "alike" not in app.query_params


def test_works_not_looked_at_yet_are_offered_to_be(ready: Collection) -> None:
    app = screen("explore", collection="small", work="a/work-01.jpg", alike="palette")
    assert "have not been looked at yet" in words(app)
    assert any(button.label == "Look at them" for button in app.button)
    assert (
        screen("explore", alike="nonsense", work="a/work-01.jpg").segmented_control(key="_alike").value == "embedding"
    )


def test_a_fusion_ranks_as_it_is_measured_and_says_who_found_what() -> None:
    rng = np.random.default_rng(0)
    one, two = (rng.normal(size=(40, 6)).astype(np.float32) for _ in range(2))
    allowed = np.arange(40) % 3 != 0
    index = FusedIndex([one, two])
    found = index.nearest(index.vectors_of(1), 5, allowed, 1)
    cosines = []
    for vectors in (one, two):
        units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        cosines.append(np.where(np.arange(40) == 1, np.nan, units @ units[1])[None])
    fused = standardised(cosines)[0]
    expected = [int(row) for row in np.argsort(-fused) if allowed[row] and row != 1][:5]
    assert [row for row, _ in found] == expected
    for row, of in found:
        for rank, scores in zip(of, cosines, strict=True):
            assert rank == 1 + np.sum(scores > scores[0, row])


@pytest.mark.parametrize("name", list(CORRECTIONS))
def test_a_correction_ranks_as_it_is_measured(ready: Collection, name: str) -> None:
    embeddings = load_embeddings(ready, "efficientnet_lite2")
    searcher = Searcher(ready, embeddings, lambda: pytest.fail("nothing new is embedded"))
    units, rows = unit(embeddings.vectors), np.arange(SMALL_COUNT)
    around = look_around(units, rows, Stage("", 1, silent))
    allowed = rows % 3 != 0
    index = CorrectedIndex(searcher, CORRECTIONS[name], around)
    found = index.nearest(index.vectors_of(1), 5, allowed, 1)
    cosines = np.where(rows == 1, np.nan, units @ units[1])[None]
    scores = CORRECTIONS[name].made(units, around)(units[1:2], cosines)[0]
    expected = [int(row) for row in np.argsort(-scores) if allowed[row] and row != 1][:5]
    assert [row for row, _ in found] == expected
    assert all(rank == 1 + np.sum(cosines > cosines[0, row]) for row, (rank,) in found)
    compared = searcher.compared_with_work(1, expected)
    assert [one.cosine for one in compared] == pytest.approx(cosines[0, expected].tolist(), abs=1e-5)
    assert 1 in [row for row, _ in index.nearest(index.vectors_of(1), 5, allowed)]  # a picture alike


@pytest.fixture(scope="module")
def twice_cache(seen_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ "small" embedded twice and measured."""
    own = tmp_path_factory.mktemp("twice") / "cache"
    shutil.copytree(seen_cache, own)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(own))
        patch.setattr(pictures, "ASKED", 1)
        small = Collection.open("small")
        embed_collection(small, "manner")
        compute_map(small, load_embeddings(small, "manner"), "tsne")
        evaluate_likeness(small)
    return own


def test_what_was_measured_to_help_is_offered_and_nothing_else(
    twice_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(twice_cache))
    small = Collection.open("small")
    results = read_results(small)
    assert results is not None

    def offered(**gains: float) -> list[str]:
        """What is offered where so much was gained, surely."""
        rows = []
        for one in results.rows:
            gain = gains.get(one.name, 0.0)
            figure = Figure(gain, gain - 0.01, gain + 0.01)
            rows.append(replace(one, gains={"genre": figure} if one.gains else {}))
        write_results(small, replace(results, rows=rows))
        return [one.label for one in offers(open_gallery("small", "manner")).values()]

    assert offered(manner_csls=-0.1, fused_scores=-0.1, fused_ranks=0.1) == []
    assert offered(efficientnet_lite2_csls=0.1) == []  # of another embedding
    assert offered(manner_csls=0.1, fused_scores=0.1) == ["All, CSLS", "All embeddings, fused"]
    assert offered(manner_csls=0.1, manner_proximity=0.2) == ["All, mutual proximity"]
    works = small.works()
    small.write_works(works.assign(id=["new", *works["id"][1:]]))
    assert offered(manner_proximity=0.1) == []  # a work wasn't measured
    small.write_works(works)

    offered(manner_proximity=0.1, fused_scores=0.1)
    corrected = "Nearest by manner, corrected: two works are near if"
    fused = "Nearest by manner, efficientnet_lite2 together"
    for way, said in (("corrected", corrected), ("fused", fused)):
        app = screen("explore", collection="small", work="a/work-01.jpg", alike=way)
        assert app.segmented_control(key="_alike").value == way
        assert said in words(app)
        assert "same genre +10.0 (+9.0 to +11.0)" in words(app)
    app = screen("similar", collection="small", work="a/work-01.jpg", alike="corrected")
    assert corrected in words(app)
    file = twice_cache.parent / "mine.png"
    made_picture(77).save(file)
    app.file_uploader[0].upload("mine.png", file.read_bytes(), "image/png").run()
    assert corrected in words(app)
    app.segmented_control(key="_alike").set_value("fused").run()
    assert not app.exception
    assert fused in words(app)
