"""The regions of a collection's map, each with its name.

    <collection>/regions/<method>-<feature key>.safetensors

keeps which work is in which region at which level, with the key of the map in the file's metadata:
to look for them takes seconds. Names are found anew each time, since what is recorded and read of
the works may change.
"""

from collections.abc import Collection as Columns
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from artextract.collection import Collection
from artextract.files import only_writer, write_atomic
from artextract.maps.gallery_map import GalleryMap
from artextract.progress import Report, Step, silent
from artextract.regions.density import density_levels
from artextract.regions.names import Apart, set_apart
from artextract.regions.phrases import figures_text, name_text, said_text
from artextract.regions.traits import Traits


@dataclass(frozen=True)
class Region:
    """Works that lie close together on a map."""

    level: int
    """0 is the coarsest."""
    rows: np.ndarray
    """int64: of its works."""
    x: float
    y: float
    """Where its name stands: at the work nearest to its middle."""
    apart: Apart | None
    """What sets it apart; None where nothing does."""

    @property
    def name(self) -> str:
        """Such as "Dutch portraits, 1630–60"; empty where nothing sets it apart."""
        return name_text(self.apart.name) if self.apart else ""

    @property
    def figures(self) -> str:
        """Such as "84 of 96, 11 times as common as elsewhere"; empty likewise."""
        return figures_text(self.apart.name.figures) if self.apart else ""

    @property
    def more(self) -> list[str]:
        """What else sets it apart, a line each, with its figures."""
        return [said_text(said) for said in self.apart.more] if self.apart else []


def find_regions(collection: Collection, drawn: GalleryMap, feature_key: object, report: Report = silent) -> np.ndarray:
    """The regions of a collection's map: those that are kept, or found now and kept.

    Args:
        collection: whose map it is.
        drawn: the map.
        feature_key: of the embeddings that it shows.
        report: told of it.

    Returns:
        int32 [levels, works], as `density_levels`.

    Raises:
        Stopped: out of `report`; nothing was kept.
        StorageError: they could not be written.
    """
    file = _file(collection, drawn, feature_key)
    if (kept := _kept(file, drawn)) is not None:
        return kept
    with only_writer(file.parent, f"regions of {collection.name}"):
        if (kept := _kept(file, drawn)) is not None:  # another process was at it
            return kept
        report(Step("Looking for the regions of the map", 0, 0))
        levels = density_levels(drawn.positions)
        with write_atomic(file) as temporary:
            save_file({"levels": levels}, temporary, {"map": drawn.key})
        return levels


def read_regions(collection: Collection, drawn: GalleryMap, feature_key: object) -> np.ndarray | None:
    """The regions that `find_regions` kept; None if it hasn't, or of another map."""
    return _kept(_file(collection, drawn, feature_key), drawn)


def name_regions(
    levels: np.ndarray, positions: np.ndarray, works: pd.DataFrame, hidden: Columns[str] = ()
) -> list[Region]:
    """The regions with their names: level by level, the largest first.

    Args:
        levels: int [levels, works], as `find_regions` gives them.
        positions: of the works on the map, float [works, 2].
        works: a work table, rows as in `levels`; see `Traits`.
        hidden: columns of it that no name may come from.
    """
    traits = Traits(works, hidden)
    found = []
    for level, labels in enumerate(levels):
        regions = [np.flatnonzero(labels == number) for number in range(labels.max(initial=0) + 1)]
        regions = sorted((rows for rows in regions if len(rows)), key=len, reverse=True)
        for rows, apart in zip(regions, set_apart(traits, regions), strict=True):
            x, y = _middle(positions[rows])
            found.append(Region(level, rows, x, y, apart))
    return found


def _middle(positions: np.ndarray) -> tuple[float, float]:
    away = positions - np.median(positions, axis=0)
    x, y = positions[np.linalg.norm(away, axis=1).argmin()]
    return float(x), float(y)


def _file(collection: Collection, drawn: GalleryMap, feature_key: object) -> Path:
    return collection.root / "regions" / f"{drawn.method}-{feature_key}.safetensors"


def _kept(file: Path, drawn: GalleryMap) -> np.ndarray | None:
    try:
        with safe_open(file, "np") as opened:
            if (opened.metadata() or {}).get("map") != drawn.key:
                return None
            levels: np.ndarray = opened.get_tensor("levels")
    except (SafetensorError, OSError, ValueError):
        return None
    return levels if levels.ndim == 2 and levels.shape[1] == len(drawn.ids) else None
