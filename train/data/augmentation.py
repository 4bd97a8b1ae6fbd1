"""How training images come to the network: random crops, decoded ahead."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from artextract.errors import BadImageError
from artextract.files import open_regular

AHEAD = 3
"""Batches that are being decoded while one is in the network."""
WORKERS = 2
LEAST_SCALE = 0.6
"""Of a side, the part of the network's pixels that a picture of a coarser copy has."""
SCALINGS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)


def random_crop(path: Path, size: int, least: float, seed: Sequence[int]) -> np.ndarray:
    """A random crop of the picture at `path`, perhaps mirrored: uint8 [size, size, 3].

    The crop keeps `least` to all of the area at 3:4 to 4:3 of the picture's own proportions
    (Szegedy et al. 2015), so no colour or contrast is changed. The same seed gives the same crop.

    Raises:
        BadImageError: it can't be read.
    """
    random = np.random.default_rng(seed)
    try:
        with open_regular(path) as file, Image.open(file) as opened:
            image = opened.convert("RGB")
    except OSError as error:  # Pillow's own, of what is no picture, too
        raise BadImageError(
            f"{path} can't be read ({error.strerror or 'it is damaged or no picture'}): get the file again."
        ) from error
    width, height = image.size
    for _ in range(10):
        area = random.uniform(least, 1.0)
        ratio = np.exp(random.uniform(np.log(3 / 4), np.log(4 / 3)))
        w, h = np.sqrt(area * ratio), np.sqrt(area / ratio)
        if w <= 1 and h <= 1:
            break
    else:
        w = h = 1.0
    left, top = random.uniform(0, 1 - w), random.uniform(0, 1 - h)
    box = (left * width, top * height, (left + w) * width, (top + h) * height)
    cropped = _scaled(image, box, size, random)
    if random.random() < 0.5:
        cropped = cropped.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return np.asarray(cropped)


def _scaled(
    image: Image.Image,
    box: tuple[float, float, float, float],
    size: int,
    random: np.random.Generator,
) -> Image.Image:
    """The part `box` at `size` × `size`, as if by another history of scaling and compression.

    Half of the crops are first made smaller, each side by its own factor, half are compressed as
    JPEG: what differs between copies of one painting is then no clue to anything.
    """
    sides = (size, size)
    if random.random() < 0.5:
        width, height = np.round(size * random.uniform(LEAST_SCALE, 1.0, 2)).astype(int)
        sides = (int(width), int(height))
    how = Image.Resampling(int(random.choice(SCALINGS)))
    scaled = image.resize(sides, how, box=box)
    if random.random() < 0.5:
        content = BytesIO()
        scaled.save(content, "JPEG", quality=int(random.integers(40, 96)))
        scaled = Image.open(content).convert("RGB")
    return scaled.resize((size, size), Image.Resampling.BICUBIC)


def training_batches(
    paths: Sequence[Path], batch: int, size: int, least: float, seed: int, epoch: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """One epoch of random crops, decoded ahead in threads.

    Yields:
        Indices into `paths` (int64 [batch]) and pictures (uint8 [batch, size, size, 3]); the last
        few paintings that fill no batch are left out (others each epoch).
    """
    order = np.random.default_rng([seed, epoch]).permutation(len(paths))
    batches = [order[i : i + batch] for i in range(0, len(order) - batch + 1, batch)]

    def load(indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return indices, np.stack([random_crop(paths[i], size, least, [seed, epoch, int(i)]) for i in indices])

    with ThreadPoolExecutor(WORKERS) as pool:
        waiting = [pool.submit(partial(load, indices)) for indices in batches[:AHEAD]]
        for following in [*batches[AHEAD:], *[None] * min(AHEAD, len(batches))]:
            ready = waiting.pop(0).result()
            if following is not None:
                waiting.append(pool.submit(partial(load, following)))
            yield ready
