"""How the training images come to the network: random crops, in batches, decoded ahead."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from artextract.errors import BadImageError
from tests.support.artgan_copy import make_copy, write_images
from train.backbone import STRENGTH, copy_loss, copy_targets, epoch_rows, reversed_gradient
from train.config import Copy, Data
from train.data.augmentation import random_crop, training_batches
from train.data.paintings import labelled_paintings

SEEN = 1 / 100
"""What a crop's measured ends may be off by: the picture has a colour for each of 128 pixels."""

some = settings(max_examples=20, deadline=None)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture in which red says how far to the right, and green how far down, a point is."""
    y, x = np.mgrid[:128, :128].astype(np.uint8)
    file = tmp_path_factory.mktemp("places") / "places.png"
    Image.fromarray(np.stack([2 * x, 2 * y, np.zeros_like(x)], axis=-1)).save(file)
    return file


def ends(crop: np.ndarray) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of a crop of `places`, parts of the whole; mirrored: right
    before left."""
    red, green = crop[..., 0].mean(axis=0) / 255, crop[..., 1].mean(axis=1) / 255
    found = []
    for values in (red, green):  # a pixel's middle is half a step from its ends
        step = (values[-2] - values[1]) / (len(values) - 3)
        found += [float(values[1] - 1.5 * step), float(values[-2] + 1.5 * step)]
    left, right, top, bottom = found
    return left, right, top, bottom


def test_a_crop_is_the_same_for_the_same_seed_and_another_for_another(places: Path) -> None:
    crops = [random_crop(places, 16, 0.5, [0, 1, number]) for number in range(8)]
    for number, crop in enumerate(crops):
        assert crop.shape == (16, 16, 3)
        assert crop.dtype == np.uint8
        assert np.array_equal(crop, random_crop(places, 16, 0.5, [0, 1, number]))
    assert len({crop.tobytes() for crop in crops}) == 8
    assert not np.array_equal(crops[0], random_crop(places, 16, 0.5, [0, 2, 0]))


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.2, 0.5, 0.9]))
@some
def test_a_crop_keeps_enough_of_the_picture_in_its_proportions(places: Path, seed: int, least: float) -> None:
    left, right, top, bottom = ends(random_crop(places, 32, least, [seed]))
    width, height = abs(right - left), bottom - top
    assert least - 4 * SEEN <= width * height <= 1 + 4 * SEEN
    assert 3 / 4 - 8 * SEEN <= width / height <= 4 / 3 + 8 * SEEN
    assert min(left, right) >= -2 * SEEN
    assert max(left, right) <= 1 + 2 * SEEN
    assert top >= -2 * SEEN
    assert bottom <= 1 + 2 * SEEN


def test_about_half_of_the_crops_are_mirrored(places: Path) -> None:
    found = [ends(random_crop(places, 8, 0.5, [seed])) for seed in range(60)]
    assert 15 < sum(right < left for left, right, _, _ in found) < 45
    assert all(top < bottom for _, _, top, bottom in found)


def test_a_crop_that_keeps_everything_is_the_whole_picture(places: Path) -> None:
    with Image.open(places) as opened:
        whole = np.asarray(opened.resize((20, 20), Image.Resampling.BICUBIC)).astype(int)
    crops = [random_crop(places, 20, 1.0, [seed]).astype(int) for seed in range(12)]
    for crop in crops:  # but for what scaling and compressing do
        off = min(np.abs(crop - whole).mean(), np.abs(crop - whole[:, ::-1]).mean())
        assert off < 6
    assert any(np.array_equal(crop, whole) for crop in [*crops, *(c[:, ::-1] for c in crops)])


