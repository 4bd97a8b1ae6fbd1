"""Cubist still lifes: a table of things seen in shifted facets, in ochre and grey."""

import math

import cv2
import numpy as np

from artextract.sources.painters.brush import (
    Points,
    ellipse_points,
    impasto,
    polygon,
    polyline,
    polylines,
    smooth_curve,
    strokes,
)
from artextract.sources.painters.canvas import (
    Colour,
    Painted,
    Plane,
    Rgb,
    Rng,
    clouds,
    filled,
    grid,
    mix,
    pick,
    picture_size,
    shaded,
    vary,
    vignette,
    wash,
    weave,
)

# Ground, light plane, warm plane, dark plane, accent.
PALETTES: tuple[tuple[Colour, ...], ...] = (
    ((150, 128, 92), (210, 194, 156), (168, 116, 60), (54, 46, 40), (96, 100, 92)),
    ((120, 118, 108), (200, 198, 184), (146, 124, 90), (40, 42, 46), (90, 104, 110)),
    ((112, 96, 72), (196, 180, 140), (130, 90, 50), (36, 32, 30), (74, 88, 70)),
    ((164, 150, 126), (226, 216, 190), (186, 130, 84), (62, 60, 66), (110, 130, 140)),
    ((96, 104, 100), (186, 186, 166), (150, 110, 66), (30, 36, 40), (140, 70, 50)),
    ((134, 108, 84), (222, 196, 150), (196, 130, 70), (50, 36, 34), (80, 110, 120)),
)
INK: Colour = (26, 22, 20)


