"""How alike two pictures are, pixel by pixel, and what each number means."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

COMPARISON_SIZE = 256
"""Side in pixels of the square in which pictures are compared."""

LUMA_WEIGHTS = np.array([0.299, 0.587, 0.114])
"""Red, green and blue in the luma of ITU-R BT.601."""

WINDOW_SIGMA = 1.5
WINDOW_RADIUS = 5
"""SSIM's Gaussian window: 11 × 11 pixels, as in Wang et al. 2004."""
DATA_RANGE = 255.0
C1 = (0.01 * DATA_RANGE) ** 2
C2 = (0.03 * DATA_RANGE) ** 2


@dataclass(frozen=True)
class Metric:
    """A way to say how near two works are."""

    name: str
    label: str
    """What a screen calls it."""
    higher_is_closer: bool
    """True for a score, false for a distance."""
    low: float | None
    """The least value it can take; None if there is no such bound."""
    high: float | None
    """The greatest value it can take; None if there is no such bound."""
    sentence: str
    """What it means, for a curator. It begins with which way is closer."""


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            name="cosine",
            label="Cosine similarity",
            higher_is_closer=True,
            low=-1.0,
            high=1.0,
            sentence="Score: higher is closer. How much the network finds the same in both "
            "paintings; 1 means the same, 0 nothing in common.",
        ),
        Metric(
            name="ssim",
            label="SSIM",
            higher_is_closer=True,
            low=-1.0,
            high=1.0,
            sentence="Score: higher is closer. Whether light and dark lie in the same places; "
            "1 only for the same picture, and two different paintings rarely pass 0.4.",
        ),
        Metric(
            name="rmse",
            label="RMSE",
            higher_is_closer=False,
            low=0.0,
            high=1.0,
            sentence="Distance: lower is closer. How far the colours differ from pixel to pixel; "
            "0 means the same picture, 1 black against white.",
        ),
        Metric(
            name="lpips",
            label="LPIPS",
            higher_is_closer=False,
            low=0.0,
            high=None,
            sentence="Distance: lower is closer. How different the two look to a network that was "
            "fitted to people's judgement; 0 means the same, unrelated paintings are near 0.7.",
        ),
    )
}


@dataclass(frozen=True)
class PixelScores:
    """How near two pictures are by their pixels alone."""

    ssim: float
    """Score, -1 to 1, higher is closer."""
    rmse: float
    """Distance, 0 to 1, lower is closer."""


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
        raise ValueError(
            f"The cosine needs two vectors of one length, not {list(a.shape)} and {list(b.shape)}."
        )
    a, b = a.astype(np.float64), b.astype(np.float64)
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(np.clip(a @ b / lengths, -1.0, 1.0)) if lengths > 0 else 0.0


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Structural similarity of two pictures: a score from -1 to 1, higher is closer.

    On the luma (ITU-R BT.601), in each window of 11 × 11 pixels with Gaussian weights, σ = 1.5::

        (2 μa μb + C1) (2 σab + C2) / ((μa² + μb² + C1) (σa² + σb² + C2))

    with C1 = (0.01 · 255)², C2 = (0.03 · 255)² and population covariances; then the mean over all
    windows that lie wholly in the picture. Wang, Bovik, Sheikh and Simoncelli, "Image quality
    assessment: from error visibility to structural similarity", IEEE TIP 13(4), 2004. Equal to
    scikit-image's `structural_similarity` with these settings, in about a third of its time.

    Args:
        a: comparison picture, uint8 [256, 256, 3].
        b: the other, alike.

    Raises:
        ValueError: one isn't a comparison picture.
    """
    return _mean_in_window(_ssim_map(_moments(a), _moments(b)))


def ssim_map(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Where two pictures have the same structure: the `ssim` of the window around each pixel.

    At the border the pictures are mirrored. The mean that `ssim` gives leaves those pixels out.

    Returns:
        float32 [256, 256], -1 to 1, higher is closer.

    Raises:
        ValueError: one isn't a comparison picture.
    """
    return _ssim_map(_moments(a), _moments(b)).astype(np.float32)


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


def compare(query: np.ndarray, others: Sequence[np.ndarray]) -> list[PixelScores]:
    """SSIM and RMSE of one picture with each of many; the query's own part is computed once.

    Args:
        query: comparison picture, uint8 [256, 256, 3].
        others: the pictures to compare it with, alike.

    Returns:
        One `PixelScores` for each of `others`, equal to `ssim` and `rmse` of the pair.

    Raises:
        ValueError: one isn't a comparison picture.
    """
    moments = _moments(query)
    return [
        PixelScores(
            ssim=_mean_in_window(_ssim_map(moments, _moments(other))), rmse=rmse(query, other)
        )
        for other in others
    ]


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
    picture: np.ndarray = np.sqrt(squares).round().astype(np.uint8)
    return picture


def check_comparison_picture(picture: np.ndarray) -> None:
    """Raise a ValueError if `picture` isn't uint8 [256, 256, 3]."""
    if picture.dtype != np.uint8 or picture.shape != (COMPARISON_SIZE, COMPARISON_SIZE, 3):
        raise ValueError(
            f"Pictures are compared as uint8 [{COMPARISON_SIZE}, {COMPARISON_SIZE}, 3], not "
            f"{picture.dtype} {list(picture.shape)}: make them with comparison_picture."
        )


@dataclass(frozen=True)
class _Moments:
    """What SSIM needs of one picture: float64 [256, 256] each.

    In float32 it would take half the time, but a variance is the small difference of two
    large numbers, and SSIM would be off by some 1e-6 where a picture has flat parts.
    """

    luma: np.ndarray
    mean: np.ndarray
    mean_squared: np.ndarray
    variance: np.ndarray


def _moments(picture: np.ndarray) -> _Moments:
    check_comparison_picture(picture)
    luma = picture @ LUMA_WEIGHTS
    mean = _in_window(luma)
    mean_squared = mean * mean
    return _Moments(luma, mean, mean_squared, _in_window(luma * luma) - mean_squared)


def _ssim_map(a: _Moments, b: _Moments) -> np.ndarray:
    means = a.mean * b.mean
    covariance = _in_window(a.luma * b.luma) - means
    similarity: np.ndarray = (
        (2 * means + C1)
        * (2 * covariance + C2)
        / ((a.mean_squared + b.mean_squared + C1) * (a.variance + b.variance + C2))
    )
    return similarity.clip(-1.0, 1.0)  # rounding can carry it a little beyond


def _in_window(values: np.ndarray) -> np.ndarray:
    """The Gaussian mean around each pixel of a float64 array, mirrored at the border."""
    import cv2

    window = cv2.getGaussianKernel(2 * WINDOW_RADIUS + 1, WINDOW_SIGMA, cv2.CV_64F)
    return cv2.sepFilter2D(values, -1, window, window, borderType=cv2.BORDER_REFLECT)


def _mean_in_window(similarity: np.ndarray) -> float:
    """The mean of an SSIM map over the pixels whose whole window lies in the picture."""
    inside = slice(WINDOW_RADIUS, -WINDOW_RADIUS)
    return float(similarity[inside, inside].mean(dtype=np.float64))
