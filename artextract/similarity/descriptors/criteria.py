"""Similarity criteria that a person can see: palette, composition, texture.

Each compares one part of the visual descriptors, can replace the embedding in a search, and has a drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.similarity.descriptors.visual_descriptors import BANK, COLOURS, SIDE, VisualDescriptor
from artextract.similarity.metrics.registry import Measure
from artextract.vision.images import LUMA

GRID = 16  # Cells per side in which light and dark are compared


@dataclass(frozen=True, kw_only=True)
class Criterion(Measure):
    """One way in which two works can be similar."""

    name: str
    title: str  # The criterion on screens; `label` is what its numbers are called
    digits: int = 2


CRITERIA = {
    criterion.name: criterion
    for criterion in (
        Criterion(
            "ΔE₀₀",
            False,
            "Distance: lower is closer. Average difference between the dominant colours of the two "
            "pictures (CIEDE2000): 1 is barely visible, above 20 the colours are different. The "
            "position of the colours does not count.",
            name="palette",
            title="Colours",
        ),
        Criterion(
            "correlation",
            True,
            "Score: higher is closer. Whether light and dark areas are in the same places, on a grid of "
            f"{GRID} × {GRID} cells: 1 is identical, 0 unrelated, below 0 reversed. Colour and detail do not count.",
            name="composition",
            title="Composition",
        ),
        Criterion(
            "distance",
            False,
            "Distance: lower is closer. Difference in the strength of strokes by width and direction "
            "(Gabor filters), in standard deviations of the collection. The subject does not count.",
            name="texture",
            title="Brushwork and texture",
        ),
    )
}


class DescriptorIndex:
    """The visual descriptors of a collection's works, ready to be ranked. Safe to share."""

    def __init__(self, descriptors: Sequence[VisualDescriptor | None]) -> None:
        """Take the descriptor of each work; a work without one is never returned."""
        known = [descriptor for descriptor in descriptors if descriptor is not None]
        self._rows = np.array([row for row, descriptor in enumerate(descriptors) if descriptor is not None], int)
        self._palettes = np.array([descriptor.palette for descriptor in known]).reshape(-1, COLOURS, 4)
        self._compositions = np.array([composition_of(descriptor) for descriptor in known]).reshape(-1, GRID**2)
        textures = np.array([descriptor.texture for descriptor in known]).reshape(-1, 2 * BANK.count)
        self._mean = textures.mean(axis=0) if known else 0.0
        self._deviation = np.maximum(textures.std(axis=0), 1e-3) if known else 1.0
        self._textures = (textures - self._mean) / self._deviation

    def nearest(self, criterion: str, query: VisualDescriptor, k: int, allowed: np.ndarray) -> list[tuple[int, float]]:
        """The `k` nearest works (or fewer) of `allowed` (bool [n]) by a key of `CRITERIA`: row and number."""
        if criterion == "palette":
            values = palette_distances(query.palette, self._palettes)
        elif criterion == "composition":
            values = self._compositions @ composition_of(query)
        else:
            texture = (query.texture - self._mean) / self._deviation
            values = np.sqrt(((self._textures - texture) ** 2).mean(axis=1))
        order = np.argsort(-values if CRITERIA[criterion].higher_is_closer else values, kind="stable")
        chosen = [int(place) for place in order if allowed[self._rows[place]]][:k]
        return [(int(self._rows[place]), float(values[place])) for place in chosen]


def palette_distances(palette: np.ndarray, palettes: np.ndarray) -> np.ndarray:
    """The distances of palettes float [n, COLOURS, 4] from one [COLOURS, 4]: float64 [n], ΔE₀₀.

    Each colour is matched with the nearest colour of the other palette and weighted by its share; the
    two directions are averaged (a relaxed earth mover's distance: Kusner et al., ICML 2015).
    CIEDE2000: Sharma, Wu and Dalal, Color Research and Application 30(1), 2005.
    """
    between = colour_differences(palette, palettes)
    forward = (between.min(axis=2) * palette[:, 3]).sum(axis=1)
    return (forward + (between.min(axis=1) * palettes[:, :, 3]).sum(axis=1)) / 2


def colour_differences(palette: np.ndarray, palettes: np.ndarray) -> np.ndarray:
    """CIEDE2000 of each colour with each colour of other palettes, float64 [n, COLOURS, COLOURS]."""
    from skimage.color import deltaE_ciede2000

    shape = (len(palettes), COLOURS, COLOURS, 3)
    left = np.broadcast_to(palette[None, :, None, :3], shape).astype(np.float64)
    right = np.broadcast_to(palettes[:, None, :, :3], shape).astype(np.float64)
    return deltaE_ciede2000(left, right)  # type: ignore[no-untyped-call]


def composition_of(descriptor: VisualDescriptor) -> np.ndarray:
    """The lightness of a picture's cells, float32 [GRID²], at mean 0 and length 1; zeros for a plain picture."""
    flat = lightness(descriptor).ravel()
    flat = flat - flat.mean()
    length = float(np.linalg.norm(flat))
    return (flat / length if length > 1e-3 else 0 * flat).astype(np.float32)


def lightness(descriptor: VisualDescriptor) -> np.ndarray:
    """The mean luma of each cell, float64 [GRID, GRID], 0…255."""
    step = SIDE // GRID
    luma = descriptor.small @ np.array(LUMA)
    return luma.reshape(GRID, step, GRID, step).mean(axis=(1, 3))