def cubist(rng: Rng) -> Painted:
    """A guitar or violin with bottle, glass, pipe or newspaper, broken into facets."""
    height, width = picture_size(rng, 0.62, 1.35)
    palette = tuple(vary(rng, colour, 0.025) for colour in pick(rng, PALETTES))
    scene = filled(height, width, palette[0])
    things = _set_table(rng, scene, palette)
    lines = int(rng.integers(9, 14))
    picture, facets = _shatter(rng, scene, palette, lines)
    angle = np.asarray(0.25 + 0.9 * clouds(rng, height, width, 140, 2), np.float32)
    dabs = picture.copy()
    strokes(rng, dabs, picture, angle, height * width // 95, 7, 2.4, tone=10, tint=4)
    wash(picture, dabs, np.full((height, width), 0.5, np.float32))
    _contours(rng, picture, palette)
    oval = rng.random() < 0.2
    if oval:
        _fade_to_oval(picture, mix(palette[0], palette[1], 0.35))
    finished = impasto(rng, picture, angle, 0.09)
    finish = weave(rng, height, width, 0.03) * vignette(height, width, 0.25)
    title = f"{' and '.join([', '.join(things[:-1]), things[-1]])}".capitalize()
    title += ", in an oval" if oval else ""
    medium = f"Generated image: {facets} shifted facets, muted colours"
    return Painted(shaded(finished, finish), title, medium)


def _set_table(rng: Rng, scene: Rgb, palette: tuple[Colour, ...]) -> list[str]:
    """Draw the things flat on the table, still whole; returns what they are."""
    height, width = scene.shape[:2]
    unit = min(height, width)
    _, pale, warm, dark, accent = palette
    table = [
        (width * 0.08, height * 0.72),
        (width * 0.9, height * 0.6),
        (width * 0.98, height),
        (0, height),
    ]
    polygon(scene, table, mix(warm, dark, 0.25))
    polygon(scene, [(width * 0.1, 0), (width * 0.5, 0), (width * 0.34, height * 0.7),
        (0, height * 0.7)], mix(palette[0], dark, 0.4))  # fmt: skip
    extras = [
        ("a newspaper", _newspaper),
        ("a bottle", _bottle),
        ("a glass", _glass),
        ("a pipe", _pipe),
    ]
    chosen = [extras[index] for index in sorted(rng.permutation(4)[: int(rng.integers(1, 4))])]
    for place, (_, draw) in enumerate(chosen):
        x = width * (0.2 + 0.6 * (place + rng.uniform(0, 0.6)) / len(chosen))
        draw(rng, scene, np.array([x, height * rng.uniform(0.5, 0.75)]), unit, palette)
    middle = np.array([width * rng.uniform(0.4, 0.6), height * rng.uniform(0.45, 0.58)])
    body = mix(warm, pick(rng, (accent, pale, warm)), 0.3)
    instrument = pick(rng, ("guitar", "violin", "mandolin"))
    _instrument(rng, scene, middle, unit, (body, dark, pale), instrument)
    return [instrument, *(name for name, _ in chosen)]


def _placed(points: list[tuple[float, float]], at: Points, scale: float, turn: float) -> Points:
    """Points about the origin, scaled, turned and moved."""
    cosine, sine = math.cos(turn), math.sin(turn)
    return np.asarray(np.array(points) * scale @ np.array([(cosine, sine), (-sine, cosine)]) + at)


def _instrument(
    rng: Rng, scene: Rgb, at: Points, unit: float, colours: tuple[Colour, Colour, Colour], kind: str
) -> None:
    """A waisted body with sound hole, bridge, neck and strings."""
    body, dark, pale = colours
    scale, turn = unit * rng.uniform(0.29, 0.38), rng.uniform(-0.9, 0.9)
    waist = {"guitar": 0.44, "violin": 0.36, "mandolin": 0.72}[kind]
    half = [(0.42, -0.62), (0.52, -0.4), (waist, -0.05), (0.66, 0.35), (0.6, 0.72), (0.25, 0.92)]
    outline = [(0.0, -0.72), *half, (0.0, 0.95), *((-x, y) for x, y in reversed(half))]
    shape = smooth_curve(_placed(outline, at, scale, turn), 100, closed=True)
    polygon(scene, shape + (scale * 0.07, scale * 0.05), dark)
    polygon(scene, shape, body)
    right = smooth_curve(_placed([(0, -0.72), *half, (0, 0.95)], at, scale, turn), 60)
    polygon(scene, right, mix(body, dark, 0.35))
    polyline(scene, shape, INK, 3, closed=True)
    neck = [(-0.1, -1.75), (0.1, -1.75), (0.12, -0.4), (-0.12, -0.4)]
    polygon(scene, _placed(neck, at, scale, turn), mix(dark, body, 0.2))
    head = [(-0.16, -2.1), (0.16, -2.1), (0.12, -1.75), (-0.12, -1.75)]
    polygon(scene, _placed(head, at, scale, turn), mix(dark, pale, 0.3))
    hole = _placed([(0.0, 0.0)], at, scale, turn)[0]
    if kind == "violin":
        for side in (-1, 1):
            curl = [
                (side * 0.22, -0.1),
                (side * 0.34, 0.02),
                (side * 0.24, 0.2),
                (side * 0.36, 0.34),
            ]
            polyline(scene, smooth_curve(_placed(curl, at, scale, turn), 20), INK, scale * 0.05)
    else:
        polygon(scene, ellipse_points(hole[0], hole[1], scale * 0.2, scale * 0.2), INK)
        polyline(scene, ellipse_points(hole[0], hole[1], scale * 0.25, scale * 0.25), pale, 2)
    strings = [
        _placed([(x, -1.75), (x * 1.6, 0.55)], at, scale, turn) for x in (-0.06, -0.02, 0.02, 0.06)
    ]
    polylines(scene, strings, mix(pale, (255, 255, 240), 0.4), 1)
    bridge = _placed([(-0.22, 0.55), (0.22, 0.55)], at, scale, turn)
    polyline(scene, bridge, INK, scale * 0.06)


def _bottle(rng: Rng, scene: Rgb, at: Points, unit: float, palette: tuple[Colour, ...]) -> None:
    """A bottle with its label."""
    scale, turn = unit * rng.uniform(0.3, 0.4), rng.normal(0, 0.12)
    outline = [(-0.26, 0.6), (-0.26, -0.1), (-0.1, -0.45), (-0.1, -0.95), (0.1,
        -0.95), (0.1, -0.45), (0.26, -0.1), (0.26, 0.6)]  # fmt: skip
    shape = _placed(outline, at, scale, turn)
    glass = mix(palette[4], palette[3], 0.4)
    polygon(scene, shape, glass)
    polygon(scene, shape[:4], mix(glass, palette[1], 0.35))
    polygon(
        scene,
        _placed([(-0.24, 0.0), (0.24, 0.0), (0.24, 0.36), (-0.24, 0.36)], at, scale, turn),
        palette[1],
    )
    polyline(scene, shape, INK, 2.5, closed=True)


def _glass(rng: Rng, scene: Rgb, at: Points, unit: float, palette: tuple[Colour, ...]) -> None:
    """A stemmed glass, its rim seen from above."""
    scale, turn = unit * rng.uniform(0.16, 0.22), rng.normal(0, 0.15)
    bowl = [(-0.45, -0.8), (-0.34, 0.0), (-0.06, 0.25), (-0.06, 0.8), (-0.35, 0.95),
        (0.35, 0.95), (0.06, 0.8), (0.06, 0.25), (0.34, 0.0), (0.45, -0.8)]  # fmt: skip
    shape = _placed(bowl, at, scale, turn)
    polygon(scene, shape, mix(palette[1], palette[4], 0.3))
    polyline(scene, shape, INK, 2, closed=True)
    rim = _placed([(0, -0.8)], at, scale, turn)[0]
    ellipse = ellipse_points(rim[0], rim[1], scale * 0.45, scale * 0.2, turn)
    polygon(scene, ellipse, mix(palette[1], (255, 255, 250), 0.4))
    polyline(scene, ellipse, INK, 2)


def _pipe(rng: Rng, scene: Rgb, at: Points, unit: float, palette: tuple[Colour, ...]) -> None:
    """A clay pipe."""
    scale, turn = unit * rng.uniform(0.18, 0.26), rng.uniform(-0.5, 0.5)
    stem = smooth_curve(_placed([(-1, -0.15), (0, 0.05), (0.6, 0.3)], at, scale, turn), 20)
    polyline(scene, stem, palette[1], scale * 0.12)
    bowl = _placed([(0.5, -0.2), (0.95, -0.15), (0.9, 0.4), (0.55, 0.42)], at, scale, turn)
    polygon(scene, bowl, mix(palette[1], palette[2], 0.5))
    polyline(scene, bowl, INK, 2, closed=True)


def _newspaper(rng: Rng, scene: Rgb, at: Points, unit: float, palette: tuple[Colour, ...]) -> None:
    """A folded sheet with bars for headlines and lines for columns."""
    scale, turn = unit * rng.uniform(0.26, 0.36), rng.uniform(-0.5, 0.5)
    sheet = [(-0.7, -0.5), (0.7, -0.5), (0.7, 0.6), (-0.7, 0.6)]
    polygon(scene, _placed(sheet, at, scale, turn), mix(palette[1], (250, 244, 226), 0.4))
    for x in np.arange(-0.6, 0.5, 0.17):
        bar = [(x, -0.42), (x + 0.11, -0.42), (x + rng.uniform(0.04, 0.11), -0.26), (x, -0.26)]
        polygon(scene, _placed(bar, at, scale, turn), INK)
    rows = [_placed([(left, y), (left + 0.4, y)], at, scale, turn)
        for y in np.arange(-0.12, 0.55, 0.07) for left in (-0.62, -0.15, 0.3)]  # fmt: skip
    polylines(scene, rows, mix(INK, palette[1], 0.45), 1)


def _shatter(rng: Rng, scene: Rgb, palette: tuple[Colour, ...], count: int) -> tuple[Rgb, int]:
    """Cut the scene by straight lines; shift each facet's view, and shade it from one edge."""
    height, width = scene.shape[:2]
    y, x = grid(height, width)
    facet = np.zeros((height, width), np.int32)
    shade = np.zeros((height, width), np.float32)
    for number in range(count):
        turn = pick(rng, (0.45, -0.5, 1.35, 1.75, -1.1)) + rng.normal(0, 0.16)
        through = rng.normal(0.5, 0.19, 2) * (width, height)
        distance = (x - np.float32(through[0])) * np.float32(-math.sin(turn)) + (
            y - np.float32(through[1])
        ) * np.float32(math.cos(turn))
        side = distance > 0
        falloff = np.clip(1 - np.abs(distance) / np.float32(rng.uniform(40, 110)), 0, 1)
        along = (facet * 7 + number) % 3 > 0
        shade += np.where(side, 0.55, -0.4).astype(np.float32) * falloff * along
        facet += side.astype(np.int32) << number
    facets = np.flatnonzero(np.bincount(facet.ravel()))
    place = np.zeros(1 << count, np.int64)
    place[facets] = np.arange(len(facets))
    index = place[facet]
    reach = min(height, width) * 0.035
    shift = rng.normal(0, reach, (len(facets), 2)).astype(np.float32)
    zoom = rng.uniform(0.9, 1.14, len(facets)).astype(np.float32)[index]
    moved_x = (x - width / 2) * zoom + width / 2 + shift[index, 0]
    moved_y = (y - height / 2) * zoom + height / 2 + shift[index, 1]
    picture = cv2.remap(scene, moved_x.astype(np.float32),
        moved_y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)  # fmt: skip
    tinted = np.array([mix(pick(rng, palette), pick(rng, palette[:3]),
        rng.uniform(0, 1)) for _ in facets], np.uint8)[index]  # fmt: skip
    broken = np.asarray(picture, np.uint8)
    whole = (rng.random(len(facets)) < 0.3).astype(np.float32) * np.float32(0.6)
    wash(broken, scene, whole[index])
    wash(broken, tinted, rng.uniform(0.0, 0.42, len(facets)).astype(np.float32)[index])
    wash(broken, mix(palette[3], (0, 0, 0), 0.3), np.clip(-shade, 0, 0.6))
    wash(broken, mix(palette[1], (255, 250, 232), 0.5), np.clip(shade, 0, 0.5))
    _facet_edges(broken, index)
    return broken, len(facets)


def _facet_edges(picture: Rgb, index: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> None:
    """Thin dark lines where one facet meets another."""
    edge: Plane = np.zeros(index.shape, np.float32)
    edge[1:] += index[1:] != index[:-1]
    edge[:, 1:] += index[:, 1:] != index[:, :-1]
    soft = np.asarray(cv2.GaussianBlur(np.minimum(edge, 1), (0, 0), 0.9), np.float32)
    wash(picture, INK, soft * np.float32(0.85))


def _contours(rng: Rng, picture: Rgb, palette: tuple[Colour, ...]) -> None:
    """Loose ends of drawing over the facets: arcs, straight lines, scroll shapes, hatching."""
    height, width = picture.shape[:2]
    unit = min(height, width)
    for _ in range(int(rng.integers(5, 11))):
        x, y = rng.normal(0.5, 0.2, 2) * (width, height)
        turn, size = rng.uniform(0, 1), unit * rng.uniform(0.04, 0.16)
        arc = ellipse_points(
            x, y, size, size * rng.uniform(0.6, 1), 0, turn, turn + rng.uniform(0.25, 0.5)
        )
        polyline(picture, arc, INK, rng.uniform(1, 3.4))
    for _ in range(int(rng.integers(6, 12))):
        start = rng.normal(0.5, 0.24, 2) * (width, height)
        turn = pick(rng, (0.45, -0.5, 1.35, 1.75)) + rng.normal(0, 0.15)
        end = start + np.array([math.cos(turn), math.sin(turn)]) * unit * rng.uniform(0.1, 0.45)
        polyline(picture, [start, end], INK, rng.uniform(1, 3))
    for _ in range(4):
        x, y = rng.normal(0.5, 0.22, 2) * (width, height)
        gap = unit * 0.014
        hatch = [[(x + k * gap, y), (x + k * gap + gap * 2, y + unit * 0.07)] for k in range(9)]
        polylines(picture, hatch, pick(rng, (INK, palette[1])), 1.4)


def _fade_to_oval(picture: Rgb, ground: Colour) -> None:
    """Leave the corners bare, as the cubists' oval canvases do."""
    height, width = picture.shape[:2]
    y, x = grid(height, width)
    radius = ((x / width - 0.5) / 0.49) ** 2 + ((y / height - 0.5) / 0.49) ** 2
    wash(picture, ground, np.clip((radius - 1) * 60, 0, 1))
