"""Compare two works of a collection: by every metric, and in pictures."""

from dataclasses import dataclass

import numpy as np

from artextract.errors import BadImageError
from artextract.similarity.metrics.pixels import difference_picture
from artextract.similarity.metrics.ssim import ssim_map
from artextract.similarity.search import Searcher


@dataclass(frozen=True)
class Comparison:
    """How similar two works are."""

    scores: dict[str, float | None]
    """By the name of each of `METRICS`, as of `search.Neighbour`."""
    difference: np.ndarray
    """uint8 [256, 256]: black where the colours agree."""
    ssim_map: np.ndarray
    """float32 [256, 256], -1 to 1: SSIM of the window around each pixel."""


def compare_works(searcher: Searcher, left: str, right: str) -> Comparison:
    """Compare two works of the searcher's collection.

    Raises:
        ArtExtractError: a work does not exist, or its picture is missing or damaged.
    """
    pictures = [_picture_of(searcher, work) for work in (left, right)]
    (neighbour,) = searcher.compared_with_work(searcher.row_of(left), [searcher.row_of(right)])
    return Comparison(neighbour.scores, difference_picture(*pictures), ssim_map(*pictures))


def _picture_of(searcher: Searcher, work: str) -> np.ndarray:
    picture = searcher.picture_at(searcher.row_of(work))
    if picture is None:
        raise BadImageError(f"The picture of {work} is missing or damaged: collect {searcher.collection.name} again.")
    return picture
