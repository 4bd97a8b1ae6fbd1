"""Landscapes broken into dots or dabs: pointillist views, impressionist gardens."""

import numpy as np

from artextract.sources.painters import scenery
from artextract.sources.painters.brush import (
    disc,
    dots,
    ellipse_points,
    impasto,
    in_strokes,
    jittered,
    polygon,
    polyline,
)
from artextract.sources.painters.canvas import (
    Colour,
    Painted,
    Rgb,
    Rng,
    blurred,
    clouds,
    filled,
    grid,
    mix,
    pick,
    picture_size,
    shaded,
    vary,
    wash,
    weave,
)
from artextract.sources.painters.scenery import NUMBER_WORDS


def pointillist(rng: Rng) -> Painted:
    """A landscape by the hour, put together from thousands of dots of unmixed colour."""
    height, width = picture_size(rng, 0.8, 2.2)
    hour = pick(rng, scenery.HOURS)
    horizon = height * rng.uniform(0.38, 0.62)
    scene = filled(height, width, hour.middle)
    scenery.paint_sky(rng, scene, hour, horizon)
    if hour.name in ("sunset", "early morning", "dusk", "mist"):
        sun_x, sun_y = width * rng.uniform(0.15, 0.85), horizon * rng.uniform(0.45, 0.9)
        scenery.glow(scene, sun_x, sun_y, width * 0.1, hour.light, 0.8)
        disc(scene, sun_x, sun_y, width * 0.03, hour.light)
    scenery.hills(rng, scene, hour, horizon, int(rng.integers(1, 4)))
    subject = _land(rng, scene, hour, horizon)
    picture, count = _in_dots(rng, scene)
    medium = f"Generated image: {count:,} dots of pure colour"
    texture = weave(rng, height, width, 0.03)
    return Painted(shaded(picture, texture), f"{subject}, {hour.name}", medium)


def _land(rng: Rng, scene: Rgb, hour: scenery.Hour, horizon: float) -> str:
    """Paint the ground with trees, or a river, or a bay with sails; returns what is there."""
    height, width = scene.shape[:2]
    setting = pick(rng, ("meadow", "river", "bay"))
    count = int(rng.integers(1, 8))
    kind = pick(rng, ("poplar", "tree"))
    tall = height * rng.uniform(0.3, 0.6)
    if setting == "bay":
        shore = scenery.ridge(rng, width, horizon - height * 0.02, height * 0.012, 4)
        polygon(scene, scenery.below(shore, height), mix(hour.ground, hour.leaf, 0.5))
        # Feet at the waterline, where the mirrored half begins: no tree stands in the air.
        _plant(rng, scene, hour, kind, horizon, tall * 0.45, count, depth=0.01)
        scenery.still_water(rng, scene, horizon, mix(hour.zenith, hour.middle, 0.4), 0.45)
        for _ in range(count):
            y = horizon + (height - horizon) * rng.uniform(0.03, 0.5)
            tall_sail = height * 0.06 + (y - horizon) * 0.6
            sail = mix(hour.light, (255, 255, 250), 0.5)
            scenery.sailboat(rng, scene, width * rng.uniform(0.06, 0.94), y, tall_sail, sail)
        return f"{NUMBER_WORDS[count]} sail{'s' if count > 1 else ''} in the bay"
    scenery.meadow(rng, scene, hour, horizon)
    if setting == "river":
        scenery.river(rng, scene, hour, horizon)
    _plant(rng, scene, hour, kind, horizon + height * 0.1, tall, count)
    where = "by a river" if setting == "river" else "in a meadow"
    return f"{NUMBER_WORDS[count]} {kind}{'s' if count > 1 else ''} {where}"


def _plant(
    rng: Rng,
    scene: Rgb,
    hour: scenery.Hour,
    kind: str,
    foot: float,
    tall: float,
    count: int,
    depth: float = 0.08,
) -> None:
    """Trees of one kind, far ones first, with their shadows, `depth` x height about `foot`."""
    height, width = scene.shape[:2]
    draw = scenery.poplar if kind == "poplar" else scenery.round_tree
    for base in sorted(foot + height * depth * rng.uniform(-0.75, 1.25, count)):
        x = width * (rng.beta(0.7, 0.7) * 0.9 + 0.05)
        size = tall * (1 + (base - foot) / height * 4) * rng.uniform(0.8, 1.1)
        shadow = mix(mix(hour.ground, hour.leaf, 0.5), (50, 50, 110), 0.45)
        polygon(scene, ellipse_points(x + size * 0.2, base, size * 0.32, size * 0.035), shadow)
        draw(rng, scene, x, base, size, vary(rng, hour.leaf, 0.04))


