"""Title strips, seals and columns of brushed marks, as prints and scrolls carry them."""

from artextract.sources.painters.brush import polygon, polyline
from artextract.sources.painters.canvas import Colour, Rgb, Rng, pick


def cartouche(rng: Rng, picture: Rgb) -> None:
    """A title strip with brushed marks (not writing), and a red seal, in one upper corner."""
    height, width = picture.shape[:2]
    unit = height * 0.03
    left = width * 0.04 if rng.random() < 0.5 else width * 0.96 - unit * 1.6
    top = height * 0.05
    tall = unit * rng.uniform(5, 8)
    strip = [
        (left, top),
        (left + unit * 1.6, top),
        (left + unit * 1.6, top + tall),
        (left, top + tall),
    ]
    polygon(picture, strip, pick(rng, ((240, 226, 190), (222, 180, 120), (206, 214, 200))))
    polyline(picture, strip, (40, 36, 40), 1.5, closed=True)
    marks(
        rng,
        picture,
        (left + unit * 0.8, top + unit * 0.8),
        unit,
        int(tall / unit / 1.2) - 1,
        (30, 26, 30),
    )
    seal = top + tall + unit * 0.5
    square = [
        (left, seal),
        (left + unit * 1.5, seal),
        (left + unit * 1.5, seal + unit * 1.5),
        (left, seal + unit * 1.5),
    ]
    polygon(picture, square, (190, 44, 36))
    marks(rng, picture, (left + unit * 0.75, seal + unit * 0.7), unit * 0.9, 1, (244, 224, 200))


def marks(
    rng: Rng, picture: Rgb, start: tuple[float, float], unit: float, count: int, ink: Colour
) -> None:
    """A column of signs made of a few strokes each; they mean nothing."""
    for number in range(count):
        y = start[1] + number * unit * 1.25
        for _ in range(6):
            x0, y0 = rng.uniform(-0.45, 0.45, 2) * unit
            flat = rng.random() < 0.5
            dx, dy = (rng.uniform(0.3, 0.6), 0.05) if flat else (rng.normal(0, 0.1), 0.5)
            line = [
                (start[0] + x0 - dx * unit / 2, y + y0),
                (start[0] + x0 + dx * unit / 2, y + y0 + dy * unit / 2),
            ]
            polyline(picture, line, ink, max(1.0, unit * 0.11))
