"""The painters of the demo collection: the same pictures each time, and labels that are true."""

import hashlib
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from retinaface import detect_faces

from artextract.sources.painters import STYLES, DemoPainting, paint_all

PER_STYLE = 3
COUNT = PER_STYLE * len(STYLES)


@pytest.fixture(scope="module")
def paintings() -> list[DemoPainting]:
    return list(paint_all(COUNT))


def digest(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def statistics(image: Image.Image) -> np.ndarray:
    """Colours, contrast and edges of a thumbnail: what tells styles apart at a glance."""
    small = np.asarray(image.resize((48, 48)), np.float64) / 255
    grey = small.mean(axis=2)
    saturation = small.max(axis=2) - small.min(axis=2)
    across, down = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(grey, axis=0))
    deciles = np.percentile(grey, [5, 25, 50, 75, 95])
    middle = grey[12:36, 12:36].mean() - grey.mean()
    edges = [across.mean(), down.mean(), across.std(), down.std(), across.mean() - down.mean()]
    colours = [*small.mean(axis=(0, 1)), saturation.mean(), saturation.std()]
    return np.array([*colours, middle, *deciles, *edges, np.log(image.width / image.height)])


def test_another_process_paints_the_same_pictures(paintings: list[DemoPainting]) -> None:
    script = (
        "import hashlib\n"
        "from artextract.sources.painters import paint_all\n"
        f"for painting in paint_all({len(STYLES)}):\n"
        "    print(painting.id, hashlib.sha256(painting.image.tobytes()).hexdigest(), painting.title)\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    expected = [f"{painting.id} {digest(painting.image)} {painting.title}" for painting in paintings]
    assert answer.stdout.splitlines() == expected[: len(STYLES)]


def test_a_larger_count_starts_with_the_same_pictures(paintings: list[DemoPainting]) -> None:
    first = next(iter(paint_all(1)))
    assert (first.id, first.title, first.year) == (paintings[0].id, paintings[0].title, paintings[0].year)
    assert digest(first.image) == digest(paintings[0].image)


def test_a_picture_is_painted_when_the_iterator_reaches_it() -> None:
    assert next(paint_all(1_000_000)).id.endswith("-001")


def test_styles_have_equal_shares(paintings: list[DemoPainting]) -> None:
    shares = Counter(painting.style.name for painting in paintings)
    assert len(shares) >= 5
    assert set(shares.values()) == {PER_STYLE}


def test_ids_are_unique_and_pictures_differ(paintings: list[DemoPainting]) -> None:
    assert len({painting.id for painting in paintings}) == COUNT
    assert len({digest(painting.image) for painting in paintings}) == COUNT


def test_sizes_and_modes_are_in_range(paintings: list[DemoPainting]) -> None:
    for painting in paintings:
        image = painting.image
        assert image.mode == "RGB", painting.id
        assert 480 <= max(image.size) <= 600, painting.id
        assert 0.45 <= image.width / image.height <= 2.25, painting.id


def test_years_belong_to_the_style_and_titles_are_trimmed(paintings: list[DemoPainting]) -> None:
    for painting in paintings:
        assert painting.style.first_year <= painting.year <= painting.style.last_year
        assert painting.title[0].isupper() and painting.title == painting.title.strip()


def test_no_picture_is_flat(paintings: list[DemoPainting]) -> None:
    for painting in paintings:
        assert np.asarray(painting.image.convert("L")).std() > 4, painting.id


def test_styles_look_different() -> None:
    """Leave-one-out nearest neighbours by simple statistics have the same style far above chance."""
    works = [(painting.style.name, statistics(painting.image)) for painting in paint_all(8 * len(STYLES))]
    styles = np.array([style for style, _ in works])
    values = np.array([row for _, row in works])
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    distances = np.linalg.norm(values[:, None] - values[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (styles[distances.argmin(axis=1)] == styles).mean() > 0.7


def test_a_detector_finds_one_face_in_each_portrait() -> None:
    portraits = [painting for painting in paint_all(8 * len(STYLES)) if painting.style.genre == "portrait"]
    assert len(portraits) == 8
    for painting in portraits:
        assert len(detect_faces(np.asarray(painting.image))) == 1, painting.id
