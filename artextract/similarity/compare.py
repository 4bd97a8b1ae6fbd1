"""Compare: two works of a collection, by every metric and in pictures."""

from dataclasses import dataclass

import numpy as np

from artextract.errors import BadImageError
from artextract.similarity.metrics.pixels import cosine, difference_picture
from artextract.similarity.metrics.scores import score_pictures
from artextract.similarity.metrics.ssim import ssim_map
from artextract.similarity.search import Searcher


@dataclass(frozen=True)
class Comparison:
    """How near two works are. The numbers are those of `search.Neighbour`."""

    cosine: float
    ssim: float | None
    rmse: float | None
    lpips: float | None
    difference: np.ndarray
    """uint8 [256, 256]: black where the colours agree."""
    ssim_map: np.ndarray
    """float32 [256, 256], -1 to 1: SSIM of the window around each pixel."""


def compare_works(searcher: Searcher, one: str, other: str) -> Comparison:
    """Compare two works of the searcher's collection.

    Raises:
        ArtExtractError: there is no such work, or its picture is missing or damaged.
    """
    first, second = _picture_of(searcher, one), _picture_of(searcher, other)
    ((ssim, rmse, lpips),) = score_pictures(first, [second])
    vectors = searcher.embeddings.vectors
    return Comparison(
        cosine=cosine(vectors[searcher.row_of(one)], vectors[searcher.row_of(other)]),
        ssim=ssim,
        rmse=rmse,
        lpips=lpips,
        difference=difference_picture(first, second),
        ssim_map=ssim_map(first, second),
    )


def _picture_of(searcher: Searcher, work: str) -> np.ndarray:
    picture = searcher.picture_at(searcher.row_of(work))
    if picture is None:
        raise BadImageError(f"The picture of {work} is missing or damaged: collect {searcher.collection.name} again.")
    return picture