def _in_dots(rng: Rng, scene: Rgb) -> tuple[Rgb, int]:
    """The scene in dots: a coarse layer, then a fine one with flecks of the complement."""
    height, width = scene.shape[:2]
    picture = blurred(scene, 6)
    wash(picture, (236, 226, 200), np.full((height, width), 0.35, np.float32))
    total = 0
    for pitch, radius in ((7.8, 4.1), (5.8, 2.6)):
        y, x = np.mgrid[0:height:pitch, 0:width:pitch]
        centres = np.stack([x.ravel(), y.ravel()], axis=1)
        centres += rng.uniform(-pitch / 2, pitch / 2, centres.shape)
        rng.shuffle(centres)
        column = np.clip(centres[:, 0], 0, width - 1).astype(int)
        row = np.clip(centres[:, 1], 0, height - 1).astype(int)
        colours = _divided(rng, scene[row, column])
        dots(picture, centres, radius * rng.uniform(0.75, 1.2, len(centres)), colours)
        total += len(centres)
    return picture, total


def _divided(rng: Rng, colours: Rgb) -> Rgb:
    """Colours as a divisionist lays them: purer, scattered, some turned to the complement."""
    values = colours.astype(np.float32)
    grey = values.mean(axis=1, keepdims=True)
    pure = grey + (values - grey) * 1.3
    turned = grey + (grey - values) * 0.9 + rng.normal(0, 12, (len(values), 1))
    swap = rng.random((len(values), 1)) < 0.08
    scattered = np.where(swap, turned, pure) + rng.normal(0, 17, values.shape)
    return np.asarray(np.clip(scattered, 0, 255), np.uint8)


def garden(rng: Rng) -> Painted:
    """A lily pond, a field of poppies or a garden path, in dabs and short strokes."""
    height, width = picture_size(rng, 0.75, 2.0)
    subject = pick(rng, (_lily_pond, _lily_pond, _flower_field, _garden_path))
    picture, title = subject(rng, height, width)
    turn = clouds(rng, height, width, 160, 2)
    medium = "Generated image: dabs and short brush strokes"
    return Painted(impasto(rng, picture, turn), title, medium)


def _lily_pond(rng: Rng, height: int, width: int) -> tuple[Rgb, str]:
    """Water that holds willows and sky, lily pads in drifts, at times a footbridge."""
    mood = pick(rng, _POND_MOODS)
    scene = filled(height, width, mood[0])
    for colour in mood[1:]:
        columns = clouds(rng, height, width, 70, 3, stretch=0.35)
        wash(scene, vary(rng, colour, 0.03), np.clip(columns * 1.1 + 0.1, 0, 0.9))
    y, _ = grid(height, width)
    bank = np.clip(1.2 - y / (height * rng.uniform(0.12, 0.4)), 0, 1)
    leaves = clouds(rng, height, width, 50, 3, stretch=0.5)
    wash(scene, mix(mood[1], (14, 40, 24), 0.5), np.clip(bank + 0.3 * leaves * bank, 0, 1))
    angle = np.asarray(np.where(bank > 0.3, 1.4 + 0.3 * leaves, 0.0), np.float32)
    picture = in_strokes(rng, scene, angle, 20, 5)
    bridge = rng.random() < 0.45
    if bridge:
        _footbridge(rng, picture, vary(rng, mix(mood[1], (90, 140, 140), 0.6), 0.04))
    drifts = int(rng.integers(4, 10))
    blossom = pick(rng, _BLOSSOMS)
    for place in sorted(rng.uniform(0.3 if not bridge else 0.55, 1, drifts)):
        _pads(rng, picture, mood, place, blossom[1])
    title = f"Lily pond, {blossom[0]} blossoms" + (", with a footbridge" if bridge else "")
    return picture, title


