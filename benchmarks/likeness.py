"""How often the nearest works are of the same kind, by each embedding.

Validation paintings of an ArtGAN copy, each a query among the others: precision@10 for the same
style, genre, artist (whoever painted it, not those of the artist list alone), and the same style by
another artist. With `--gallery`, pictures whose subjects `benchmarks/nga_subjects.csv` names
(labelled by eye before any neighbour was looked at): precision@5 for the same subject.

Usage: python -m benchmarks.likeness IMAGES LABELS [--gallery FOLDER] [--backbone NAME …]
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from artextract.attributes.labelled_paintings import read_paintings
from artextract.vision.backbones import find_backbone
from artextract.vision.feature_extractor import Embedder
from benchmarks.embedded_files import embed_files

SUBJECTS = Path(__file__).with_name("nga_subjects.csv")


def unit_vectors(paths: Sequence[Path], name: str) -> np.ndarray:
    """Of picture files by a backbone, float32 [n, dimension]."""
    found = embed_files(paths, Embedder(find_backbone(name)))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def precision(unit: np.ndarray, labels: pd.Series, k: int, but_same: pd.Series | None = None) -> float:
    """Mean share of each labelled work's k nearest labelled works that have its label.

    Args:
        unit: float32 [n, dimension].
        labels: of each; works without one are neither query nor answer.
        k: neighbours.
        but_same: works that have the query's own value of this are no answers.
    """
    known = labels.notna().to_numpy()
    codes = labels[known].to_numpy()
    cosine = unit[known] @ unit[known].T
    np.fill_diagonal(cosine, -np.inf)
    if but_same is not None:
        other = but_same[known].to_numpy()
        cosine[other[:, None] == other[None]] = -np.inf
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
    return float((codes[nearest] == codes[:, None]).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--gallery", type=Path)
    parser.add_argument("--backbone", nargs="+", default=["efficientnet_lite2", "style", "paintings"])
    options = parser.parse_args()
    table = read_paintings(options.images, options.labels)
    table = table[table["split"] == "val"].reset_index(drop=True)
    subjects = pd.read_csv(SUBJECTS)
    columns = ["style", "genre", "artist", "style, other artist"]
    print(f"{len(table):,} paintings, precision@10; {len(subjects)} works, precision@5 of the subject")
    print(f"{'':20}" + "".join(f"{one:>21}" for one in [*columns, "subject"]))
    for name in options.backbone:
        unit = unit_vectors(list(table["path"]), name)
        figures = [precision(unit, table[column], 10) for column in ("style", "genre", "painter")]
        figures.append(precision(unit, table["style"], 10, table["painter"]))
        if options.gallery:
            seen = unit_vectors([options.gallery / file for file in subjects["file"]], name)
            figures.append(precision(seen, subjects["subject"], 5))
        print(f"{name:20}" + "".join(f"{one:21.3f}" for one in figures), flush=True)


if __name__ == "__main__":
    main()
