"""Preprocessing of pictures for a network: resize, crop, squeeze."""

from dataclasses import dataclass
from math import floor
from pathlib import Path

import numpy as np
from PIL import Image

from artextract.vision.images import open_picture

LONGEST = 64  # A picture that is longer than this, in widths, is cropped before it is scaled


@dataclass(frozen=True)
class Preprocessing:
    """timm's evaluation transform: resize the short side, crop the centre, normalise.

    Without a crop, the whole picture is squeezed to a square.
    """

    input_size: int  # Side of the square that the network sees, pixels
    crop: float | None  # `input_size` divided by the length of the resized short side; None squeezes
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)  # Of ImageNet
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)

    @property
    def short_side(self) -> int:
        """Length of the short side after resizing (bicubic), pixels."""
        return floor(self.input_size / self.crop) if self.crop else self.input_size

    @property
    def key(self) -> str:
        """The preprocessing in a feature key."""
        return f"{self.input_size}px-" + (f"crop{self.crop:g}" if self.crop else "whole")


def prepare_file(source: Path | bytes, preprocessing: Preprocessing, name: str = "") -> np.ndarray:
    """Decode and `prepare` a picture file; raises like `open_picture`.

    Works and queries are decoded here, at the same scale: otherwise a copy of a work is not its nearest picture.
    """
    return prepare(open_picture(source, name, at_least=2 * preprocessing.short_side).image, preprocessing)


def prepare(image: Image.Image, preprocessing: Preprocessing) -> np.ndarray:
    """Prepare a picture for a network: uint8 [size, size, 3].

    With a crop, this equals `timm.data.create_transform(…, is_training=False)` before the conversion to floats.
    """
    if preprocessing.crop is None:
        return prepare_whole(image, preprocessing.input_size)
    short = preprocessing.short_side
    image = _middle_of_strip(image)
    width, height = image.size
    size = (short, int(short * height / width)) if width <= height else (int(short * width / height), short)
    left, top = (round((side - preprocessing.input_size) / 2) for side in size)
    box = (left, top, left + preprocessing.input_size, top + preprocessing.input_size)
    return np.array(image.resize(size, Image.Resampling.BICUBIC).crop(box))


def _middle_of_strip(image: Image.Image) -> Image.Image:
    """The middle of a very long strip; any other picture unchanged.

    Scaling a whole strip of 65,000 × 1 pixels would take 17 GB, and the crop only keeps a square of it.
    """
    short, long = sorted(image.size)
    if long <= LONGEST * short:
        return image
    kept = 8 * short + long % 2 - (8 * short) % 2  # the square and what its border is interpolated from; same middle
    left, top = ((side - kept) // 2 if side == long else 0 for side in image.size)
    return image.crop((left, top, image.width - left, image.height - top))


def resized(pixels: np.ndarray, size: int) -> np.ndarray:
    """Prepared pictures uint8 [n, side, side, 3] for a network that sees another size: uint8 [n, size, size, 3]."""
    if pixels.shape[1] == size:
        return pixels
    return np.stack([prepare_whole(Image.fromarray(picture), size) for picture in pixels])


def prepare_whole(image: Image.Image, size: int) -> np.ndarray:
    """The whole picture squeezed to a square (bicubic), like training images: uint8 [size, size, 3]."""
    return np.array(image.resize((size, size), Image.Resampling.BICUBIC))
