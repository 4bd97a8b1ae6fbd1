"""Pixel-by-pixel comparison of two pictures, and the 256 × 256 comparison picture that all metrics take."""

from pathlib import Path

import numpy as np
from PIL import Image

from artextract.vision.images import open_picture

COMPARISON_SIZE = 256  # Side of a comparison picture, pixels


def comparison_picture(image: Image.Image) -> np.ndarray:
    """Resize an upright 8-bit RGB picture to a comparison picture: uint8 [256, 256, 3].

    The whole painting is squeezed to a square, antialiased. A crop would leave out part of it; bars that fill up the
    square would make any two paintings of one format similar.
    """
    # The reducing gap averages whole pixels first: five times as fast on a large scan.
    size = (COMPARISON_SIZE, COMPARISON_SIZE)
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))


def open_comparison_picture(source: Path | bytes, name: str = "") -> np.ndarray:
    """Open a picture file, or its bytes, as a comparison picture; BadImageError with its `name` if it is damaged."""
    return comparison_picture(open_picture(source, name, at_least=2 * COMPARISON_SIZE).image)


def check_comparison_picture(picture: np.ndarray) -> None:
    """Raise a ValueError if `picture` is not uint8 [256, 256, 3]."""
    if picture.dtype != np.uint8 or picture.shape != (COMPARISON_SIZE, COMPARISON_SIZE, 3):
        raise ValueError(
            f"Pictures are compared as uint8 [{COMPARISON_SIZE}, {COMPARISON_SIZE}, 3], not "
            f"{picture.dtype} {list(picture.shape)}: make them with comparison_picture."
        )


def rmse(left: np.ndarray, right: np.ndarray) -> float:
    """Root mean square error of two comparison pictures, a distance from 0 to 1. ValueError for other pictures."""
    import cv2

    check_comparison_picture(left)
    check_comparison_picture(right)
    return float(cv2.norm(left, right, cv2.NORM_L2) / np.sqrt(left.size) / 255.0)


def difference_picture(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Where two comparison pictures differ in colour: black where they agree, white for black against white.

    Each pixel, uint8 [256, 256], is its own RMSE over the three channels. ValueError for other pictures.
    """
    check_comparison_picture(left)
    check_comparison_picture(right)
    squares: np.ndarray = ((left.astype(np.float32) - right) ** 2).mean(axis=2)
    return np.sqrt(squares).round().astype(np.uint8)
