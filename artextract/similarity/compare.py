"""Compare two works: metrics, difference pictures, and the matching cells of their feature maps."""

from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np

from artextract.errors import BadImageError
from artextract.similarity.metrics.pixels import difference_picture
from artextract.similarity.metrics.ssim import ssim_map
from artextract.similarity.search import Searcher
from artextract.vectors import unit
from artextract.vision.backbones import find_backbone
from artextract.vision.feature_extractor import FeatureMapper
from artextract.vision.images import open_picture
from artextract.vision.preprocessing import prepare_whole

BACKBONE = "efficientnet_lite2"
"""Used for all collections: networks tuned on paintings describe the style of the whole
picture in every cell, but this one distinguishes a sleeve from a face."""
SIDE = 448  # Side of the square that the network sees, pixels: 14 cells per side
MAX_MATCHES = 8  # Matches shown: more are hard to tell apart on the screen


class CellMatch(NamedTuple):
    """A cell of the left picture and a similar cell of the right one."""

    left: int  # Number of the cell, row by row
    right: int
    cosine: float  # Cosine of the two cells after each picture's mean is subtracted: a score, 0 to 1


class Correspondence(NamedTuple):
    """The matching cells of two pictures."""

    grid: int  # Cells per side of each picture
    matches: list[CellMatch]


class CellMapper:
    """Computes the feature map of a picture. Safe to share between threads. WeightsError without the network."""

    def __init__(self) -> None:
        self._mapper = FeatureMapper(find_backbone(BACKBONE), SIDE)

    def cells(self, picture: Path) -> np.ndarray:
        """The cells of a picture file, squeezed to a square: float32 [grid², dimension]; raises BadImageError."""
        image = open_picture(picture, at_least=2 * SIDE).image
        return self._mapper.maps(prepare_whole(image, SIDE)[None])[0]


def matching_cells(left: np.ndarray, right: np.ndarray, limit: int = MAX_MATCHES) -> list[CellMatch]:
    """The pairs of cells, float [n, dimension] and [m, dimension], that are each other's nearest, nearest pair first.

    Best buddies (Dekel et al. 2015, "Best-Buddies Similarity for Robust Template Matching") by cosine. Each picture's
    mean is subtracted first: what is everywhere in a picture tells nothing about a place.
    """
    left_units, right_units = (unit(cells - cells.mean(axis=0)) for cells in (left, right))
    cosines = left_units @ right_units.T
    nearest_right, nearest_left = cosines.argmax(axis=1), cosines.argmax(axis=0)
    matches = [
        CellMatch(cell, int(nearest), float(cosines[cell, nearest]))
        for cell, nearest in enumerate(nearest_right)
        if nearest_left[nearest] == cell and cosines[cell, nearest] > 0
    ]
    return sorted(matches, key=lambda match: -match.cosine)[:limit]


def correspondence(searcher: Searcher, mapper: CellMapper, left: str, right: str) -> Correspondence:
    """Where two works correspond. ArtExtractError if a work does not exist, or its picture is missing or damaged."""
    images = (str(searcher.works["image"].iloc[searcher.row_of(work)]) for work in (left, right))
    left_cells, right_cells = (mapper.cells(searcher.collection.image_path(image)) for image in images)
    return Correspondence(isqrt(len(left_cells)), matching_cells(left_cells, right_cells))


@dataclass(frozen=True)
class Comparison:
    """How similar two works are."""

    scores: dict[str, float | None]  # Name of the metric → score; see `search.Neighbour.scores`
    nearer_than: float  # Share of pairs of the collection's works that have a lower cosine, 0 to 1
    difference: np.ndarray  # uint8 [256, 256]: black where the colours agree
    ssim_map: np.ndarray  # float32 [256, 256], -1 to 1: SSIM of the window around each pixel


def compare_works(searcher: Searcher, left: str, right: str) -> Comparison:
    """Compare two works. ArtExtractError if a work does not exist, or its picture is missing or damaged."""
    rows = [searcher.row_of(work) for work in (left, right)]
    pictures: list[np.ndarray] = []
    for work, row in zip((left, right), rows, strict=True):
        if (picture := searcher.picture_at(row)) is None:
            name = searcher.collection.name
            raise BadImageError(f"The picture of {work} is missing or damaged: collect {name} again.")
        pictures.append(picture)
    (neighbour,) = searcher.compared_with_work(rows[0], rows[1:])
    nearer_than = searcher.share_of_pairs_below(neighbour.cosine)
    return Comparison(neighbour.scores, nearer_than, difference_picture(*pictures), ssim_map(*pictures))
