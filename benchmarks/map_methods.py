"""How long each way to lay out a map takes, and how well it keeps neighbours together.

    pip install pacmap==0.9.1
    OMP_NUM_THREADS=2 python -m benchmarks.map_methods NAME [--works 12000] [--backbone style]

All start from the same principal components of the collection's embeddings, each in a process of
its own, one after another. Seconds are the processor's, of all threads: they don't grow when the
machine is busy with something else. Trustworthiness (Venna and Kaski 2001) of the 15 nearest works on
the map, and the share of the 15 nearest works that are among them, for 2,000 works among all of the
map. The true neighbours are those of the embedding, by cosine: those that a search finds.
"""

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.manifold import TSNE

from artextract.collection import Collection
from artextract.maps.layouts import METHODS, SEED, principal_components
from artextract.progress import silent
from artextract.vectors import unit
from artextract.vision.embedding import load_embeddings

NEAR = 15
SAMPLE = 0.25  # of the works, laid out before the rest are placed among them


def scikit_learn(components: np.ndarray) -> np.ndarray:
    return np.asarray(TSNE(init="pca", random_state=SEED, n_jobs=-1).fit_transform(components))


def pacmap(components: np.ndarray) -> np.ndarray:
    from pacmap import PaCMAP

    return np.asarray(PaCMAP(random_state=SEED, apply_pca=False).fit_transform(components))


def localmap(components: np.ndarray) -> np.ndarray:
    from pacmap import LocalMAP

    return np.asarray(LocalMAP(random_state=SEED, apply_pca=False).fit_transform(components))


def sampled(components: np.ndarray) -> np.ndarray:
    """t-SNE of some, the others placed among them by openTSNE's own optimisation."""
    import openTSNE

    order = np.random.default_rng(SEED).permutation(len(components))
    first, rest = np.split(order, [int(SAMPLE * len(order))])
    laid = openTSNE.TSNE(metric="euclidean", random_state=SEED, n_jobs=-1).fit(components[first])
    positions = np.empty((len(components), 2))
    positions[first] = laid
    positions[rest] = laid.transform(components[rest])
    return positions


def ours(method: str) -> Callable[[np.ndarray], np.ndarray]:
    return lambda components: METHODS[method].project(components, silent)


WAYS = {
    "t-SNE (ours: openTSNE)": ours("tsne"),
    "UMAP (ours: umap-learn)": ours("umap"),
    "PaCMAP": pacmap,
    "LocalMAP": localmap,
    f"t-SNE of {SAMPLE:.0%}, the rest placed": sampled,
    "t-SNE (scikit-learn)": scikit_learn,
}


def agreement(points: np.ndarray, positions: np.ndarray, sample: np.ndarray) -> tuple[float, float]:
    """Trustworthiness of the `NEAR` nearest on a map, and the share of the nearest points that are among them.

    Points float [n, d], positions float [n, 2], both compared by Euclidean distance; `sample` are rows, int [s].
    """
    penalty, kept, count = 0, 0, len(points)
    for row in sample:
        near, far = (((of - of[row]) ** 2).sum(axis=1) for of in (positions, points))
        near[row] = far[row] = -1  # itself comes first
        shown = np.argsort(near, kind="stable")[1 : NEAR + 1]
        rank = np.empty(count, dtype=np.int64)
        rank[np.argsort(far, kind="stable")] = np.arange(count)
        penalty += np.maximum(rank[shown] - NEAR, 0).sum()
        kept += (rank[shown] <= NEAR).sum()
    most = len(sample) * NEAR * (2 * count - 3 * NEAR - 1) / 2
    return float(1 - penalty / most), float(kept / (len(sample) * NEAR))


def lay_out(name: str, components: np.ndarray, answers: "multiprocessing.SimpleQueue[Any]") -> None:
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.monotonic()
    positions = WAYS[name](components)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    answers.put((positions, cpu, wall, (after.ru_maxrss - before.ru_maxrss) / 1024))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="an embedded collection")
    parser.add_argument("--works", type=int, default=12_000)
    parser.add_argument("--backbone", default="efficientnet_lite2")
    parser.add_argument("--way", action="append", choices=list(WAYS), help="these alone")
    options = parser.parse_args()
    vectors = load_embeddings(Collection.open(options.name), options.backbone).vectors
    components = principal_components(vectors[: options.works])
    sample = np.random.default_rng(SEED).permutation(len(components))[:2000]
    units = unit(vectors[: options.works])
    print(f"{len(components):,} works, {components.shape[1]} components")
    print("| | processor, s | clock, s | memory, MiB | trustworthiness | neighbours kept |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in options.way or WAYS:
        answers: multiprocessing.SimpleQueue[Any] = multiprocessing.SimpleQueue()
        worker = multiprocessing.Process(target=lay_out, args=(name, components, answers))
        worker.start()
        positions, cpu, wall, memory = answers.get()
        worker.join()
        trusted, kept = agreement(units, positions, sample)
        print(f"| {name} | {cpu:.0f} | {wall:.0f} | {memory:.0f} | {trusted:.3f} | {kept:.3f} |", flush=True)


if __name__ == "__main__":
    main()