_POND_MOODS: tuple[tuple[Colour, ...], ...] = (
    ((60, 84, 120), (52, 104, 70), (126, 150, 190), (150, 120, 180)),
    ((150, 120, 140), (70, 90, 80), (240, 190, 150), (200, 130, 150)),
    ((40, 66, 74), (40, 92, 52), (90, 140, 120), (190, 200, 120)),
    ((120, 150, 180), (90, 140, 100), (210, 220, 230), (170, 160, 200)),
    ((90, 60, 50), (120, 80, 30), (200, 130, 50), (230, 180, 90)),
)
_BLOSSOMS: tuple[tuple[str, Colour], ...] = (
    ("white", (250, 246, 236)),
    ("pink", (240, 150, 170)),
    ("red", (214, 60, 70)),
    ("yellow", (250, 220, 110)),
    ("violet", (160, 120, 210)),
)


def _footbridge(rng: Rng, picture: Rgb, colour: Colour) -> None:
    """An arched bridge from edge to edge with its railing, and its shadow in the water."""
    height, width = picture.shape[:2]
    x = np.linspace(-10, width + 10, 40)
    middle = width * rng.uniform(0.35, 0.65)
    foot, rise = height * rng.uniform(0.4, 0.5), height * rng.uniform(0.08, 0.18)
    arch = foot - rise * (1 - ((x - middle) / width * 1.5) ** 2)
    rail = height * 0.1
    dark = mix(colour, (20, 30, 50), 0.5)
    for lift, tone, wide in ((-0.1, dark, 9), (0, colour, 11), (1, colour, 6), (0.55, dark, 4)):
        line = np.stack([x, arch - rail * lift], axis=1)
        polyline(picture, line, vary(rng, tone, 0.02), wide * height / 520)
        polyline(picture, line - (0, 2), vary(rng, mix(tone, (240, 240, 220), 0.3), 0.02), 2)
    for index in range(2, 40, 3):
        post = [(x[index], arch[index]), (x[index], arch[index] - rail)]
        polyline(picture, post, vary(rng, colour, 0.04), 4 * height / 520)


def _pads(rng: Rng, picture: Rgb, mood: tuple[Colour, ...], place: float, blossom: Colour) -> None:
    """A drift of floating leaves at `place` (0 far .. 1 near), with blossoms on some."""
    height, width = picture.shape[:2]
    size = width * (0.012 + 0.035 * place)
    middle = rng.uniform(0, 1, 2) * (width, 0) + (0, height * place)
    for _ in range(int(rng.integers(8, 22))):
        x, y = middle + rng.normal(0, 1, 2) * (size * 4, size * 0.9)
        leaf = vary(rng, mix(mood[1], (190, 220, 160), rng.uniform(0.2, 0.7)), 0.05)
        polygon(
            picture, ellipse_points(x, y + 2, size * 1.02, size * 0.36), mix(leaf, mood[0], 0.7)
        )
        polygon(picture, ellipse_points(x, y, size, size * 0.3, rng.normal(0, 0.06)), leaf)
        polyline(picture, [(x - size * 0.6, y), (x + size * 0.5, y)], vary(rng, leaf, 0.06), 2)
        if rng.random() < 0.3:
            for _ in range(7):
                petal_x, petal_y = np.array([x, y - size * 0.3]) + rng.normal(0, size * 0.2, 2)
                disc(picture, petal_x, petal_y, size * 0.17, vary(rng, blossom, 0.05))


def _flower_field(rng: Rng, height: int, width: int) -> tuple[Rgb, str]:
    """A meadow of one flower under a big sky, with a line of trees."""
    hour = pick(rng, (*scenery.HOURS[:3], scenery.HOURS[6]))
    horizon = height * rng.uniform(0.3, 0.5)
    scene = filled(height, width, hour.middle)
    scenery.paint_sky(rng, scene, hour, horizon)
    scenery.hills(rng, scene, hour, horizon, 2)
    scenery.meadow(rng, scene, hour, horizon)
    trees = int(rng.integers(2, 8))
    _plant(rng, scene, hour, "tree", horizon + height * 0.04, height * 0.24, trees)
    angle = np.asarray(0.7 * clouds(rng, height, width, 150, 2) + 0.3, np.float32)
    picture = in_strokes(rng, scene, angle, 16, 4.5)
    flower, colour = pick(rng, _FIELD_FLOWERS)
    slope = scenery.ridge(rng, width, horizon + height * 0.1, height * 0.06, 4)
    _strew(rng, picture, colour, slope[:, 1].mean(), int(rng.integers(700, 1500)))
    return picture, f"{flower}, {hour.name}"


