"""Pictures of nothing but paint: colour fields and gestures."""

import math

import numpy as np

from artextract.sources.painters.brush import (
    Points,
    bristles,
    disc,
    dots,
    impasto,
    normals,
    polygon,
    polylines,
    ribbon,
    smooth_curve,
)
from artextract.sources.painters.canvas import (
    Colour,
    Painted,
    Plane,
    Rgb,
    Rng,
    clouds,
    colour_word,
    filled,
    grid,
    mix,
    pick,
    picture_size,
    shaded,
    soft_step,
    vary,
    vignette,
    wash,
    weave,
)

# Ground first, then the fields: each row is one mood, and every painting varies it.
FIELD_PALETTES: tuple[tuple[Colour, ...], ...] = (
    ((120, 22, 20), (214, 70, 28), (236, 150, 36), (150, 16, 30)),
    ((28, 24, 46), (36, 52, 112), (70, 34, 84), (20, 18, 30)),
    ((224, 160, 40), (240, 196, 60), (226, 92, 38), (246, 226, 150)),
    ((66, 24, 28), (24, 14, 18), (120, 30, 36), (52, 18, 34)),
    ((196, 186, 160), (232, 222, 196), (160, 150, 140), (70, 66, 70)),
    ((22, 60, 66), (36, 110, 98), (18, 40, 70), (150, 178, 120)),
    ((206, 96, 110), (240, 170, 150), (170, 40, 70), (248, 214, 180)),
    ((54, 76, 36), (110, 136, 50), (24, 48, 36), (214, 190, 70)),
    ((86, 58, 110), (166, 92, 150), (44, 40, 92), (226, 130, 90)),
    ((190, 60, 24), (40, 60, 110), (230, 120, 40), (90, 24, 30)),
)


def colour_field(rng: Rng) -> Painted:
    """Two to four soft-edged rectangles stacked on a ground, each scumbled and breathing."""
    height, width = picture_size(rng, 0.62, 1.2)
    ground, *fields = (vary(rng, colour, 0.05) for colour in pick(rng, FIELD_PALETTES))
    rng.shuffle(fields)
    fields = [*fields, vary(rng, ground, 0.16)][: int(rng.integers(2, 5))]
    picture = filled(height, width, ground)
    wash(picture, mix(ground, (0, 0, 0), 0.35), 0.5 * soft_step(clouds(rng, height, width, 200), 2))
    shares = rng.uniform(0.35, 1.2, len(fields))
    edges = np.concatenate([[0], np.cumsum(shares / shares.sum())])
    margin = rng.uniform(0.05, 0.1)
    brushed = _brushed(rng, height, width)
    for colour, top, bottom in zip(fields, edges[:-1], edges[1:], strict=True):
        upper = (margin + top * (1 - 2 * margin)) * height + rng.uniform(3, 9)
        lower = (margin + bottom * (1 - 2 * margin)) * height - rng.uniform(3, 9)
        side = width * margin * rng.uniform(0.8, 1.5)
        mask = _soft_rectangle(rng, height, width, (upper, lower, side, width - side))
        wash(picture, mix(colour, ground, 0.25), 0.45 * mask)
        scumble = 0.8 + 0.2 * clouds(rng, height, width, 130, 3)
        wash(picture, colour, np.clip(mask * scumble, 0, 1))
        wash(picture, mix(colour, (255, 255, 255), 0.2), 0.25 * mask * brushed)
    words = list(dict.fromkeys(colour_word(colour) for colour in fields))
    title = " over ".join(words[:2]).capitalize() if len(words) > 1 else f"Field of {words[0]}"
    title += f" on {colour_word(ground)}" if colour_word(ground) not in words else ""
    finish = weave(rng, height, width, 0.035) * vignette(height, width, 0.12)
    medium = f"Generated image: {len(fields)} soft-edged fields of colour"
    return Painted(shaded(picture, finish), title, medium)


