"""SSIM, RMSE and LPIPS of one picture with many."""

from collections.abc import Sequence

import numpy as np

from artextract.errors import WeightsError
from artextract.similarity.lpips import load_lpips
from artextract.similarity.pixel_metrics import compare

Scores = tuple[float | None, float | None, float | None]


def score_pictures(query: np.ndarray | None, pictures: Sequence[np.ndarray | None]) -> list[Scores]:
    """SSIM, RMSE and LPIPS between a comparison picture and each of others.

    None where a picture is missing; LPIPS is None as well where its network can't be had.
    """
    if query is None:
        return [(None, None, None)] * len(pictures)
    there = [picture for picture in pictures if picture is not None]
    pixels = iter(compare(query, there))
    lpips = iter(_lpips_distances(query, there))
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
