"""Two pictures compared pixel by pixel, and the form in which they are."""

import numpy as np
from PIL import Image

COMPARISON_SIZE = 256
"""Side in pixels of the square in which pictures are compared."""


def comparison_picture(image: Image.Image) -> np.ndarray:
    """The form in which a painting is compared: uint8 [256, 256, 3], RGB.

    The whole painting is resized, antialiased, and its aspect ratio given up. A crop would leave
    out part of it; bars that fill up the square would count as likeness between any two paintings
    of one format; and SSIM, RMSE and LPIPS all need two pictures of the same shape.

    Args:
        image: an upright 8-bit RGB picture, as `vision.images.open_picture` gives it.

    Raises:
        ValueError: the picture isn't RGB.
    """
    if image.mode != "RGB":
        raise ValueError(f"A picture to compare must be RGB, not {image.mode}.")
    # The reducing gap averages whole pixels first: five times as fast on a large scan.
    size = (COMPARISON_SIZE, COMPARISON_SIZE)
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))


def check_comparison_picture(picture: np.ndarray) -> None:
    """Raise a ValueError if `picture` isn't uint8 [256, 256, 3]."""
    if picture.dtype != np.uint8 or picture.shape != (COMPARISON_SIZE, COMPARISON_SIZE, 3):
        raise ValueError(
            f"Pictures are compared as uint8 [{COMPARISON_SIZE}, {COMPARISON_SIZE}, 3], not "
            f"{picture.dtype} {list(picture.shape)}: make them with comparison_picture."
        )


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """The cosine of the angle between two embeddings: a score from -1 to 1, higher is closer.

    ``a·b / (|a| |b|)``. A zero vector has no direction: its cosine with anything is 0.

    Args:
        a: a vector of real numbers [d].
        b: the other, of the same length.

    Raises:
        ValueError: they aren't two vectors of one length.
    """
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"The cosine needs two vectors of one length, not {list(a.shape)} and {list(b.shape)}.")
    a, b = a.astype(np.float64), b.astype(np.float64)
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(np.clip(a @ b / lengths, -1.0, 1.0)) if lengths > 0 else 0.0


def rmse(a: np.ndarray, b: np.ndarray) -> float:
    """Root mean square error of two pictures: a distance from 0 to 1, lower is closer.

    ``sqrt(mean((a - b)²))`` over all pixels and channels, RGB scaled to 0…1.

    Args:
        a: comparison picture, uint8 [256, 256, 3].
        b: the other, alike.

    Raises:
        ValueError: one isn't a comparison picture.
    """
    import cv2

    check_comparison_picture(a)
    check_comparison_picture(b)
    return float(cv2.norm(a, b, cv2.NORM_L2) / np.sqrt(a.size) / 255.0)


def difference_picture(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Where two pictures differ in colour: black where they agree, white black against white.

    Each pixel is its own RMSE over the three channels, so that the picture shows where `rmse`
    comes from: the root mean square of its pixels is 255 times that figure, but for the rounding.

    Returns:
        uint8 [256, 256].

    Raises:
        ValueError: one isn't a comparison picture.
    """
    check_comparison_picture(a)
    check_comparison_picture(b)
    squares: np.ndarray = ((a.astype(np.float32) - b) ** 2).mean(axis=2)
    return np.sqrt(squares).round().astype(np.uint8)