def _soft_rectangle(
    rng: Rng, height: int, width: int, box: tuple[float, float, float, float]
) -> Plane:
    """Mask of a rectangle (top, bottom, left, right) with frayed, feathered edges."""
    y, x = grid(height, width)
    top, bottom, left, right = box
    inside = np.minimum(
        np.minimum(y - top, bottom - y),
        np.minimum(x - left, right - x),
    )
    frayed = inside + 5 * clouds(rng, height, width, 34, 3)
    return soft_step(frayed - 5, float(rng.uniform(10, 30)))


def _brushed(rng: Rng, height: int, width: int) -> Plane:
    """Mask of a wide, mostly level brush: streaks with patches between, 0..1."""
    angle = pick(rng, (0.0, 0.1, math.pi / 2))
    streaks = bristles(rng, height, width, angle, 15) * clouds(rng, height, width, 110)
    return np.asarray(np.clip(streaks, 0, 1), np.float32)


GESTURE_PALETTES: tuple[tuple[Colour, tuple[Colour, ...]], ...] = (
    ((214, 200, 172), ((24, 22, 22), (236, 232, 222), (92, 96, 100), (128, 84, 52))),
    ((236, 230, 216), ((16, 16, 18), (30, 26, 26))),
    ((240, 236, 226), ((24, 40, 110), (220, 60, 40), (244, 190, 40), (20, 20, 24))),
    ((26, 26, 30), ((236, 230, 214), (212, 168, 60), (170, 40, 34))),
    ((190, 170, 120), ((40, 70, 60), (226, 214, 150), (206, 90, 70), (20, 26, 24))),
    ((118, 150, 170), ((20, 30, 60), (240, 240, 236), (230, 150, 60), (160, 30, 50))),
    ((232, 200, 190), ((190, 50, 80), (250, 240, 220), (60, 90, 70), (250, 190, 60))),
    ((160, 34, 30), ((20, 14, 14), (240, 220, 190), (230, 130, 40))),
)


def gesture(rng: Rng) -> Painted:
    """Poured skeins, or sweeping bars, or both, with drips and splatter over a stained ground."""
    height, width = picture_size(rng, 0.6, 2.2)
    ground, colours = pick(rng, GESTURE_PALETTES)
    colours = tuple(vary(rng, colour, 0.03) for colour in colours)
    ground = vary(rng, ground, 0.03)
    picture = filled(height, width, ground)
    for _ in range(3):
        stain = vary(rng, mix(ground, pick(rng, colours), 0.35), 0.04)
        wash(picture, stain, 0.6 * soft_step(clouds(rng, height, width, 170, 4) - 0.45, 0.5))
    mode = pick(rng, ("poured", "swept", "both"))
    sweeps = 0 if mode == "poured" else int(rng.integers(4, 10))
    pours = 0 if mode == "swept" else int(rng.integers(16, 44))
    for _ in range(sweeps):
        _sweep(rng, picture, pick(rng, colours))
    for _ in range(pours):
        _pour(rng, picture, pick(rng, colours))
    for colour in colours:
        _splatter(rng, picture, colour, int(rng.integers(60, 260)))
    finished = impasto(rng, picture, 0.6, 0.1)
    words = " and ".join(dict.fromkeys(colour_word(colour) for colour in colours[:2]))
    names = {
        "poured": f"Skeins of {words}",
        "swept": f"{sweeps} sweeps, {words}",
        "both": f"Storm in {words}",
    }
    number = int(rng.integers(2, 60))
    medium = f"Generated image: {sweeps} sweeping strokes and {pours} poured lines"
    return Painted(finished, f"{names[mode]} (No. {number})", medium)


