"""The training images: which are for what, and how they come to the network."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.model_selection import train_test_split

from artextract.attributes.paintings import read_paintings
from artextract.errors import SourceError
from artextract.sources.artgan import image_key
from train.config import Data

AHEAD = 3
"""Batches that are being decoded while one is in the network."""
WORKERS = 2


def labelled_paintings(data: Data) -> pd.DataFrame:
    """The paintings of a configuration with a column `part`.

    `part` is "fit" (trained on), "aside" (calibration and choices), "val", or missing (in no
    list). Beside the columns of `artextract.attributes.paintings.read_paintings`.

    Raises:
        SourceError: the images or lists can't be read, or a part is empty.
    """
    table = read_paintings(data.images, data.labels)
    if data.validation is not None:
        held = {image_key(line) for line in _lines(data.validation)}
        listed = table["split"].notna()
        inside = table["file"].map(image_key).isin(held)
        table.loc[listed, "split"] = np.where(inside[listed], "val", "train")
    table["part"] = table["split"].replace("train", "fit")
    for part in ("fit", "val"):
        if not (table["part"] == part).any():
            purpose = "training" if part == "fit" else "validation"
            raise SourceError(
                f"None of the images in {data.images} is for {purpose} "
                f"by the lists in {data.validation or data.labels}: check that they match."
            )
    fit = table.index[table["part"] == "fit"]
    styles = table.loc[fit, "style"].fillna("")
    common = styles.where(styles.map(styles.value_counts()) > 1, styles.mode()[0])
    wanted = max(ceil(data.aside * len(fit)), common.nunique())
    if len(fit) < 2 * wanted:
        raise SourceError(
            f"{len(fit)} training images in {data.images} are too few to keep some of each style "
            "aside: bring more."
        )
    _, aside = train_test_split(fit, test_size=wanted, random_state=data.seed, stratify=common)
    table.loc[aside, "part"] = "aside"
    return table


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise SourceError(f"There is no list {file}: check the path.") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{file} is not UTF-8 text: save it as such.") from error


def random_crop(path: Path, size: int, least: float, seed: Sequence[int]) -> np.ndarray:
    """A random crop of the picture at `path`, perhaps mirrored: uint8 [size, size, 3].

    The crop keeps `least` to all of the area at 3:4 to 4:3 of the picture's own proportions
    (Szegedy et al. 2015), so no colour, contrast or stroke is changed. The same seed gives the
    same crop.
    """
    random = np.random.default_rng(seed)
    with Image.open(path) as opened:
        image = opened.convert("RGB")
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
    cropped = image.resize((size, size), Image.Resampling.BICUBIC, box=box)
    if random.random() < 0.5:
        cropped = cropped.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return np.asarray(cropped)


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
        return indices, np.stack(
            [random_crop(paths[i], size, least, [seed, epoch, int(i)]) for i in indices]
        )

    with ThreadPoolExecutor(WORKERS) as pool:
        waiting = [pool.submit(partial(load, indices)) for indices in batches[:AHEAD]]
        for following in [*batches[AHEAD:], *[None] * min(AHEAD, len(batches))]:
            ready = waiting.pop(0).result()
            if following is not None:
                waiting.append(pool.submit(partial(load, following)))
            yield ready
