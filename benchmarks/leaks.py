"""Count what the validation paintings share with the training paintings: files, pictures, titles, artists.

    python -m benchmarks.leaks --images … --labels … [--images … --labels …]

With several copies of the data set, the validation paintings of each are compared with the training
paintings of all: a painting can be in two copies, from two files.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import faiss
import numpy as np
import pandas as pd
import typer
from PIL import Image

from artextract.attributes.labelled_paintings import read_paintings
from artextract.attributes.model_bundle import CONTENT
from artextract.files import read_regular
from artextract.sources.wikiart import title_of
from artextract.vectors import unit
from artextract.vision.backbones import find_backbone
from artextract.vision.device import find_device
from artextract.vision.feature_extractor import Embedder
from artextract.vision.images import open_picture
from benchmarks.embedded_files import embed_files
from train.config import run

NEAR = 0.95
"""Cosine of embeddings from which two pictures count as nearly the same."""
SMALL = 24  # Side of the small grey pictures, pixels
SAME = 0.97
"""Correlation of small grey pictures from which two files count as the same painting."""


@dataclass(frozen=True)
class Leaks:
    """Counts of validation paintings."""

    validation: int
    same_bytes: int
    """Their file is also a training file."""
    same_picture: int
    """A training picture correlates with theirs by at least `SAME`, as a small grey picture."""
    same_picture_other_copy: int
    """Of these, a training picture of another copy does."""
    nearly_same: int
    """A training picture has a cosine of at least `NEAR`."""
    nearly_same_other_style: int
    """Of these, the nearest training picture has another style."""
    same_title: int
    """Their artist has a training painting with the same title."""
    known_artist: int
    """Their artist is in training."""


def leaks(table: pd.DataFrame, vectors: np.ndarray, small: np.ndarray) -> Leaks:
    """Count the leaks.

    Args:
        table: of `read_paintings`, rows with a split, and `copy`, the number of the copy.
        vectors: float32 [n, dimension], their embeddings.
        small: of `small_pictures`.
    """
    units = unit(vectors)
    is_val = (table["split"] == "val").to_numpy()
    train, val = table[~is_val], table[is_val]
    index = faiss.IndexFlatIP(units.shape[1])
    index.add(np.ascontiguousarray(units[~is_val]))
    cosine, nearest = index.search(np.ascontiguousarray(units[is_val]), 1)
    near = cosine[:, 0] >= NEAR
    other_style = train["style"].to_numpy()[nearest[:, 0]] != val["style"].to_numpy()
    same, same_elsewhere = _same_pictures(small, is_val, table["copy"].to_numpy())
    hashes = {_hash(path) for path in train["path"]}
    titles = set(zip(train["painter"], train["file"].map(title_of), strict=True))
    return Leaks(
        validation=len(val),
        same_bytes=sum(_hash(path) in hashes for path in val["path"]),
        same_picture=int(same.sum()),
        same_picture_other_copy=int(same_elsewhere.sum()),
        nearly_same=int(near.sum()),
        nearly_same_other_style=int((near & other_style).sum()),
        same_title=sum(
            title is not None and (painter, title) in titles
            for painter, title in zip(val["painter"], val["file"].map(title_of), strict=True)
        ),
        known_artist=int(val["painter"].isin(set(train["painter"])).sum()),
    )


def small_pictures(paths: Sequence[Path]) -> np.ndarray:
    """Small grey pictures, float32 [n, SMALL²], rows of mean 0 and length 1: a product of two is their correlation."""
    size, box = (SMALL, SMALL), Image.Resampling.BOX
    greys = [open_picture(path, at_least=4 * SMALL).image.convert("L").resize(size, box) for path in paths]
    values = np.stack([np.asarray(grey, dtype=np.float32).ravel() for grey in greys])
    return unit(values - values.mean(axis=1, keepdims=True))


def _same_pictures(small: np.ndarray, is_val: np.ndarray, copies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which validation pictures are training pictures of any copy, and of another copy: bool [validation] each."""
    train = np.flatnonzero(~is_val)
    same = [train[small[train] @ small[row] >= SAME] for row in np.flatnonzero(is_val)]
    elsewhere = [(copies[rows] != copy).any() for rows, copy in zip(same, copies[is_val], strict=True)]
    return np.array([len(rows) > 0 for rows in same], dtype=bool), np.array(elsewhere, dtype=bool)


def _hash(path: Path) -> str:
    return hashlib.sha256(read_regular(path)).hexdigest()


def main(
    images: Annotated[list[Path], typer.Option(help="The folder of each copy with <Style>/<artist>_<title>.jpg.")],
    labels: Annotated[list[Path], typer.Option(help="The folder of each copy with the Style, Genre and Artist lists.")],
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.")] = None,
) -> None:
    """Count what validation shares with training."""
    if len(images) != len(labels):
        raise typer.BadParameter("Name --labels once for each --images.")
    embedder = Embedder(find_backbone(CONTENT), device=find_device(device))
    copies = zip(images, labels, strict=True)
    table = pd.concat([read_paintings(*copy).assign(copy=number) for number, copy in enumerate(copies)])
    table = table[table["split"].notna()].reset_index(drop=True)
    paths = list(table["path"])
    for name, count in asdict(leaks(table, embed_files(paths, embedder), small_pictures(paths))).items():
        print(f"{name}: {count}")


if __name__ == "__main__":
    run(main)
