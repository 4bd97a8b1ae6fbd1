"""Where two works correspond: the cells of their feature maps that find each other."""

from dataclasses import dataclass
from math import isqrt
from pathlib import Path

import numpy as np

from artextract.similarity.search import Searcher
from artextract.vision.backbones import Backbone, find_backbone
from artextract.vision.features import FeatureMapper
from artextract.vision.images import open_picture
from artextract.vision.joined import side_by_side
from artextract.vision.preprocessing import prepare_whole

MOST = 8
"""Matches that are shown: more can't be told apart."""


@dataclass(frozen=True)
class Match:
    """A cell of one picture and the cell of another that look alike."""

    one: int
    """Of the first picture's cells, row by row."""
    other: int
    cosine: float
    """Between what the network sees in them beyond what is in all cells, -1 to 1: a score."""


@dataclass(frozen=True)
class Correspondence:
    """Where two pictures correspond."""

    grid: int
    """Cells a side of either picture."""
    matches: list[Match]


class CellMapper:
    """What a backbone sees in each cell of a grid over a picture. Safe to share."""

    def __init__(self, backbone: Backbone) -> None:
        """Load its networks: of a joined backbone all.

        Raises:
            WeightsError: their weights can't be had.
        """
        parts = backbone.parts or (backbone.name,)
        self._size = backbone.preprocessing.input_size
        self._mappers = [FeatureMapper(find_backbone(part), self._size) for part in parts]

    def cells(self, picture: Path) -> np.ndarray:
        """The cells of a picture file, squeezed to a square: float32 [grid², dimension].

        Raises:
            BadImageError: it can't be read.
        """
        image = open_picture(picture, at_least=2 * self._size).image
        pixels = prepare_whole(image, self._size)[None]
        seen = [mapper.maps(pixels)[0] for mapper in self._mappers]
        return side_by_side(seen, [1.0] * len(seen))


def matching_cells(one: np.ndarray, other: np.ndarray, most: int = MOST) -> list[Match]:
    """The pairs of cells of which each is the other's nearest, the nearest pair first.

    Best buddies (Dekel et al. 2015, "Best-Buddies Similarity for Robust Template Matching"), by
    the cosine after the mean of both pictures' cells is taken away: what is everywhere in them
    says nothing about where.

    Args:
        one: float [n, dimension], the cells of a picture.
        other: float [m, dimension], those of another.
        most: pairs at the most.
    """
    mean = np.concatenate([one, other]).mean(axis=0)
    first, second = (_unit(cells - mean) for cells in (one, other))
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


def _unit(rows: np.ndarray) -> np.ndarray:
    found: np.ndarray = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return found
