"""How long each way to lay out a map takes, and how well it keeps neighbours together.

    python benchmarks/map_methods.py NAME [--works 12000]

All start from the same principal components of the collection's embeddings, in this process, one
after another. Trustworthiness (Venna and Kaski 2001, 15 neighbours) is measured on 2,000 works
that are the same for all.
"""

import argparse
import time

import numpy as np
from sklearn.manifold import TSNE, trustworthiness

from artextract.collection import Collection
from artextract.maps import METHODS, SEED, _principal_components
from artextract.progress import Report, silent
from artextract.vision.embedding import load_embeddings


def scikit_learn(components: np.ndarray, _report: Report) -> np.ndarray:
    return np.asarray(TSNE(init="pca", random_state=SEED, n_jobs=-1).fit_transform(components))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="an embedded collection")
    parser.add_argument("--works", type=int, default=12_000)
    options = parser.parse_args()
    vectors = load_embeddings(Collection.open(options.name), "efficientnet_lite2").vectors
    components = _principal_components(vectors[: options.works])
    sample = np.random.default_rng(SEED).permutation(len(components))[:2000]
    ways = {f"{method.label} (ours)": method.project for method in METHODS.values()}
    ways["t-SNE (scikit-learn)"] = scikit_learn
    print(f"{len(components):,} works, {components.shape[1]} components")
    print(f"{'':24}{'seconds':>10}{'ratio':>8}{'trustworthiness':>18}")
    first = None
    for name, project in ways.items():
        began = time.monotonic()
        positions = project(components, silent)
        seconds = time.monotonic() - began
        first = first or seconds
        kept = trustworthiness(components[sample], positions[sample], n_neighbors=15)
        print(f"{name:24}{seconds:10.1f}{seconds / first:8.1f}{kept:18.3f}", flush=True)


if __name__ == "__main__":
    main()
