"""Ink scrolls: mountains that rise from mist, pines, a pavilion, a boat, red seals."""

import math

import numpy as np

from artextract.sources.painters.brush import (
    Points,
    disc,
    ellipse_points,
    polygon,
    polyline,
    polylines,
    ribbon,
    smooth_curve,
)
from artextract.sources.painters.canvas import (
    Colour,
    Painted,
    Rgb,
    Rng,
    clouds,
    filled,
    grid,
    laid_paper,
    mix,
    pick,
    picture_size,
    shaded,
    soft_step,
    vary,
    vignette,
    wash,
)
from artextract.sources.painters.scenery import NUMBER_WORDS

# Paper, ink, and a tint that some scrolls have.
SCROLLS: tuple[tuple[str, Colour, Colour, Colour], ...] = (
    ("rain", (222, 212, 186), (38, 38, 40), (120, 124, 122)),
    ("clear autumn", (230, 214, 176), (46, 38, 32), (182, 112, 60)),
    ("spring", (228, 222, 198), (40, 46, 48), (98, 138, 120)),
    ("snow", (196, 194, 184), (40, 44, 52), (236, 236, 232)),
    ("evening", (206, 184, 146), (44, 36, 36), (110, 96, 120)),
    ("mist", (232, 228, 216), (60, 64, 68), (160, 168, 172)),
    ("blue and green", (208, 182, 128), (34, 44, 46), (46, 108, 110)),
)


def ink_scroll(rng: Rng) -> Painted:
    """Ranges of peaks one behind another in graded ink, mostly on tall scrolls."""
    tall = rng.random() < 0.7
    height, width = picture_size(rng, *((0.48, 0.62) if tall else (1.5, 2.2)))
    weather, paper, ink, tint = pick(rng, SCROLLS)
    paper = vary(rng, paper, 0.02)
    picture = filled(height, width, paper)
    moon = rng.random() < 0.35
    if moon:
        _moon(rng, picture, paper)
    ranges = int(rng.integers(3, 7))
    peaks = np.linspace(0.3 if tall else 0.4, 0.86, ranges) + rng.normal(0, 0.03, ranges)
    pavilion, boat = rng.random() < 0.5, rng.random() < 0.6
    for number, level in enumerate(peaks):
        near = (number + 1) / ranges
        tone = mix(paper, mix(ink, tint, 0.45 * (1 - near) + 0.15), 0.25 + 0.6 * near)
        skyline = _range(rng, picture, level * height, near, tone)
        _mist(rng, picture, level * height, paper)
        if pavilion and number == ranges - 2:
            _pavilion(picture, skyline[int(rng.integers(40, 140))], ink, paper)
    if boat:
        water = height * rng.uniform(0.84, 0.9)
        _mist(rng, picture, water - height * 0.09, paper)
        _boat(rng, picture, water, ink, paper)
    pines = int(rng.integers(1, 6))
    _bank(rng, picture, ink, paper, pines)
    _birds(rng, picture, ink)
    _inscription(rng, picture, ink)
    title = f"{NUMBER_WORDS[ranges]} ranges in {weather}"
    seen = [f"{NUMBER_WORDS[pines].lower()} pine{'s' if pines > 1 else ''}"]
    seen += ["a boat"] * boat + ["a pavilion"] * pavilion + ["a moon"] * moon
    title += f", with {', '.join(seen)}"
    finish = laid_paper(rng, height, width, 0.035) * vignette(height, width, 0.2)
    return Painted(
        shaded(picture, finish), title, "Generated image: graded ink washes on paper texture"
    )


def _moon(rng: Rng, picture: Rgb, paper: Colour) -> None:
    """A pale moon left free in a grey sky."""
    height, width = picture.shape[:2]
    y, _ = grid(height, width)
    wash(picture, mix(paper, (70, 76, 84), 0.5), np.clip(0.7 - y / height * 1.6, 0, 1))
    size = min(height, width) * rng.uniform(0.06, 0.1)
    disc(
        picture,
        width * rng.uniform(0.25, 0.75),
        height * rng.uniform(0.12, 0.2),
        size,
        mix(paper, (255, 252, 240), 0.6),
    )


