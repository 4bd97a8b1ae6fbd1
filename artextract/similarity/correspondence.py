"""Where two works correspond: the cells of their feature maps that find each other."""

from dataclasses import dataclass
from math import isqrt
from pathlib import Path

import numpy as np

from artextract.similarity.search import Searcher
from artextract.vectors import unit
from artextract.vision.backbones import find_backbone
from artextract.vision.feature_extractor import FeatureMapper
from artextract.vision.images import open_picture
from artextract.vision.preprocessing import prepare_whole

BACKBONE = "efficientnet_lite2"
"""Whatever the collection was embedded by: the networks tuned on paintings tell the whole picture's
manner in every cell, this one tells a sleeve from a face."""
SIDE = 448
"""Of the square that it sees, pixels: 14 cells a side."""
MOST = 8
"""Matches that are shown: more can't be told apart."""


@dataclass(frozen=True)
class Match:
    """A cell of one picture and the cell of another that look alike."""

    one: int
    """Of the first picture's cells, row by row."""
    other: int
    cosine: float
    """Between what sets each apart from the rest of its picture, above 0 to 1: a score."""


@dataclass(frozen=True)
class Correspondence:
    """Where two pictures correspond."""

    grid: int
    """Cells a side of either picture."""
    matches: list[Match]


class CellMapper:
    """What a network sees in each cell of a grid over a picture. Safe to share."""

    def __init__(self) -> None:
        """Load the network.

        Raises:
            WeightsError: its weights can't be had.
        """
        self._mapper = FeatureMapper(find_backbone(BACKBONE), SIDE)

    def cells(self, picture: Path) -> np.ndarray:
        """The cells of a picture file, squeezed to a square: float32 [grid², dimension].

        Raises:
            BadImageError: it can't be read.
        """
        image = open_picture(picture, at_least=2 * SIDE).image
        return self._mapper.maps(prepare_whole(image, SIDE)[None])[0]


def matching_cells(one: np.ndarray, other: np.ndarray, most: int = MOST) -> list[Match]:
    """The pairs of cells of which each is the other's nearest, the nearest pair first.

    Best buddies (Dekel et al. 2015, "Best-Buddies Similarity for Robust Template Matching"), by
    the cosine after each picture's own mean is taken away: what is everywhere in a picture says
    nothing about where.

    Args:
        one: float [n, dimension], the cells of a picture.
        other: float [m, dimension], those of another.
        most: pairs at the most.
    """
    first, second = (unit(cells - cells.mean(axis=0)) for cells in (one, other))
    cosines = first @ second.T
    there, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
    found = [
        Match(cell, int(to), float(cosines[cell, to]))
        for cell, to in enumerate(there)
        if back[to] == cell and cosines[cell, to] > 0
    ]
    return sorted(found, key=lambda match: -match.cosine)[:most]


def correspondence(searcher: Searcher, mapper: CellMapper, one: str, other: str) -> Correspondence:
    """Where two works of a collection correspond.

    Raises:
        ArtExtractError: there is no such work, or its picture is missing or damaged.
    """

    def cells_of(work: str) -> np.ndarray:
        row = searcher.works.iloc[searcher.row_of(work)]
        return mapper.cells(searcher.collection.image_path(str(row["image"])))

    first, second = cells_of(one), cells_of(other)
    return Correspondence(isqrt(len(first)), matching_cells(first, second))