_FIELD_FLOWERS: tuple[tuple[str, Colour], ...] = (
    ("Field of poppies", (222, 50, 34)),
    ("Cornflower meadow", (70, 90, 200)),
    ("Field of lavender", (140, 110, 190)),
    ("Buttercup meadow", (250, 210, 40)),
    ("Daisy meadow", (250, 248, 236)),
)


def _strew(rng: Rng, picture: Rgb, colour: Colour, top: float, count: int) -> None:
    """Dabs of one flower's colour, small and dense far off, large and loose in front."""
    height, width = picture.shape[:2]
    near = np.sort(rng.beta(0.9, 1.3, count))
    patches = clouds(rng, height, width, 90, 3, stretch=2)
    x, y = rng.uniform(0, width, count), top + (height - top) * near
    kept = patches[np.clip(y, 0, height - 1).astype(int), x.astype(int)] > -0.25
    x, y, near = x[kept], y[kept], near[kept]
    colours = jittered(rng, np.repeat(np.array([colour], np.uint8), len(x), axis=0), 20, 12)
    radii = (1.2 + 5.5 * near) * height / 560 * rng.uniform(0.6, 1.3, len(x))
    dots(picture, np.stack([x, y], axis=1), radii, colours)
    dots(picture, np.stack([x + radii * 0.7, y - radii * 0.5], axis=1), radii * 0.6, colours)


def _garden_path(rng: Rng, height: int, width: int) -> tuple[Rgb, str]:
    """A path between beds that flower in three colours, under trees."""
    hour = pick(rng, scenery.HOURS[:3])
    horizon = height * rng.uniform(0.28, 0.42)
    scene = filled(height, width, hour.middle)
    scenery.paint_sky(rng, scene, hour, horizon)
    scenery.meadow(rng, scene, hour, horizon)
    _plant(rng, scene, hour, "tree", horizon + height * 0.05, height * 0.5, int(rng.integers(4, 9)))
    vanishing = (width * rng.uniform(0.35, 0.65), horizon + height * 0.04)
    foot = width * rng.uniform(0.3, 0.7)
    path = [vanishing, (foot + width * 0.2, height), (foot - width * 0.2, height)]
    polygon(scene, path, mix(hour.horizon, (196, 150, 150), 0.5))
    angle = np.asarray(0.8 * clouds(rng, height, width, 110, 2) + 0.5, np.float32)
    picture = in_strokes(rng, scene, angle, 15, 5)
    flowers = rng.permutation(len(_BLOSSOMS))[:3]
    for kind in flowers:
        _beds(rng, picture, _BLOSSOMS[kind][1], vanishing, foot)
    names = [_BLOSSOMS[kind][0] for kind in flowers]
    return picture, f"Garden path with {names[0]}, {names[1]} and {names[2]} flowers, {hour.name}"


def _beds(
    rng: Rng, picture: Rgb, colour: Colour, vanishing: tuple[float, float], foot: float
) -> None:
    """Dabs of blossom heaped along both sides of a path that runs to its vanishing point."""
    height, width = picture.shape[:2]
    count = int(rng.integers(350, 700))
    near = np.sort(rng.uniform(0.02, 1, count))
    side = np.where(rng.random(count) < 0.5, -1, 1)
    middle = vanishing[0] + (foot - vanishing[0]) * near
    off = (0.2 + np.abs(rng.normal(0.06, 0.1, count))) * width * near
    y = vanishing[1] + (height - vanishing[1]) * near - np.abs(rng.normal(0, 0.05, count)) * height
    colours = jittered(rng, np.repeat(np.array([colour], np.uint8), count, axis=0), 22, 14)
    radii = (1.5 + 5.5 * near) * height / 560 * rng.uniform(0.6, 1.3, count)
    dots(picture, np.stack([middle + side * off, y], axis=1), radii, colours)
