"""Make a collection of ten times the works out of one, to see what size alone costs.

    python benchmarks/tenfold.py wikiart

makes `wikiart10`: the rows of `wikiart` ten times over, each time under other ids. The pictures,
thumbnails and embeddings are the same files (hard links), so nothing is computed anew but the map:
the old one, each work's copies strewn about its place. The search graph that a collection of more
than 100,000 works needs is left out: the first view of it in the app builds it, and that is to be
measured. Run it again to measure that again: it takes away the graph.
"""

import argparse
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from artextract.collection import About, Collection
from artextract.maps import METHODS, Method, compute_map, read_map
from artextract.vision.backbones import DEFAULT_BACKBONE
from artextract.vision.embedding import load_embeddings

TIMES = 10
SHARED = ("images", "thumbs", "features")
SPREAD = 0.004  # deviation of the copies about their place; a map lies within about ±1


def link(source: str, target: str) -> None:
    if not Path(target).exists():
        os.link(source, target)


def repeated(works: pd.DataFrame) -> pd.DataFrame:
    copies = [works.assign(id=works["id"] + (f"~{n}" if n else "")) for n in range(TIMES)]
    return pd.concat(copies, ignore_index=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="an embedded collection with a t-SNE map")
    parser.add_argument("--backbone", default=DEFAULT_BACKBONE)
    options = parser.parse_args()

    one = Collection.open(options.name)
    drawn = read_map(one, load_embeddings(one, options.backbone), "tsne")
    if drawn is None:
        raise SystemExit(f"{one.name} has no t-SNE map of its present works: lay it out first.")
    about = About(one.about.source, f"{one.about.title} × {TIMES}", one.about.note)
    many = Collection.create_or_open(f"{one.name}{TIMES}", about)
    for folder in SHARED:
        shutil.copytree(one.root / folder, many.root / folder, copy_function=link,
                        dirs_exist_ok=True)  # fmt: skip
    shutil.rmtree(many.root / "index", ignore_errors=True)
    many.write_works(repeated(one.works()))

    embeddings = load_embeddings(many, options.backbone)
    random = np.random.default_rng(0)
    # The embeddings stand in the table's order: all works, then all again, ten times.
    positions = np.tile(drawn.positions, (TIMES, 1))
    positions = positions + random.normal(scale=SPREAD, size=positions.shape)
    # Stored by the library itself: the one thing that is not its own is where the works lie.
    METHODS["tsne"] = Method("t-SNE", lambda _components, _report: positions)
    made = compute_map(many, embeddings, "tsne", anew=True)
    print(f"{many.name}: {many.count():,} works, {len(made.ids):,} on the map.")


if __name__ == "__main__":
    main()
