"""How far apart two pictures are, number by number and pixel by pixel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.similarity.comparison_picture import check_comparison_picture
from artextract.similarity.ssim import ssim_with_each


@dataclass(frozen=True)
class PixelScores:
    """How near two pictures are by their pixels alone."""

    ssim: float
    """Score, -1 to 1, higher is closer."""
    rmse: float
    """Distance, 0 to 1, lower is closer."""


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
    structure = ssim_with_each(query, others)
    return [
        PixelScores(ssim, rmse(query, other)) for ssim, other in zip(structure, others, strict=True)
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
