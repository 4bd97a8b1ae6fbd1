"""Pictures of nothing but paint: colour fields, hard-edged geometry."""

import numpy as np

from artextract.sources.painters import brush, canvas
from artextract.sources.painters.canvas import Rng, mix, pick, wash

# Ground first, then the fields.
FIELDS: tuple[tuple[str, ...], ...] = (
    ("crimson", "orange", "yellow", "red"),
    ("grey", "white", "black", "cream"),
    ("turquoise", "blue", "green", "yellow"),
    ("rose", "cream", "crimson", "orange"),
    ("violet", "rose", "blue", "orange"),
    ("black", "crimson", "violet", "blue"),
)


def colour_field(rng: Rng) -> canvas.Painting:
    """Two or three soft-edged rectangles stacked on a ground, each scumbled and breathing."""
    height, width = canvas.picture_size(rng, 0.62, 1.2)
    ground_word, *words = pick(rng, FIELDS)
    words = [words[index] for index in rng.permutation(3)[: int(rng.integers(2, 4))]]
    ground = canvas.tint(rng, ground_word)
    picture = canvas.filled(height, width, ground)
    wash(picture, mix(ground, (0, 0, 0), 0.35), 0.3 + 0.3 * canvas.clouds(rng, height, width, 200))
    shares = rng.uniform(0.35, 1.2, len(words))
    margin = rng.uniform(0.05, 0.1)
    edges = margin + np.concatenate([[0], np.cumsum(shares / shares.sum())]) * (1 - 2 * margin)
    side = width * margin * rng.uniform(0.8, 1.5)
    brushed = brush.bristles(rng, height, width, 0.05, 15) * canvas.clouds(rng, height, width, 110)
    y, x = canvas.grid(height, width)
    for word, top, bottom in zip(words, edges[:-1] * height, edges[1:] * height, strict=True):
        colour = canvas.tint(rng, word)
        inside = np.minimum(np.minimum(y - top, bottom - y), np.minimum(x - side, width - side - x))
        frayed = inside + 5 * canvas.clouds(rng, height, width, 34) - 12
        mask = canvas.soft_step(frayed, rng.uniform(10, 28))
        wash(picture, colour, mask * (0.85 + 0.2 * canvas.clouds(rng, height, width, 130)))
        wash(picture, mix(colour, (255, 255, 255), 0.2), 0.3 * mask * brushed)
    title = f"{' over '.join(words)} on {ground_word}".capitalize()
    picture = canvas.shaded(picture, canvas.weave(rng, height, width))
    return picture, title


def geometric(rng: Rng) -> canvas.Painting:
    """Black bars on white, a few cells in primary colours."""
    height, width = canvas.picture_size(rng, 0.66, 1.5)
    picture = canvas.filled(height, width, canvas.tint(rng, "white"))
    columns, rows = _places(rng, width), _places(rng, height)
    cells = [(i, j) for i in range(len(columns) - 1) for j in range(len(rows) - 1)]
    count = int(rng.integers(2, 6))
    for number, cell in enumerate(rng.permutation(len(cells))[:count]):
        i, j = cells[cell]
        colour = canvas.tint(rng, ("red", "blue", "yellow")[number % 3])
        picture[rows[j] : rows[j + 1], columns[i] : columns[i + 1]] = colour
    half = round(max(height, width) * rng.uniform(0.004, 0.01))
    for x in columns[1:-1]:
        picture[:, x - half : x + half] = (20, 20, 24)
    for y in rows[1:-1]:
        picture[y - half : y + half] = (20, 20, 24)
    lines = canvas.counted(len(columns) + len(rows) - 4, "black line")
    title = f"Grid of {lines} with {canvas.counted(count, 'colour plane')}"
    picture = canvas.shaded(picture, canvas.weave(rng, height, width))
    return picture, title


def _places(rng: Rng, length: int) -> list[int]:
    """Places along a length, from 0 to its end, that part it unevenly."""
    shares = rng.uniform(0.12, 0.5, int(rng.integers(3, 7))).cumsum()
    return [0, *(shares / shares[-1] * length).astype(int).tolist()]


def discs(rng: Rng) -> canvas.Painting:
    """Overlapping targets cut into quarters, each ring of a quarter in its own colour."""
    height, width = canvas.picture_size(rng, 0.66, 1.5)
    words = rng.permutation(list(canvas.COLOURS))[:7].tolist()
    picture = canvas.filled(height, width, canvas.tint(rng, words[0]))
    radii = np.sort(rng.uniform(0.12, 0.42, int(rng.integers(4, 10))))[::-1] * min(height, width)
    for radius in radii:
        x, y = rng.uniform(0.1, 0.9, 2) * (width, height)
        start = rng.uniform(0, 0.25)
        for size in np.linspace(radius, 0, int(rng.integers(4, 7)), endpoint=False):
            for quarter in np.arange(start, 1, 0.25):
                wedge = [(x, y), *brush.ellipse(x, y, size, size, 0, quarter, quarter + 0.25)]
                brush.polygon(picture, wedge, canvas.tint(rng, pick(rng, words)))
    title = f"{canvas.counted(len(radii), 'disc').capitalize()} in quarters"
    picture = canvas.shaded(picture, canvas.weave(rng, height, width))
    return picture, title
