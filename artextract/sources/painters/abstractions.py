"""Abstract pictures: colour fields, and discs of rings."""

import numpy as np

from artextract.sources.painters import brush, canvas
from artextract.sources.painters.canvas import Rgb, Rng, mix, pick, tint, wash

# The ground first, then the fields.
FIELDS = (
    ("crimson", "orange", "yellow", "red"),
    ("grey", "white", "black", "cream"),
    ("turquoise", "blue", "green", "yellow"),
    ("rose", "cream", "crimson", "orange"),
    ("violet", "rose", "blue", "orange"),
    ("black", "crimson", "violet", "blue"),
)


def colour_field(rng: Rng) -> tuple[Rgb, str]:
    """Two or three soft-edged rectangles, one above the other on a ground."""
    height, width = canvas.picture_size(rng, 0.62, 1.2)
    ground_word, *words = pick(rng, FIELDS)
    words = [words[index] for index in rng.permutation(3)[: int(rng.integers(2, 4))]]
    ground = tint(rng, ground_word)
    picture = canvas.filled(height, width, ground)
    wash(picture, mix(ground, (0, 0, 0), 0.35), 0.3 + 0.3 * canvas.clouds(rng, height, width, 200))
    shares = rng.uniform(0.35, 1.2, len(words))
    margin = rng.uniform(0.05, 0.1)
    edges = margin + np.concatenate([[0], np.cumsum(shares / shares.sum())]) * (1 - 2 * margin)
    side = width * margin * rng.uniform(0.8, 1.5)
    brushed = brush.bristles(rng, height, width, 0.05, 15) * canvas.clouds(rng, height, width, 110)
    y, x = canvas.grid(height, width)
    for word, top, bottom in zip(words, edges[:-1] * height, edges[1:] * height, strict=True):
        colour = tint(rng, word)
        inside = np.minimum(np.minimum(y - top, bottom - y), np.minimum(x - side, width - side - x))
        frayed = inside + 5 * canvas.clouds(rng, height, width, 34) - 12
        mask = np.clip(frayed / rng.uniform(10, 28) + 0.5, 0, 1)
        wash(picture, colour, mask * (0.85 + 0.2 * canvas.clouds(rng, height, width, 130)))
        wash(picture, mix(colour, (255, 255, 255), 0.2), 0.3 * mask * brushed)
    picture = canvas.shaded(picture, canvas.weave(rng, height, width))
    return picture, f"{' over '.join(words)} on {ground_word}".capitalize()


def discs(rng: Rng) -> tuple[Rgb, str]:
    """Overlapping targets in four quarters, each ring of a quarter in its own colour."""
    height, width = canvas.picture_size(rng, 0.66, 1.5)
    words = rng.permutation(list(canvas.COLOURS))[:7].tolist()
    picture = canvas.filled(height, width, tint(rng, words[0]))
    number, count = pick(rng, (("Four", 4), ("Five", 5), ("Six", 6), ("Seven", 7), ("Eight", 8), ("Nine", 9)))
    radii = np.sort(rng.uniform(0.12, 0.42, count))[::-1] * min(height, width)
    for radius in radii:
        x, y = rng.uniform(0.1, 0.9, 2) * (width, height)
        start = rng.uniform(0, 0.25)
        for size in np.linspace(radius, 0, int(rng.integers(4, 7)), endpoint=False):
            for quarter in np.arange(start, start + 0.99, 0.25):
                wedge = [(x, y), *brush.ellipse(x, y, size, size, 0, quarter, quarter + 0.25)]
                brush.polygon(picture, wedge, tint(rng, pick(rng, words)))
    picture = canvas.shaded(picture, canvas.weave(rng, height, width))
    return picture, f"{number} discs in quarters"
