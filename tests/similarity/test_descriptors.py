"""Ways of being alike that can be seen: rankings, the pictures that show why, both screens."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from artextract.collection import Collection
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.descriptors.criteria import CRITERIA, DescriptorIndex, composition_of, palette_distances
from artextract.similarity.descriptors.drawings import ALT, HEIGHT, WIDTH, explain
from artextract.similarity.descriptors.visual_descriptors import (
    VisualDescriptor,
    compute_descriptors,
    describe,
    stored_descriptors,
)
from tests.support.made import SMALL_COUNT, made_picture
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


DESCRIPTORS = [
    describe(one)
    for one in (
        halves("navy", "gold"),
        halves("gold", "navy"),
        halves("darkblue", "khaki"),
        striped("upright", ("black", "white")),
        striped("level", ("black", "white")),
        striped("upright", ("navy", "ivory")),
    )
]
ALL = np.ones(len(DESCRIPTORS), dtype=bool)


def nearest(criterion: str, row: int) -> int:
    return DescriptorIndex(DESCRIPTORS).nearest(
        criterion, DESCRIPTORS[row], 1, ALL & (np.arange(len(DESCRIPTORS)) != row)
    )[0][0]


def test_each_criterion_finds_what_it_is_named_for() -> None:
    assert nearest("palette", 0) == 1  # the same colours, elsewhere
    assert nearest("composition", 0) == 2  # dark above light
    assert nearest("texture", 3) == 5  # upright stripes of other colours
    assert nearest("palette", 3) == 4


def test_a_work_is_nearest_to_itself_and_the_scale_is_known() -> None:
    index = DescriptorIndex(DESCRIPTORS)
    assert index.nearest("palette", DESCRIPTORS[0], 1, ALL)[0] == (0, pytest.approx(0, abs=1e-3))
    assert index.nearest("composition", DESCRIPTORS[0], 1, ALL)[0] == (0, pytest.approx(1, abs=1e-5))
    assert index.nearest("texture", DESCRIPTORS[0], 1, ALL)[0] == (0, pytest.approx(0, abs=1e-5))
    assert composition_of(DESCRIPTORS[0]) @ composition_of(DESCRIPTORS[1]) == pytest.approx(-1, abs=1e-3)


def test_the_palette_of_two_colours_is_theirs() -> None:
    palette = DESCRIPTORS[0].palette
    assert palette[:, 3].sum() == pytest.approx(1, abs=1e-3)
    for colour in ((0, 0, 128), (255, 215, 0)):
        lab = rgb2lab(np.array([[colour]], np.uint8))[0, 0]
        likely = palette[palette[:, 3] > 0.1, :3]
        assert deltaE_ciede2000(np.tile(lab, (len(likely), 1)), likely).min() < 2


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_palettes_are_as_far_from_each_other_either_way(one: int, other: int) -> None:
    first, second = (made_palette(seed) for seed in (one, other))
    there = palette_distances(first, second[None])[0]
    assert there == pytest.approx(palette_distances(second, first[None])[0], rel=1e-6, abs=1e-6)
    assert palette_distances(first, first[None])[0] == pytest.approx(0, abs=1e-6)
    assert there >= 0


def made_palette(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    colours = rgb2lab(rng.integers(0, 256, (1, 5, 3), dtype=np.uint8))[0]
    return np.column_stack([colours, rng.dirichlet(np.ones(5))])


def test_what_is_not_allowed_or_not_known_is_not_found() -> None:
    descriptors: list[VisualDescriptor | None] = [*DESCRIPTORS[:2], None]
    allowed = np.array([False, True, True])
    for criterion in CRITERIA:
        assert [row for row, _ in DescriptorIndex(descriptors).nearest(criterion, DESCRIPTORS[0], 5, allowed)] == [1]
        assert DescriptorIndex([None]).nearest(criterion, DESCRIPTORS[0], 5, np.array([True])) == []


@pytest.mark.parametrize("criterion", list(CRITERIA))
def test_the_picture_that_shows_why_tells_the_two_apart(criterion: str) -> None:
    same, other = explain(criterion, DESCRIPTORS[3], DESCRIPTORS[3]), explain(criterion, DESCRIPTORS[3], DESCRIPTORS[0])
    assert same.size == other.size == (WIDTH, HEIGHT)
    assert np.asarray(same).std() > 5
    assert not np.array_equal(np.asarray(same), np.asarray(other))
    assert ALT[criterion]


def test_descriptors_are_kept_and_computed_once(collection: Collection) -> None:
    assert compute_descriptors(collection).computed == SMALL_COUNT
    shard = next((collection.root / "descriptors").glob("shard-*"))
    stamp = shard.stat().st_mtime_ns
    assert compute_descriptors(collection).computed == 0
    assert [one.stat().st_mtime_ns for one in shard.parent.glob("shard-*")] == [stamp]
    row = collection.works().iloc[0]
    with Image.open(collection.image_path(row["image"])) as image:
        fresh, kept = describe(image.convert("RGB")), stored_descriptors(collection)[row["image_sha256"]]
    np.testing.assert_array_equal(fresh.small, kept.small)
    np.testing.assert_array_equal(fresh.palette, kept.palette)
    np.testing.assert_allclose(fresh.texture, kept.texture, atol=1e-3)
    shard.write_bytes(b"nonsense")
    assert stored_descriptors(collection) == {}
    assert compute_descriptors(collection).computed == SMALL_COUNT


@pytest.fixture(scope="module")
def seen_cache(ready_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.mktemp("seen") / "cache"
    shutil.copytree(ready_cache, own)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(own))
        compute_descriptors(Collection.open("small"))
    return own


@pytest.mark.parametrize("criterion", list(CRITERIA))
def test_both_screens_offer_each_criterion(seen_cache: Path, monkeypatch: pytest.MonkeyPatch, criterion: str) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(seen_cache))
    app = screen("explore", collection="small", work="a/work-01.jpg", criterion=criterion)
    assert app.segmented_control(key="_criterion").value == criterion
    assert CRITERIA[criterion].sentence in words(app)
    app = screen("similar", collection="small", criterion=criterion)
    buffer = Path(seen_cache.parent / "mine.png")
    made_picture(77).save(buffer)
    app.file_uploader[0].upload("mine.png", buffer.read_bytes(), "image/png").run()
    assert not app.exception
    assert CRITERIA[criterion].sentence in words(app)
    app.segmented_control(key="_criterion").set_value("all").run()
    assert not app.exception
    assert "criterion" not in app.query_params


def test_works_not_looked_at_yet_are_offered_to_be(ready: Collection) -> None:
    app = screen("explore", collection="small", work="a/work-01.jpg", criterion="palette")
    assert "have not been computed yet" in words(app)
    assert any(button.label == "Compute them" for button in app.button)
    app = screen("explore", criterion="nonsense", work="a/work-01.jpg")
    assert app.segmented_control(key="_criterion").value == "embedding"
