"""Ways of being alike that a person can see: the palette, the composition, the texture.

Cheap rankings of their own, beside the embeddings': each says in what two works are near, and what
it compares can be drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.similarity.descriptors.visual_descriptors import BANK, COLOURS, SIDE, Look
from artextract.vision.images import LUMA

GRID = 16
"""Cells a side in which light and dark are compared."""


@dataclass(frozen=True)
class Way:
    """A way of being alike."""

    name: str
    label: str
    measure: str
    """What its number is called."""
    higher_is_closer: bool
    sentence: str
    """What it means, for a curator. It begins with which way is closer."""


WAYS = {
    way.name: way
    for way in (
        Way(
            "palette",
            "Palette",
            "ΔE₀₀",
            False,
            "Distance: lower is closer. How far the dominant colours are from the other work’s "
            "nearest (CIEDE2000), on average over both pictures; 1 is just to be seen, above 20 "
            "they are different colours. Where the colours stand doesn’t count.",
        ),
        Way(
            "composition",
            "Composition",
            "correlation",
            True,
            "Score: higher is closer. Whether light and dark lie in the same places, in "
            f"{GRID} × {GRID} cells; 1 means the same, 0 nothing in common, below 0 the reverse. "
            "Colour and detail don’t count.",
        ),
        Way(
            "texture",
            "Texture",
            "distance",
            False,
            "Distance: lower is closer. How differently the two are striped: the strength of "
            "strokes by width and direction (Gabor filters), in standard deviations of the "
            "collection. What is shown doesn’t count.",
        ),
    )
}


class LookIndex:
    """The looks of a collection's works, ready to be ranked. Safe to share."""

    def __init__(self, looks: Sequence[Look | None]) -> None:
        """Take the look of each work; one without is never found."""
        there = [look for look in looks if look is not None]
        self._known = np.array([look is not None for look in looks], dtype=bool)
        self._rows = np.flatnonzero(self._known)
        self._palettes = np.array([one.palette for one in there]).reshape(-1, COLOURS, 4)
        self._light = np.array([light(one) for one in there]).reshape(-1, GRID**2)
        textures = np.array([one.texture for one in there]).reshape(-1, 2 * BANK.count)
        self._mean = textures.mean(axis=0) if there else 0.0
        self._deviation = np.maximum(textures.std(axis=0), 1e-3) if there else 1.0
        self._textures = (textures - self._mean) / self._deviation

    def nearest(self, way: str, query: Look, k: int, allowed: np.ndarray) -> list[tuple[int, float]]:
        """The `k` works nearest to a look, nearest first: row and number by that way.

        Args:
            way: a key of `WAYS`.
            query: the look.
            k: how many; fewer come where fewer are allowed.
            allowed: bool [n], which works may be found.
        """
        values = self._values(way, query)
        order = np.argsort(-values if WAYS[way].higher_is_closer else values, kind="stable")
        chosen = [int(place) for place in order if allowed[self._rows[place]]][:k]
        return [(int(self._rows[place]), float(values[place])) for place in chosen]

    def _values(self, way: str, query: Look) -> np.ndarray:
        """The number of each known work, float [known]."""
        if way == "palette":
            return palette_distances(query.palette, self._palettes)
        if way == "composition":
            return self._light @ light(query)
        strokes = (query.texture - self._mean) / self._deviation
        # A mean over the filters, so that the number doesn't grow with them.
        return np.sqrt(((self._textures - strokes) ** 2).mean(axis=1))


def palette_distances(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How far palettes are from one, float64 [n], ΔE₀₀.

    Each colour goes to the nearest of the other palette, weighted by its share, and the two
    directions are averaged (a relaxed earth mover's distance: Kusner et al., ICML 2015).
    CIEDE2000: Sharma, Wu and Dalal, Color Research and Application 30(1), 2005.

    Args:
        one: float [COLOURS, 4], as `Look.palette`.
        others: float [n, COLOURS, 4].
    """
    between = colour_differences(one, others)
    there = (between.min(axis=2) * one[:, 3]).sum(axis=1)
    back = (between.min(axis=1) * others[:, :, 3]).sum(axis=1)
    return (there + back) / 2


def colour_differences(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """CIEDE2000 of each colour of a palette with each of others, float64 [n, COLOURS, COLOURS]."""
    from skimage.color import deltaE_ciede2000

    shape = (len(others), COLOURS, COLOURS, 3)
    first = np.broadcast_to(one[None, :, None, :3], shape).astype(np.float64)
    second = np.broadcast_to(others[:, None, :, :3], shape).astype(np.float64)
    return deltaE_ciede2000(first, second)  # type: ignore[no-untyped-call]


def light(look: Look) -> np.ndarray:
    """Light and dark of a picture, float32 [GRID²], mean 0 and length 1; 0 where it is plain."""
    flat = lightness(look).ravel()
    flat = flat - flat.mean()
    length = float(np.linalg.norm(flat))
    return (flat / length if length > 1e-3 else 0 * flat).astype(np.float32)


def lightness(look: Look) -> np.ndarray:
    """Luma of the cells, float64 [GRID, GRID], 0…255."""
    step = SIDE // GRID
    luma = look.small @ np.array(LUMA)
    return luma.reshape(GRID, step, GRID, step).mean(axis=(1, 3))
