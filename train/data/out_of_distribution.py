"""Generated pictures that are no paintings: noise and printed text."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 224
TEXT = (
    "the of and a to in is was he for it with as his on be at by that this had not are but from or "
    "have an they which one you were her all she there would their we him been has when who will "
    "no more if out so said what up its about into than them can only other new some could time"
)


def out_of_distribution_pictures(count: int, seed: int) -> list[Image.Image]:
    """`count` RGB pictures, alternately of noise and of printed text; the same seed gives the same pictures."""
    random = np.random.default_rng(seed)
    kinds = (_white_noise, _coarse_noise, _soft_noise, _stripes, _page, _page)
    return [kinds[number % len(kinds)](random) for number in range(count)]


def _white_noise(random: np.random.Generator) -> Image.Image:
    """Independent pixels, in colour or grey, uniform or normal."""
    channels = int(random.choice([1, 3]))
    spread = random.uniform(20, 90)
    pixels = random.normal(random.uniform(60, 200), spread, (SIDE, SIDE, channels))
    if random.random() < 0.5:
        pixels = random.uniform(0, 256, (SIDE, SIDE, channels))
    return _picture(np.repeat(pixels, 3 // channels, axis=2))


def _coarse_noise(random: np.random.Generator) -> Image.Image:
    """A few random colours, enlarged smoothly or in blocks."""
    cells = random.integers(3, 60, 2)
    small = _picture(random.uniform(0, 256, (*cells, 3)))
    how = Image.Resampling(int(random.choice([Image.Resampling.NEAREST, Image.Resampling.BICUBIC])))
    return small.resize((SIDE, SIDE), how)


def _soft_noise(random: np.random.Generator) -> Image.Image:
    return _white_noise(random).filter(ImageFilter.GaussianBlur(random.uniform(0.6, 9)))


def _stripes(random: np.random.Generator) -> Image.Image:
    line = random.uniform(0, 256, (1, SIDE, 3)).repeat(SIDE, axis=0)
    return _picture(line if random.random() < 0.5 else line.transpose(1, 0, 2))


def _page(random: np.random.Generator) -> Image.Image:
    """A printed page: dark words on a light background, or light on dark."""
    side = int(random.integers(260, 900))
    ground, ink = random.integers(215, 256, 3), random.integers(0, 90, 3)
    if random.random() < 0.15:
        ground, ink = ink, ground
    page = Image.new("RGB", (side, int(side * random.uniform(0.7, 1.5))), tuple(map(int, ground)))
    draw = ImageDraw.Draw(page)
    size = int(random.integers(9, 26))
    margin, step = int(random.integers(5, 60)), int(size * random.uniform(1.2, 2.2))
    for top in range(margin, page.height - margin, step):
        if random.random() < 0.9:
            words = " ".join(random.choice(TEXT.split(), int(random.integers(2, 2 * side // size))))
            fitting = words[: int((side - 2 * margin) / (0.5 * size))]
            draw.text((margin, top), fitting, fill=tuple(map(int, ink)), font_size=size)
    return page.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _picture(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(np.round(pixels), 0, 255).astype(np.uint8))
