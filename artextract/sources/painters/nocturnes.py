"""Night scenes: turning skies over lit villages, the moon on a lake."""

import math

import numpy as np

from artextract.sources.painters import brush, canvas, scenery
from artextract.sources.painters.canvas import Colour, Rgb, Rng, mix, pick, vary, wash
from artextract.sources.painters.seascapes import light_path

# Zenith, horizon, what glows in the sky, what is nearly black.
NIGHTS: tuple[tuple[str, Colour, Colour, Colour, Colour], ...] = (
    ("blue night", (16, 26, 78), (70, 112, 170), (252, 226, 120), (14, 18, 34)),
    ("green night", (10, 38, 48), (70, 130, 116), (246, 236, 170), (8, 20, 24)),
    ("violet night", (34, 20, 70), (130, 90, 150), (252, 214, 150), (18, 12, 30)),
    ("black night", (8, 10, 22), (42, 52, 78), (250, 240, 206), (6, 6, 12)),
    ("last light", (20, 30, 70), (190, 110, 80), (255, 236, 170), (20, 14, 26)),
)


def nocturne(rng: Rng) -> canvas.Painting:
    """A night with moon and stars over a village, or a lake that mirrors them."""
    height, width = canvas.picture_size(rng, 0.75, 2.0)
    name, zenith, low, light, dark = pick(rng, NIGHTS)
    lake = rng.random() < 0.4
    horizon = height * (rng.uniform(0.45, 0.58) if lake else rng.uniform(0.64, 0.78))
    scene = canvas.ramp(height, width, ((0, zenith), (horizon / height, low), (1, dark)))
    angle, turning = _flow(rng, height, width, horizon)
    bands = np.sin(turning * 26 + 2 * canvas.clouds(rng, height, width, 120, 2))
    wash(scene, mix(low, light, 0.3), bands * 0.4)
    wash(scene, mix(zenith, dark, 0.4), -bands * 0.5)
    x, y = width * rng.uniform(0.15, 0.85), horizon * rng.uniform(0.25, 0.5)
    canvas.glow(scene, x, y, min(height, width) * 0.09, light, 0.7)
    for near in (0.0, 1.0):
        hill = mix(low, dark, 0.55 + 0.3 * near)
        level = horizon - height * 0.06 * (1 - near)
        scenery.land(rng, scene, level, height * 0.03, int(rng.integers(3, 7)), hill)
    if lake:
        scenery.still_water(rng, scene, horizon, zenith, 0.35)
    rows, _ = canvas.grid(height, width)
    angle = np.where(rows > horizon, 0.0, angle)
    picture = brush.in_strokes(rng, scene, angle, 18, 4.5)
    stars, size = int(rng.integers(6, 20)), min(height, width) * rng.uniform(0.03, 0.055)
    for _ in range(stars):
        spot = width * rng.uniform(0.02, 0.98), horizon * rng.uniform(0.03, 0.8)
        _star(rng, picture, *spot, min(height, width) * rng.lognormal(-5.1, 0.4), light)
    _star(rng, picture, x, y, size, light)
    moon = pick(rng, ("full moon", "crescent"))
    if moon == "crescent":
        shadow = mix(light, mix(zenith, low, 0.4), 0.7)
        brush.disc(picture, x + size * 0.42, y - size * 0.12, size * 0.8, shadow)
    if lake:
        light_path(rng, picture, x, horizon, size * 0.7, light)
    else:
        _village(rng, picture, horizon, dark, low)
    title = f"{name} with a {moon} over a {'lake' if lake else 'village'}".capitalize()
    return brush.impasto(rng, picture, angle, 0.14), title


def _flow(rng: Rng, height: int, width: int, horizon: float) -> tuple[canvas.Plane, canvas.Plane]:
    """Directions (radians) of a sky with a few whirls, and a plane whose contours follow them."""
    y, x = canvas.grid(height, width)
    stream = 1.2 * y / height + 0.1 * canvas.clouds(rng, height, width, 260, 2)
    for _ in range(int(rng.integers(2, 6))):
        centre_x, centre_y = width * rng.uniform(0.05, 0.95), horizon * rng.uniform(0.15, 0.8)
        radius = min(height, width) * rng.uniform(0.08, 0.22)
        whirl = rng.choice([-1, 1]) * rng.uniform(0.2, 0.5)
        across, down = (x - centre_x) / radius, (y - centre_y) / radius
        stream += whirl * np.exp(-(across**2) / 2) * np.exp(-0.8 * down**2)
    down, across = np.gradient(stream)
    return np.arctan2(-across, down), stream


def _star(rng: Rng, picture: Rgb, x: float, y: float, size: float, light: Colour) -> None:
    """A star, or the moon: a disc inside rings of short dashes that fade into the sky."""
    behind = picture[int(y), int(min(x + size * 4, picture.shape[1] - 1))].tolist()
    for ring in (3, 2, 1):
        radius, tone = size * (1 + 0.6 * ring), mix(light, behind, 0.22 * ring)
        for start in np.arange(0, 1, 0.3 / ring) + rng.uniform():
            arc = brush.ellipse(x, y, radius, radius, 0, start, start + 0.18 / ring)
            brush.polyline(picture, arc[::10], vary(rng, tone, 0.03), size * 0.35)
    brush.disc(picture, x, y, size, light)
    brush.disc(picture, x, y, size * 0.7, mix(light, (255, 255, 255), 0.5))


def _village(rng: Rng, picture: Rgb, horizon: float, dark: Colour, low: Colour) -> None:
    """Houses below the horizon and a church, some windows lit."""
    height, width = picture.shape[:2]
    unit = min(height, width)
    x, church = -unit * 0.05, width * rng.uniform(0.3, 0.7)
    while x < width:
        wide, tall, peak = unit * rng.uniform((0.07, 0.06, 0.03), (0.16, 0.14, 0.07))
        if church < x + wide:
            church = math.inf
            wide, tall, peak = unit * 0.07, unit * 0.24, unit * 0.2
        foot = horizon + unit * rng.uniform(0.02, 0.2)
        wall = vary(rng, mix(dark, low, rng.uniform(0.1, 0.5)), 0.03)
        roof = mix(wall, pick(rng, ((120, 50, 40), (20, 20, 40))), 0.4)
        body = [(x, foot), (x, foot - tall), (x + wide, foot - tall), (x + wide, foot)]
        gable = [body[1], (x + wide / 2, foot - tall - peak), body[2]]
        brush.polygon(picture, body, wall)
        brush.polygon(picture, gable, roof)
        brush.polyline(picture, gable, mix(roof, low, 0.4), 2)
        for place in (0.3, 0.7):
            if rng.random() < 0.5:
                pane = [(-1, -1), (1, -1), (1, 1.6), (-1, 1.6)]
                window = brush.placed(pane, x + wide * place, foot - tall * 0.6, unit * 0.009)
                brush.polygon(picture, window, vary(rng, (255, 196, 84), 0.04))
        x += wide * rng.uniform(0.8, 1.4)
