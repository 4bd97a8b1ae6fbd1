"""The regions of a collection's map, each with its name.

    <collection>/regions/<method>-<feature key>.safetensors

stores the region of each work at each level, because finding regions takes seconds. The key of the
map is in the file's facts. Names are computed each time: the works' metadata may have changed.
"""

from collections.abc import Collection as Columns
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.maps.gallery_map import GalleryMap
from artextract.progress import Report, Step, silent
from artextract.regions.density import density_levels
from artextract.regions.names import RegionName, find_names
from artextract.regions.terms import Terms
from artextract.tensor_files import MadeFrom, computed_once, read_cached


@dataclass(frozen=True)
class Region:
    """Works that are close together on a map."""

    level: int  # 0 is the coarsest
    rows: np.ndarray  # int64: rows of its works
    x: float
    y: float  # Position of the name: the work nearest to the region's middle
    names: tuple[RegionName, ...] = ()
    """The name and then further terms that set the region apart; empty if nothing does."""

    @property
    def name(self) -> str:
        """The name: "Dutch portraits, 1630–60"; empty if the region has none."""
        return self.names[0].text if self.names else ""

    def summary(self) -> dict[str, Any]:
        """The region for JSON: "more" has a line with counts for each further term."""
        return {
            "level": self.level,
            "size": len(self.rows),
            "x": self.x,
            "y": self.y,
            "name": self.name,
            "figures": self.names[0].counts.text if self.names else "",
            "more": [f"{name.text}: {name.counts.text}" for name in self.names[1:]],
        }


def find_regions(
    collection: Collection, layout: GalleryMap, feature_key: object, report: Report = silent
) -> np.ndarray:
    """The regions of a collection's map, int32 [levels, works]: stored, or computed now and stored.

    `feature_key` is the key of the embeddings that the map shows. `report` is called once, when the search
    begins; if it stops the job, nothing is stored. Raises StorageError if the regions cannot be written.
    """

    def compute() -> dict[str, np.ndarray]:
        report(Step("Finding the regions of the map", 0, 0))
        return {"levels": density_levels(layout.positions)}

    file, label = _file(collection, layout, feature_key), f"regions of {collection.name}"
    return computed_once(file, layout.key, label, compute, "levels")["levels"]


def read_regions(collection: Collection, layout: GalleryMap, feature_key: object) -> np.ndarray | None:
    """The stored regions of that map; None if there are none."""
    stored = read_cached(_file(collection, layout, feature_key), ("levels",), MadeFrom(made_from=layout.key))
    return None if stored is None else stored["levels"]


def name_regions(
    levels: np.ndarray, positions: np.ndarray, works: pd.DataFrame, hidden: Columns[str] = ()
) -> list[Region]:
    """The regions with their names: level by level, the largest first.

    `levels` are those of `find_regions`, int [levels, works], `positions` the works on the map, float [works, 2],
    `works` a work table with the same rows. Names do not use the `hidden` columns.
    """
    terms = Terms(works, hidden)
    regions = []
    for level, labels in enumerate(levels):
        groups = [np.flatnonzero(labels == number) for number in range(labels.max(initial=0) + 1)]
        groups = sorted((rows for rows in groups if len(rows)), key=len, reverse=True)
        for rows, names in zip(groups, find_names(terms, groups), strict=True):
            x, y = positions[middle_first(rows, positions)[0]].tolist()
            regions.append(Region(level, rows, x, y, tuple(names)))
    return regions


def middle_first(rows: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The rows sorted by their distance from the median of their positions (float [works, 2])."""
    distances = np.linalg.norm(positions[rows] - np.median(positions[rows], axis=0), axis=1)
    return rows[np.argsort(distances, kind="stable")]


def _file(collection: Collection, layout: GalleryMap, feature_key: object) -> Path:
    return collection.root / "regions" / f"{layout.method}-{feature_key}.safetensors"