def test_crops_differ_in_the_history_of_their_pictures(tmp_path: Path) -> None:
    """Fine noise is what scaling down and compressing take away."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    crops = [random_crop(tmp_path / "noise.png", 64, 1.0, [seed]) for seed in range(40)]
    fine = np.array([np.abs(np.diff(crop.astype(int), axis=1)).mean() for crop in crops])
    assert fine.max() > 1.8 * fine.min()
    level = [np.abs(np.diff(crop.astype(int), axis=0)).mean() for crop in crops]
    assert np.corrcoef(fine, level)[0, 1] < 0.99  # each side by its own factor


def test_copies_are_parted_each_by_itself(tmp_path: Path) -> None:
    first = Copy(**dict(zip(("images", "labels"), make_copy(tmp_path / "one"), strict=True)))
    second = Copy(**dict(zip(("images", "labels"), make_copy(tmp_path / "two", 16), strict=True)))
    alone = labelled_paintings(Data(copies=[first], aside=0.2, artist_at_least=4))
    both = labelled_paintings(Data(copies=[first, second], aside=0.2, artist_at_least=4))
    assert both["copy"].value_counts().to_dict() == {0: len(alone), 1: 48}
    beside = both[both["copy"] == 0]
    assert list(beside["part"]) == list(alone["part"])
    assert set(both["part"]) == {"fit", "aside", "val"}


def _table(*rows: tuple[str, int, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["style", "copy", "part"])
    return table.assign(path=[f"{number}.jpg" for number in range(len(table))])


SHARED = _table(
    ("Baroque", 0, "fit"),
    ("Baroque", 0, "fit"),
    ("Baroque", 0, "fit"),
    ("Baroque", 1, "fit"),
    ("Cubism", 0, "fit"),
    ("Symbolism", 1, "fit"),
    ("Symbolism", 1, "aside"),
    ("Baroque", 1, "aside"),
    ("Baroque", 1, "val"),
)


def _copies(*changes: dict[str, object]) -> list[Copy]:
    return [Copy.model_validate({"images": "i", "labels": "l"} | change) for change in changes]


def test_an_epoch_shows_each_training_painting_as_often_as_its_copy_says() -> None:
    drawn = epoch_rows(SHARED, _copies({}, {"repeats": 3})).tolist()
    assert {row: drawn.count(row) for row in set(drawn)} == {0: 1, 1: 1, 2: 1, 3: 3, 4: 1, 5: 3}


def test_the_copy_is_asked_of_shared_styles_alone_each_copy_weighing_alike() -> None:
    target, weights = copy_targets(SHARED, _copies({}, {}))
    assert target.tolist() == [0, 0, 0, 1, -1, -1, -1, 1, 1]
    assert weights[:3].sum() == pytest.approx(weights[3])
    assert weights[4:].tolist() == [0] * 5


def test_a_copy_that_is_not_hidden_is_never_asked() -> None:
    target, weights = copy_targets(SHARED, _copies({}, {"hidden": False}))
    assert set(target) == {-1}
    assert not weights.any()


def test_what_learns_the_copy_is_unlearnt_before_it() -> None:
    values = torch.tensor([[1.0, -2.0]], requires_grad=True)
    head = torch.nn.Linear(2, 2)
    loss = copy_loss(head(reversed_gradient(values)), torch.tensor([1]), torch.tensor([1.0]))
    loss.backward()
    plain = torch.tensor([[1.0, -2.0]], requires_grad=True)
    copy_loss(head(plain), torch.tensor([1]), torch.tensor([1.0])).backward()
    assert values.grad is not None
    assert plain.grad is not None
    assert torch.allclose(values.grad, -STRENGTH * plain.grad)
    nothing = copy_loss(torch.zeros(2, 2), torch.tensor([-1, -1]), torch.zeros(2))
    assert nothing == 0


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("several")
    files = [f"Cubism/a_{number:02}.jpg" for number in range(23)]
    write_images(folder, *files)
    return [folder / file for file in files]


Batches = list[tuple[np.ndarray, np.ndarray]]


def epoch_of(paths: Sequence[Path], batch: int, epoch: int, seed: int = 0) -> Batches:
    return list(training_batches(paths, batch, 8, 0.5, seed, epoch))


@pytest.mark.parametrize(("batch", "full"), [(1, 23), (4, 5), (10, 2), (23, 1), (24, 0)])
def test_an_epoch_yields_each_painting_at_most_once(several: list[Path], batch: int, full: int) -> None:
    found = epoch_of(several, batch, epoch=1)
    assert len(found) == full
    seen = [index for indices, _ in found for index in indices.tolist()]
    assert len(seen) == len(set(seen)) == full * batch
    assert set(seen) <= set(range(23))
    for indices, pictures in found:
        assert indices.shape == (batch,)
        assert pictures.shape == (batch, 8, 8, 3)
        assert pictures.dtype == np.uint8


def test_the_pictures_of_a_batch_are_those_of_its_indices(places: Path) -> None:
    paths = [places] * 6
    for indices, pictures in training_batches(paths, 2, 8, 0.5, 3, 5):
        for index, picture in zip(indices.tolist(), pictures, strict=True):
            assert np.array_equal(picture, random_crop(places, 8, 0.5, [3, 5, index]))


def same(one: Batches, other: Batches) -> bool:
    return all(np.array_equal(a, c) and np.array_equal(b, d) for (a, b), (c, d) in zip(one, other, strict=True))


def test_an_epoch_is_the_same_each_time_and_another_one_is_another(several: list[Path]) -> None:
    first = epoch_of(several, 4, epoch=1)
    assert same(first, epoch_of(several, 4, epoch=1))
    second = epoch_of(several, 4, epoch=2)
    assert not same(first, second)
    orders = [[indices.tolist() for indices, _ in found] for found in (first, second)]
    assert orders[0] != orders[1]
    assert not same(first, epoch_of(several, 4, epoch=1, seed=1))


def test_an_epoch_is_the_same_whichever_crop_is_decoded_first(
    several: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = epoch_of(several, 4, epoch=1)
    first, second = plain[0][0].tolist()[:2]
    second_done = threading.Event()

    def late(path: Path, size: int, least: float, seed: Sequence[int]) -> np.ndarray:
        if seed[-1] == first:
            assert second_done.wait(timeout=20)
        crop = random_crop(path, size, least, seed)
        if seed[-1] == second:
            second_done.set()
        return crop

    monkeypatch.setattr("artextract.features.decoding_ahead.os.cpu_count", lambda: 2)
    monkeypatch.setattr("train.data.augmentation.random_crop", late)
    assert same(plain, epoch_of(several, 4, epoch=1))
    assert second_done.is_set()


def test_an_epoch_that_is_left_early_ends_its_threads(several: list[Path]) -> None:
    before = set(threading.enumerate())
    batches = training_batches(several, 4, 8, 0.5, 0, 1)
    next(batches)
    batches.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=20)
        assert not thread.is_alive()


def test_a_picture_that_cannot_be_read_stops_the_epoch(several: list[Path], tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"nonsense")
    with pytest.raises(BadImageError, match=r"broken\.jpg can't be read .* no picture"):
        epoch_of([*several[:3], tmp_path / "broken.jpg"], 2, epoch=1)
