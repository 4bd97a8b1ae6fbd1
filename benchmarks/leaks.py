"""Count what the validation paintings share with the training paintings: files, pictures, titles, artists.

python -m benchmarks.leaks --images … --labels …
"""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import faiss
import numpy as np
import pandas as pd
import typer

from artextract.attributes.evaluation.evaluate import baseline_embedder
from artextract.attributes.labelled_paintings import read_paintings
from artextract.files import read_regular
from artextract.sources.wikiart import title_of
from artextract.vectors import unit
from artextract.vision.device import find_device
from artextract.vision.feature_extractor import embed_files
from train.config import Images, Labels, run

NEAR = 0.95
"""Cosine of embeddings from which two pictures count as nearly the same."""


@dataclass(frozen=True)
class Leaks:
    """Counts of validation paintings."""

    validation: int
    same_bytes: int
    """Their file is also a training file."""
    nearly_same: int
    """A training picture has a cosine of at least `NEAR`."""
    nearly_same_other_style: int
    """Of these, the nearest training picture has another style."""
    same_title: int
    """Their artist has a training painting with the same title."""
    known_artist: int
    """Their artist is in training."""


def leaks(table: pd.DataFrame, vectors: np.ndarray) -> Leaks:
    """Count the leaks.

    Args:
        table: of `read_paintings`, rows with a split.
        vectors: float32 [n, dimension], their embeddings.
    """
    units = unit(vectors)
    is_val = (table["split"] == "val").to_numpy()
    train, val = table[~is_val], table[is_val]
    index = faiss.IndexFlatIP(units.shape[1])
    index.add(np.ascontiguousarray(units[~is_val]))
    cosine, nearest = index.search(np.ascontiguousarray(units[is_val]), 1)
    near = cosine[:, 0] >= NEAR
    other_style = train["style"].to_numpy()[nearest[:, 0]] != val["style"].to_numpy()
    hashes = {_hash(path) for path in train["path"]}
    titles = set(zip(train["painter"], train["file"].map(title_of), strict=True))
    return Leaks(
        validation=len(val),
        same_bytes=sum(_hash(path) in hashes for path in val["path"]),
        nearly_same=int(near.sum()),
        nearly_same_other_style=int((near & other_style).sum()),
        same_title=sum(
            title is not None and (painter, title) in titles
            for painter, title in zip(val["painter"], val["file"].map(title_of), strict=True)
        ),
        known_artist=int(val["painter"].isin(set(train["painter"])).sum()),
    )


def _hash(path: Path) -> str:
    return hashlib.sha256(read_regular(path)).hexdigest()


def main(
    images: Images, labels: Labels, device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.")] = None
) -> None:
    """Count what validation shares with training."""
    embedder = baseline_embedder(find_device(device))
    table = read_paintings(images, labels)
    table = table[table["split"].notna()].reset_index(drop=True)
    vectors = embed_files(list(table["path"]), embedder)
    for name, count in asdict(leaks(table, vectors)).items():
        print(f"{name}: {count}")


if __name__ == "__main__":
    run(main)