def _sweep(rng: Rng, picture: Rgb, colour: Colour) -> None:
    """One gesture of a loaded housepainter's brush that runs dry, with drips below it."""
    height, width = picture.shape[:2]
    reach = min(height, width)
    start = rng.uniform((0.05, 0.05), (0.95, 0.95)) * (width, height)
    turn = rng.uniform(0, 2 * math.pi)
    bend = rng.normal(0, 1.3)
    steps = np.linspace(0, 1, 4)[:, None]
    heading = turn + bend * steps
    length = rng.uniform(0.5, 1.2) * reach
    path = start + np.concatenate([np.cos(heading), np.sin(heading)], axis=1) * steps * length
    line = smooth_curve(path + (np.array([width, height]) / 2 - path.mean(0)) * 0.4, 60)
    breadth = rng.uniform(0.05, 0.2) * reach
    body = line[: int(rng.integers(36, 52))]
    swell = np.interp(np.linspace(0, 1, len(body)), (0, 0.1, 0.75, 1), (0.6, 1, 0.85, 0.5))
    polygon(picture, ribbon(body, breadth * swell * 0.8), colour)
    _hairs(rng, picture, line, breadth, colour)
    for _ in range(int(rng.integers(0, 6))):
        _drip(
            rng, picture, line[int(rng.integers(5, 35))], colour, height * rng.uniform(0.05, 0.35)
        )


def _hairs(rng: Rng, picture: Rgb, line: Points, breadth: float, colour: Colour) -> None:
    """The separate hairs of the brush along its path: tones of its colour, ending unevenly."""
    across = normals(line)
    tones = [vary(rng, colour, 0.05) for _ in range(5)]
    for tone in tones:
        hairs = []
        for offset in rng.uniform(-0.5, 0.5, max(6, int(breadth / 4))):
            first, last = int(rng.integers(0, 8)), int(rng.integers(34, len(line) + 1))
            hairs.append((line + across * offset * breadth)[first:last])
        polylines(picture, hairs, tone, rng.uniform(1, 2.6))


def _drip(rng: Rng, picture: Rgb, start: Points, colour: Colour, length: float) -> None:
    """Paint that runs straight down and gathers in a drop."""
    width = rng.uniform(1.5, 4)
    end = start + (rng.normal(0, 2), length)
    polygon(picture, ribbon(np.linspace(start, end, 8), np.linspace(width, width * 0.7, 8)), colour)
    disc(picture, end[0], end[1], width * 0.8, colour)


def _pour(rng: Rng, picture: Rgb, colour: Colour) -> None:
    """A looping thread of poured paint, thick where the hand was slow."""
    height, width = picture.shape[:2]
    steps = int(rng.integers(14, 34))
    turns = np.cumsum(rng.normal(0, 0.9, steps)) + rng.uniform(0, 2 * math.pi)
    stride = min(height, width) * rng.uniform(0.05, 0.13)
    walk = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1) * stride, axis=0)
    centre = rng.uniform((0.15, 0.15), (0.85, 0.85)) * (width, height)
    line = smooth_curve(walk - walk.mean(0) + centre, steps * 7)
    speed = np.repeat(rng.uniform(0.5, 1, steps), 7)[: len(line)]
    speed = np.convolve(np.pad(speed, 6, mode="edge"), np.full(13, 1 / 13), "valid")
    thickest = float(rng.lognormal(1.2, 0.5))
    polygons = ribbon(line, 1 + thickest * (speed - 0.5) * 2)
    polylines(picture, [line], colour, max(1.0, thickest * 0.35))
    for first in range(0, len(line) - 1, 6):
        last = min(first + 7, len(line))
        left, right = polygons[first:last], polygons[::-1][first:last]
        polygon(picture, np.concatenate([left, right[::-1]]), colour)


def _splatter(rng: Rng, picture: Rgb, colour: Colour, count: int) -> None:
    """Drops flung in a few bursts: many tiny, few large."""
    height, width = picture.shape[:2]
    bursts = rng.uniform((0, 0), (width, height), (4, 2))
    spread = rng.uniform(0.1, 0.35) * max(height, width)
    centres = bursts[rng.integers(0, 4, count)] + rng.normal(0, spread, (count, 2))
    radii = np.minimum(rng.lognormal(0.2, 0.75, count), 11)
    dots(picture, centres, radii, np.repeat(np.array([colour], np.uint8), count, axis=0))
