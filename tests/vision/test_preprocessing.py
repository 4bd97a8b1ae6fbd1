"""Resizing and cropping for a network."""

import numpy as np
import pytest
from PIL import Image

from artextract.vision import preprocessing
from artextract.vision.preprocessing import Preprocessing, prepare

CROPPED = Preprocessing(224, 0.875, (0, 0, 0), (1, 1, 1))


@pytest.mark.parametrize("size", [(30_000, 10), (30_000, 2), (65_000, 1), (65_001, 1), (3, 20_000)])
def test_a_very_long_strip_is_cropped_before_it_is_scaled(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = 0
    resize = Image.Image.resize

    def watched(image: Image.Image, to: tuple[int, int], *more: object) -> Image.Image:
        nonlocal largest
        largest = max(largest, to[0] * to[1])
        return resize(image, to, *more)

    monkeypatch.setattr(Image.Image, "resize", watched)
    strip = Image.new("RGB", size, "blue")
    middle = [side // 2 for side in size]
    strip.putpixel((middle[0], middle[1]), (255, 0, 0))
    pixels = prepare(strip, CROPPED)
    assert pixels.shape == (224, 224, 3)
    assert pixels[112, 112, 0] > pixels[112, 112, 2] or min(size) > 1  # the middle is what is seen
    assert largest < 10_000_000


@pytest.mark.parametrize("turned", [False, True])
def test_a_strip_cropped_first_looks_as_if_it_was_cropped_last(turned: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).integers(0, 256, (10, 1001, 3), np.uint8)
    strip = Image.fromarray(np.ascontiguousarray(values.swapaxes(0, 1)) if turned else values)
    first = prepare(strip, CROPPED).astype(int)
    monkeypatch.setattr(preprocessing, "LONGEST", 1000)
    assert np.abs(first - prepare(strip, CROPPED)).max() <= 3
