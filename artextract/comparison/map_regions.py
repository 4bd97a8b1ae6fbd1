"""Where on the shared map one side lies, and the other does not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
from artextract.comparison.figures import Figures, over_represented
from artextract.comparison.subsets import Sides
from artextract.comparison.terms import filtered_kinds
from artextract.regions.regions import Region, name_regions
from artextract.regions.traits import YEARS

MOST = 8
"""Regions of a side."""
LEAST_WORKS = 4
"""What holds fewer works of a side isn't told."""
LEAST_SHARE = 0.02
"""Nor what holds a smaller part of them."""
MOST_COMMON = 0.5
"""Part of a region's own works that may lie in one that is told already, at the most: regions of
several levels lie within one another."""


@dataclass(frozen=True)
class Place:
    """A region in which a larger part of one side's works lies than of the other's."""

    region: Region
    figures: Figures
    """Of the side's works those in it, against the other's."""
    rows: np.ndarray
    """int64: the side's works in it, those nearest to their middle first."""

    @property
    def name(self) -> str:
        """That of the region; empty where nothing sets it apart."""
        return self.region.name


def name_places(sides: Sides, levels: np.ndarray, positions: np.ndarray) -> list[Region]:
    """The regions of the shared map, named by all but what the sides were filtered by.

    Args:
        sides: on the ground that the map shows.
        levels: int [levels, works], as `ground.find_levels` gives them.
        positions: of the works on it, float [works, 2].
    """
    kinds = filtered_kinds(sides.one.filters) | filtered_kinds(sides.other.filters)
    hidden = {f"{prefix}{kind}" for kind in kinds for prefix in ("", "read_", CUSTOM_LABEL)}
    if YEARS in kinds:
        hidden |= {"year_begin", "year_end", "read_year"}
    return name_regions(levels, positions, sides.works, hidden)


def places_of(sides: Sides, regions: Sequence[Region], positions: np.ndarray) -> tuple[list[Place], list[Place]]:
    """The regions of the first side, and of the second: of each those first that hold most of it
    and little of the other, `MOST` at the most.

    Args:
        sides: on the ground that the map shows.
        regions: of the map, rows as the ground's.
        positions: of the works on it, float [works, 2].
    """
    inside = []
    for side in sides.sides:
        on_side = np.zeros(len(sides.works), dtype=bool)
        on_side[side] = True
        inside.append([region.rows[on_side[region.rows]] for region in regions])
    has = [np.array([len(rows) for rows in of], dtype=np.int64) for of in inside]
    size = [np.full(len(regions), len(side)) for side in sides.sides]
    found = []
    for own, other in ((0, 1), (1, 0)):
        sure = over_represented(has[own], size[own], has[other], size[other], 2 * len(regions))
        sure &= has[own] >= np.maximum(LEAST_WORKS, LEAST_SHARE * size[own])
        places = [
            Place(
                regions[n],
                Figures(*(int(of[n]) for of in (has[own], size[own], has[other], size[other]))),
                _middle_first(inside[own][n], positions),
            )
            for n in np.flatnonzero(sure).tolist()
        ]
        places.sort(key=lambda place: -place.figures.divergence)
        found.append(_apart(places)[:MOST])
    return found[0], found[1]


def _apart(places: list[Place]) -> list[Place]:
    told: list[Place] = []
    for place in places:
        common = [len(np.intersect1d(place.rows, other.rows)) for other in told]
        if max(common, default=0) <= MOST_COMMON * len(place.rows):
            told.append(place)
    return told


def _middle_first(rows: np.ndarray, positions: np.ndarray) -> np.ndarray:
    away = np.linalg.norm(positions[rows] - np.median(positions[rows], axis=0), axis=1)
    return rows[np.argsort(away, kind="stable")]
