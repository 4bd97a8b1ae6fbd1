"""Make a collection of many times the works out of one, to see what size alone costs.

    python -m benchmarks.tenfold wikiart
    python -m benchmarks.tenfold wikiart --times 79 --backbone style --dimensions 64    # a million

makes `wikiart10`: the rows of `wikiart` ten times over, each time under other ids. The pictures,
thumbnails and embeddings are the same files (hard links), so nothing is computed anew but the map:
the old one, each work's copies strewn about its place. The search graph that a collection of more
than 100,000 works needs is left out: the first view of it in the app builds it, and that is to be
measured. Run it again to measure that again: it takes away the graph.

With `--dimensions` the embeddings are written anew, as their first principal components: a million
of 1,280 numbers are 5 GB, and a machine that measures the map need not hold them.
"""

import argparse
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

from artextract.collection import About, Collection
from artextract.features.shards import picture_key
from artextract.maps.gallery_map import compute_map, read_map
from artextract.maps.layouts import METHODS, LayoutMethod
from artextract.vision.backbones import DEFAULT_BACKBONE
from artextract.vision.embedding import Embeddings, load_embeddings
from artextract.vision.feature_store import FeatureStore

SHARED = ("images", "thumbs")
SPREAD = 0.004  # deviation of the copies about their place; a map lies within about ±1


def link(source: str, target: str) -> None:
    if not Path(target).exists():
        os.link(source, target)


def repeated(works: pd.DataFrame, times: int) -> pd.DataFrame:
    copies = [works.assign(id=works["id"] + (f"~{n}" if n else "")) for n in range(times)]
    return pd.concat(copies, ignore_index=True)


def write_components(embeddings: Embeddings, many: Collection, count: int) -> None:
    """Store the first `count` principal components as if they were the embeddings."""
    components = PCA(count, random_state=0).fit_transform(embeddings.vectors)
    store = FeatureStore(many, embeddings.key)
    shutil.rmtree(store.folder, ignore_errors=True)
    of_picture = dict(zip(embeddings.hashes, components.astype(np.float16), strict=True))
    with store.writing():
        store.append([*map(picture_key, of_picture)], {"vectors": np.stack(list(of_picture.values()))})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="an embedded collection with a t-SNE map")
    parser.add_argument("--backbone", default=DEFAULT_BACKBONE)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--dimensions", type=int, help="of the embeddings; all, unless given")
    options = parser.parse_args()

    one, times = Collection.open(options.name), options.times
    embeddings = load_embeddings(one, options.backbone)
    layout = read_map(one, embeddings, "tsne")
    if layout is None:
        raise SystemExit(f"{one.name} has no t-SNE map of its present works: lay it out first.")
    about = About(one.about.source, f"{one.about.title} × {times}", one.about.note)
    many = Collection.create_or_open(f"{one.name}{times}", about)
    for folder in (*SHARED, *([] if options.dimensions else ["features"])):
        shutil.copytree(one.root / folder, many.root / folder, copy_function=link, dirs_exist_ok=True)
    shutil.rmtree(many.root / "index", ignore_errors=True)
    many.write_works(repeated(one.works(), times))
    if options.dimensions:
        write_components(embeddings, many, options.dimensions)

    embeddings = load_embeddings(many, options.backbone)
    random = np.random.default_rng(0)
    # The embeddings stand in the table's order: all works, then all again.
    positions = np.tile(layout.positions, (times, 1))
    positions = positions + random.normal(scale=SPREAD, size=positions.shape)
    # Stored by the library itself: the one thing that is not its own is where the works lie.
    METHODS["tsne"] = LayoutMethod("t-SNE", lambda _components, _report: positions)
    made = compute_map(many, embeddings, "tsne", rebuild=True)
    print(f"{many.name}: {many.count():,} works, {len(made.ids):,} on the map.")


if __name__ == "__main__":
    main()
