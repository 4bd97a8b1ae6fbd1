"""SSIM: structural similarity of two pictures, a score from -1 to 1, higher is closer.

On the luma (ITU-R BT.601), in each window of 11 pixels with Gaussian weights, σ = 1.5::

    (2 μa μb + C1) (2 σab + C2) / ((μa² + μb² + C1) (σa² + σb² + C2))

with C1 = (0.01 · 255)², C2 = (0.03 · 255)² and population covariances; then the mean over all windows inside the
picture. Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural
similarity", IEEE TIP 13(4), 2004. Equal to scikit-image's `structural_similarity` with these settings, and three times
as fast.
"""

from collections.abc import Sequence

import numpy as np

from artextract.similarity.metrics.pixels import check_comparison_picture
from artextract.vision.images import LUMA

WINDOW_SIGMA = 1.5
WINDOW_RADIUS = 5  # Pixels: the window is 11 wide
C1 = (0.01 * 255.0) ** 2
C2 = (0.03 * 255.0) ** 2

_Moments = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""The luma of a picture, its mean in each window, the mean squared, and the variance: float64 [256, 256] each.

float32 would take half the time, but a variance is the small difference of two large numbers: SSIM would be wrong by
about 1e-6 in flat areas.
"""


def ssim_with_each(query: np.ndarray, others: Sequence[np.ndarray]) -> list[float]:
    """The SSIM of one comparison picture, uint8 [256, 256, 3], with each of others; ValueError for other pictures."""
    moments, inside = _moments(query), slice(WINDOW_RADIUS, -WINDOW_RADIUS)  # pixels whose window is inside
    maps = (_ssim_map(moments, _moments(other)) for other in others)
    return [float(similarity[inside, inside].mean(dtype=np.float64)) for similarity in maps]


def ssim_map(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The SSIM of the window around each pixel, float32 [256, 256], -1 to 1; pictures are mirrored at the border."""
    return _ssim_map(_moments(a), _moments(b)).astype(np.float32)


def _moments(picture: np.ndarray) -> _Moments:
    check_comparison_picture(picture)
    luma = picture @ np.array(LUMA)
    mean = _in_window(luma)
    return luma, mean, mean * mean, _in_window(luma * luma) - mean * mean


def _ssim_map(a: _Moments, b: _Moments) -> np.ndarray:
    (luma, mean, squared, variance), (other_luma, other_mean, other_squared, other_variance) = a, b
    means = mean * other_mean
    covariance = _in_window(luma * other_luma) - means
    below = (squared + other_squared + C1) * (variance + other_variance + C2)
    similarity: np.ndarray = (2 * means + C1) * (2 * covariance + C2) / below
    return similarity.clip(-1.0, 1.0)  # rounding can exceed the range


def _in_window(values: np.ndarray) -> np.ndarray:
    """The Gaussian mean around each pixel of a float64 array, mirrored at the border."""
    import cv2

    window = cv2.getGaussianKernel(2 * WINDOW_RADIUS + 1, WINDOW_SIGMA, cv2.CV_64F)
    return cv2.sepFilter2D(values, -1, window, window, borderType=cv2.BORDER_REFLECT)
