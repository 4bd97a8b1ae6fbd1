"""Two sides compared in all ways at once."""

from dataclasses import dataclass

import numpy as np

from artextract.comparison.map_regions import Place, name_places, places_of
from artextract.comparison.subsets import Sides
from artextract.comparison.terms import Term, terms_of
from artextract.comparison.typicality import Typical, most_typical, typical_works
from artextract.maps.gallery_map import GalleryMap
from artextract.progress import Report, silent

SHOWN = 12
"""Most typical works of a side, unless another number is asked for."""


@dataclass(frozen=True)
class Compared:
    """What is typical of each side, the first and the second."""

    sides: Sides
    typical: Typical
    terms: tuple[list[Term], list[Term]]

    def works(self, side: int, count: int = SHOWN) -> list[tuple[int, float]]:
        """A side's most typical works, the most typical first.

        Args:
            side: 0 or 1.
            count: how many at the most.

        Returns:
            Of each its row of the ground, and log(p(own side) / p(other side)).
        """
        rows = (self.typical.of_one, self.typical.of_other)[side]
        typicality = (self.typical.one, self.typical.other)[side]
        artists = self.sides.works["artist"].iloc[rows]
        places = most_typical(typicality, artists, count)
        return [(int(rows[place]), float(typicality[place])) for place in places]


@dataclass(frozen=True)
class Mapped:
    """Where each side lies on the shared map."""

    drawn: GalleryMap
    places: tuple[list[Place], list[Place]]
    """Their names are of all but what the sides were filtered by."""


def compare(sides: Sides, report: Report = silent) -> Compared:
    """What is typical of each side: works and terms.

    Raises:
        Stopped: out of `report`.
    """
    typical = typical_works(sides.vectors, sides.of_one, sides.of_other, report)
    return Compared(sides, typical, terms_of(sides))


def locate(sides: Sides, drawn: GalleryMap, levels: np.ndarray) -> Mapped:
    """Where on their shared map each side lies.

    Args:
        sides: the sides.
        drawn: the map, as `ground.read_ground` gives it.
        levels: its regions, int [levels, works], as `ground.find_levels` gives them.
    """
    regions = name_places(sides, levels, drawn.positions)
    return Mapped(drawn, places_of(sides, regions, drawn.positions))
