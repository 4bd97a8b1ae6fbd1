"""SSIM, RMSE and LPIPS of one picture with many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.errors import WeightsError
from artextract.similarity.metrics.lpips import load_lpips
from artextract.similarity.metrics.pixels import rmse
from artextract.similarity.metrics.ssim import ssim_with_each

Scores = tuple[float | None, float | None, float | None]


def score_pictures(query: np.ndarray | None, pictures: Sequence[np.ndarray | None]) -> list[Scores]:
    """SSIM, RMSE and LPIPS between a comparison picture and each of others.

    None where a picture is missing; LPIPS is None as well where its network can't be had.
    """
    if query is None:
        return [(None, None, None)] * len(pictures)
    present = [picture for picture in pictures if picture is not None]
    pixels = iter(compare(query, present))
    lpips = iter(_lpips_distances(query, present))
    scores: list[Scores] = []
    for picture in pictures:
        if picture is None:
            scores.append((None, None, None))
        else:
            pair = next(pixels)
            scores.append((pair.ssim, pair.rmse, next(lpips)))
    return scores


def _lpips_distances(query: np.ndarray, pictures: Sequence[np.ndarray]) -> Sequence[float | None]:
    try:
        return load_lpips().distances(query, pictures) if pictures else []
    except WeightsError:
        return [None] * len(pictures)


@dataclass(frozen=True)
class PixelScores:
    """How near two pictures are by their pixels alone."""

    ssim: float
    """Score, -1 to 1, higher is closer."""
    rmse: float
    """Distance, 0 to 1, lower is closer."""


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
    return [PixelScores(ssim, rmse(query, other)) for ssim, other in zip(structure, others, strict=True)]