def _range(rng: Rng, picture: Rgb, level: float, near: float, tone: Colour) -> Points:
    """One range: steep peaks, ink fading downwards, wrinkles in the rock; returns its skyline."""
    height, width = picture.shape[:2]
    x = np.linspace(-10, width + 10, 180)
    line = np.full(180, level)
    for _ in range(int(rng.integers(2, 6))):
        middle, spread = rng.uniform(0, width), width * rng.uniform(0.05, 0.16)
        tall = height * rng.uniform(0.06, 0.24) * (1.15 - 0.6 * near)
        line -= tall * np.exp(-(np.abs((x - middle) / spread) ** rng.uniform(1.1, 2.2)))
    rough = clouds(rng, 2, 180, 14, 4)[0] * height * 0.01
    skyline = np.stack([x, line + rough], axis=1)
    wet = np.interp(np.arange(width), x, skyline[:, 1]).astype(np.float32)
    y, _ = grid(height, width)
    depth = y - wet[None, :]
    reach = height * rng.uniform(0.16, 0.3)
    fade = np.clip(1 - depth / np.float32(reach), 0, 1) ** 1.5
    pooled = 0.72 + 0.3 * clouds(rng, height, width, 46, 4, stretch=0.6)
    wash(picture, tone, soft_step(depth, 2) * fade * np.clip(pooled, 0, 1))
    wrinkles = []
    for index in rng.integers(5, 175, int(60 + 90 * near)):
        start = skyline[index] + (0, rng.uniform(0, reach * 0.45))
        lean = np.sign(skyline[min(index + 3, 179), 1] - skyline[index - 3, 1]) * rng.uniform(
            0.1, 0.8
        )
        length = height * rng.uniform(0.012, 0.045)
        middle = start + (lean * length * 0.5 + rng.normal(0, 2), length * 0.5)
        wrinkles.append(np.array([start, middle, start + (lean * length, length)]))
    polylines(picture, wrinkles, mix(tone, (20, 20, 22), 0.35 * near), 1)
    for first in range(0, 170, 6):
        weight = rng.uniform(0.6, 2.6) * (0.6 + near)
        polyline(picture, skyline[first : first + 8], mix(tone, (16, 16, 18), 0.4 * near), weight)
    for index in rng.integers(0, 180, int(50 * near)):
        dot_x, dot_y = skyline[index] + rng.normal(0, 1, 2) * (3, 2)
        disc(
            picture, dot_x, dot_y, rng.uniform(0.8, 2.8) * near + 0.4, mix(tone, (16, 16, 18), 0.4)
        )
    return skyline


def _mist(rng: Rng, picture: Rgb, level: float, paper: Colour) -> None:
    """A bank of mist that hides the foot of a range."""
    height, width = picture.shape[:2]
    y, _ = grid(height, width)
    band = np.exp(-(((y - np.float32(level + height * 0.12)) / np.float32(height * 0.07)) ** 2))
    wash(
        picture,
        paper,
        band * np.clip(0.75 + 0.5 * clouds(rng, height, width, 150, 3, stretch=3), 0, 1),
    )


def _bank(rng: Rng, picture: Rgb, ink: Colour, paper: Colour, pines: int) -> None:
    """Rocks in one lower corner, with the pines that grow on them."""
    height, width = picture.shape[:2]
    side = pick(rng, (0, 1))
    reach = width * rng.uniform(0.5, 0.8)
    x = np.linspace(0, reach, 40)
    y = height * (0.86 + 0.14 * (x / reach) ** 1.5) + clouds(rng, 2, 40, 8, 3)[0] * height * 0.012
    skyline = np.stack([width - x if side else x, y], axis=1)
    rock = np.concatenate([skyline, [(skyline[-1, 0], height + 9), (skyline[0, 0], height + 9)]])
    polygon(picture, rock, mix(ink, paper, 0.42))
    for _ in range(70):
        start = skyline[int(rng.integers(0, 36))] + (0, rng.uniform(0, height * 0.06))
        end = start + rng.normal(0, 1, 2) * (9, 4) + (0, 8)
        polyline(picture, [start, end], mix(ink, paper, rng.uniform(0, 0.35)), rng.uniform(1, 3.5))
    for index in rng.integers(2, 26, pines):
        _pine(rng, picture, skyline[index] + (0, 4), height * rng.uniform(0.14, 0.27), ink)


def _pine(rng: Rng, picture: Rgb, foot: Points, tall: float, ink: Colour) -> None:
    """A crooked pine: bent trunk, level boughs, fans of needles."""
    bends = rng.normal(0, 0.09, 4).cumsum() * tall
    knots = [
        foot + (bend, -tall * share) for bend, share in zip(bends, (0, 0.35, 0.7, 1), strict=True)
    ]
    trunk = smooth_curve(knots, 24)
    polygon(picture, ribbon(trunk, np.linspace(tall * 0.06, tall * 0.015, 24)), ink)
    for index in range(9, 24, 2):
        side = pick(rng, (-1, 1))
        length = tall * rng.uniform(0.14, 0.34) * (1.25 - index / 26)
        end = trunk[index] + (side * length, rng.normal(0, 0.04) * tall)
        polyline(picture, [trunk[index], end], ink, max(1.0, tall * 0.014))
        for share in (0.45, 0.75, 1.0):
            root = trunk[index] * (1 - share) + end * share
            fan = tall * rng.uniform(0.045, 0.075)
            turns = np.linspace(math.pi * 1.02, math.pi * 1.98, 11)
            tips = root + np.stack([np.cos(turns), np.sin(turns) * 0.8], axis=1) * fan
            needles = [np.array([root, tip]) for tip in tips]
            polylines(picture, needles, vary(rng, mix(ink, (60, 84, 70), 0.25), 0.02), 1)


