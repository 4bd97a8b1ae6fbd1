"""Random crops of training images, decoded ahead."""

from collections.abc import Generator, Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from artextract.errors import BadImageError
from artextract.features.decoding_ahead import batches_ahead
from artextract.files import open_regular

MIN_SCALE = 0.6  # Smallest resolution of a crop, as a share of the network's: a coarser copy has fewer pixels
SCALINGS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)


def random_crop(path: Path, size: int, min_area: float, seed: Sequence[int]) -> np.ndarray:
    """A random crop of the picture at `path`, mirrored half of the time: uint8 [size, size, 3].

    The crop keeps a share from `min_area` to 1 of the area, at 3:4 to 4:3 of the picture's proportions
    (Szegedy et al. 2015). Colour and contrast stay. The same seed gives the same crop. Raises
    BadImageError if the picture can't be read.
    """
    random = np.random.default_rng(seed)
    try:
        with open_regular(path) as file, Image.open(file) as opened:
            image = opened.convert("RGB")
    except OSError as error:  # also Pillow's own, for a file that is no picture
        raise BadImageError(
            f"{path} can't be read ({error.strerror or 'it is damaged or no picture'}). Get the file again."
        ) from error
    width, height = image.size
    for _ in range(10):
        area = random.uniform(min_area, 1.0)
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
    image: Image.Image, box: tuple[float, float, float, float], size: int, random: np.random.Generator
) -> Image.Image:
    """The part `box` at `size` × `size`, with a random history of scaling and compression.

    Half of the crops are first reduced, each side by its own factor, and half are compressed as JPEG,
    so that the traces of a copy of the data set tell nothing about a style.
    """
    width = height = size
    if random.random() < 0.5:
        width, height = np.round(size * random.uniform(MIN_SCALE, 1.0, 2)).astype(int).tolist()
    scaled = image.resize((width, height), Image.Resampling(int(random.choice(SCALINGS))), box=box)
    if random.random() < 0.5:
        content = BytesIO()
        scaled.save(content, "JPEG", quality=int(random.integers(40, 96)))
        scaled = Image.open(content).convert("RGB")
    return scaled.resize((size, size), Image.Resampling.BICUBIC)


def training_batches(
    paths: Sequence[Path], batch: int, size: int, min_area: float, seed: int, epoch: int
) -> Generator[tuple[np.ndarray, np.ndarray]]:
    """One epoch of random crops, decoded ahead: indices into `paths` (int64 [batch]) and uint8 [batch, size, size, 3].

    The last few paintings that fill no batch are left out (different ones each epoch).
    """
    order = np.random.default_rng([seed, epoch]).permutation(len(paths))[: len(paths) // batch * batch]

    def load(index: int) -> np.ndarray:
        return random_crop(paths[index], size, min_area, [seed, epoch, index])

    with closing(batches_ahead(load, order.tolist(), batch)) as batches:
        for number, crops in enumerate(batches):
            yield order[number * batch : (number + 1) * batch], np.stack(crops)
