"""The form in which two paintings are compared: a square of one size."""

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