def _boat(rng: Rng, picture: Rgb, y: float, ink: Colour, paper: Colour) -> None:
    """A fisherman's boat on empty water, with a few ripples."""
    height, width = picture.shape[:2]
    x, long = width * rng.uniform(0.35, 0.75), min(height, width) * rng.uniform(0.08, 0.13)
    hull = [
        (x - long, y - long * 0.16),
        (x - long * 0.6, y),
        (x + long * 0.6, y),
        (x + long, y - long * 0.2),
    ]
    polygon(picture, smooth_curve(hull, 24), ink)
    roof = ellipse_points(x, y - long * 0.05, long * 0.36, long * 0.34, 0, 0.5, 1.0)
    polygon(picture, roof, mix(ink, paper, 0.4))
    disc(picture, x + long * 0.58, y - long * 0.34, long * 0.08, ink)
    polyline(
        picture, [(x + long * 0.58, y - long * 0.3), (x + long * 0.6, y - long * 0.05)], ink, 3
    )
    polyline(
        picture, [(x + long * 0.5, y - long * 0.5), (x + long * 1.25, y + long * 0.12)], ink, 1
    )
    for _ in range(9):
        left, drop = x + rng.normal(0, long), rng.uniform(2, long * 0.7)
        ripple = [(left, y + drop), (left + long * rng.uniform(0.2, 0.6), y + drop)]
        polyline(picture, ripple, mix(ink, paper, 0.6), 1)


def _pavilion(picture: Rgb, foot: Points, ink: Colour, paper: Colour) -> None:
    """An open hut with a swept roof, on a ridge half way up."""
    x, y = foot
    size = min(picture.shape[:2]) * 0.06
    polygon(picture, [(x - size * 0.7, y), (x + size * 0.7, y), (x + size * 0.7,
        y - size * 0.7), (x - size * 0.7, y - size * 0.7)],
        mix(paper, (255, 250, 236), 0.4))  # fmt: skip
    for post in (-0.65, -0.2, 0.2, 0.65):
        polyline(picture, [(x + post * size, y), (x + post * size, y - size * 0.8)], ink, 2)
    roof = [(-1.25, -0.62), (-0.7, -0.85), (-0.3, -1.35), (0.3, -1.35), (0.7, -0.85), (1.25, -0.62)]
    polygon(picture, smooth_curve(np.array(roof) * size + (x, y), 30), mix(ink, (90, 60, 50), 0.3))
    polyline(picture, [(x - size, y), (x + size, y)], ink, 3)


def _birds(rng: Rng, picture: Rgb, ink: Colour) -> None:
    """A skein of birds far away."""
    height, width = picture.shape[:2]
    middle = np.array([width * rng.uniform(0.3, 0.7), height * rng.uniform(0.18, 0.35)])
    for _ in range(int(rng.integers(0, 8))):
        x, y = middle + rng.normal(0, 1, 2) * (width * 0.07, height * 0.015)
        wing = width * 0.012
        polyline(picture, [(x - wing, y - wing * 0.5), (x, y), (x + wing, y - wing * 0.6)], ink, 1)


def _inscription(rng: Rng, picture: Rgb, ink: Colour) -> None:
    """Columns of brushed marks that mean nothing, and one or two red seals."""
    height, width = picture.shape[:2]
    unit = min(height, width) * 0.035
    left = width * (0.07 if rng.random() < 0.5 else 0.84)
    rows = int(rng.integers(4, 9))
    for column in range(int(rng.integers(1, 4))):
        for row in range(rows):
            x, y = left + column * unit * 1.2, height * 0.05 + row * unit * 1.25
            for _ in range(5):
                start = np.array([x, y]) + rng.uniform(-0.4, 0.4, 2) * unit
                end = start + (rng.normal(0, 0.35) * unit, rng.uniform(0, 0.4) * unit)
                polyline(picture, [start, end], ink, rng.uniform(1, 2.2))
    for number in range(int(rng.integers(1, 3))):
        top = height * 0.05 + (rows + 0.4 + number * 1.5) * unit * 1.25
        corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]) * unit * 1.2
        polygon(picture, corners + (left, top), (178, 46, 36))
        for offset in (-0.22, 0.18):
            bar = [
                (left + offset * unit, top - unit * 0.35),
                (left + offset * unit, top + unit * 0.35),
            ]
            polyline(picture, bar, (236, 210, 180), 1.5)
