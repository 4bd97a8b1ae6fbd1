"""Do corrected scores, or several embeddings together, find more relevant works than one embedding?

Every embedding of a collection is measured as `artextract evaluate similarity` does, then with its
scores corrected for hubs, and all embeddings fused. The table shows precision@10 and the gain over
the plain embedding (corrections) or the first embedding (fusions), with 95 % intervals.

With `--gram` it compares the pooled output of `efficientnet_lite2` with Gram statistics of two
early stages of that network (Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional
Neural Networks", CVPR 2016), where the gallery is a sample of the training works.

    python -m benchmarks.rank_corrections wikiart [--gram] [--gallery 2500]
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.special import log_ndtr

from artextract.collection import Collection
from artextract.network_queue import BACKGROUND
from artextract.similarity.evaluation.evaluate import BLOCK, best
from artextract.similarity.evaluation.measures import ArtistBootstrap, ranking_measures
from artextract.similarity.evaluation.retrieval_task import K, RetrievalTask
from artextract.vectors import unit
from artextract.vision.backbones import find_backbone, weights_of
from artextract.vision.device import find_device
from artextract.vision.embedding import embedded_by, load_embeddings
from artextract.vision.feature_extractor import prepared_ahead
from artextract.vision.networks.torch_network import TorchNetwork

NETWORK = "efficientnet_lite2"
STAGES = 2
"""First blocks of the network for Gram statistics: 16 channels at 130 × 130 cells, 24 at 65 × 65."""
VARIANCE = 0.99
"""Share of the variance whose components are whitened; the rest is rounding."""
RANK_OFFSET = 60
"""Of reciprocal rank fusion, as in the paper."""

Correct = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Queries' unit vectors [b, d] and their cosines with the gallery [b, g] → scores [b, g]."""


def corrections(gallery: np.ndarray) -> dict[str, Correct]:
    """Corrections by the unit vectors of a gallery, float32 [g, d]."""
    mean = gallery.mean(axis=0)
    near, means, deviations = statistics(gallery)
    return {
        # Suzuki et al., "Centering Similarity Measures to Reduce Hubs", EMNLP 2013.
        "centred": moved(gallery, lambda units: units - mean),
        # Jégou and Chum, "Negative evidences and co-occurences in image retrieval: the benefit of
        # PCA and whitening", ECCV 2012.
        "whitened": moved(gallery, whitening(gallery)),
        # Conneau et al., "Word Translation Without Parallel Data", ICLR 2018; the query's own term
        # is the same for the whole gallery.
        "CSLS": lambda _, cosines: 2 * cosines - near,
        # Schnitzer et al., "Local and Global Scaling Reduce Hubs in Space", JMLR 13, 2012.
        "mutual proximity": lambda _, cosines: (
            log_ndtr(standardised(cosines)) + log_ndtr((cosines - means) / deviations)
        ),
    }


def statistics(gallery: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each work's cosines with the others: mean of the ten highest, mean and deviation, [g] each."""
    parts = []
    for start in range(0, len(gallery), BLOCK):
        cosines = gallery[start : start + BLOCK] @ gallery.T
        cosines[np.arange(len(cosines)), start + np.arange(len(cosines))] = np.nan
        highest = np.sort(np.nan_to_num(cosines, nan=-1.0), axis=1)[:, -K:].mean(axis=1)
        parts.append((highest, np.nanmean(cosines, axis=1), np.nanstd(cosines, axis=1)))
    near, mean, deviation = (np.concatenate(part) for part in zip(*parts, strict=True))
    return near, mean, np.maximum(deviation, 1e-6)


def moved(gallery: np.ndarray, move: Callable[[np.ndarray], np.ndarray]) -> Correct:
    """Cosines after both sides are moved."""
    target = unit(move(gallery))
    return lambda queries, cosines: np.where(np.isnan(cosines), np.nan, unit(move(queries)) @ target.T)


def whitening(gallery: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    mean = gallery.mean(axis=0)
    variances, axes = np.linalg.eigh(np.cov(gallery.T, bias=True))
    order = np.argsort(-variances)
    share = np.cumsum(variances[order]) / variances.sum()
    kept = order[: int(np.searchsorted(share, VARIANCE)) + 1]
    whiten = (axes[:, kept] / np.sqrt(variances[kept])).astype(np.float32)
    return lambda units: (units - mean) @ whiten


def standardised(scores: np.ndarray) -> np.ndarray:
    """Scores with mean 0 and deviation 1 in each row, NaN left out."""
    deviation = np.maximum(np.nanstd(scores, axis=1, keepdims=True), 1e-6)
    return (scores - np.nanmean(scores, axis=1, keepdims=True)) / deviation


def reciprocal_ranks(scores: np.ndarray) -> np.ndarray:
    """1 / (60 + rank) of each score in its row (Cormack, Clarke and Büttcher, SIGIR 2009)."""
    ranks = pd.DataFrame(-scores).rank(axis=1, method="first").to_numpy()
    return np.where(np.isnan(scores), np.nan, 1 / (RANK_OFFSET + ranks))


def rankings(
    task: RetrievalTask, spaces: dict[str, np.ndarray]
) -> Callable[[np.ndarray], Iterator[tuple[str, str, np.ndarray]]]:
    """Scores of queries by every space, its corrections and all fusions, with what each is compared with."""
    ways = {name: corrections(units[task.gallery]) for name, units in spaces.items()}

    def scores(rows: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
        everything = []
        for name, units in spaces.items():
            cosines = units[rows] @ units[task.gallery].T
            cosines[rows[:, None] == task.gallery[None]] = np.nan
            everything.append(cosines)
            yield name, "", cosines
            for label, correct in ways[name].items():
                yield f"{name}, {label}", name, correct(units[rows], cosines)
        if len(spaces) > 1:
            first = next(iter(spaces))
            yield "fused reciprocal ranks", first, sum(map(reciprocal_ranks, everything))
            yield "fused standardised scores", first, sum(map(standardised, everything))

    return scores


def report(task: RetrievalTask, spaces: dict[str, np.ndarray]) -> None:
    """Print precision@10 of every ranking.

    Args:
        task: the queries and the gallery.
        spaces: by name, unit vectors float32 [n, d] of the task's works.
    """
    scores_of, bootstrap = rankings(task, spaces), ArtistBootstrap(task.artists)
    nearest: dict[str, dict[str, list[np.ndarray]]] = {relevance.name: {} for relevance in task.relevances}
    compared: dict[str, str] = {}
    for start in range(0, len(task.queries), BLOCK):
        rows = task.queries[start : start + BLOCK]
        allowed = {relevance.name: task.candidates(relevance, rows) for relevance in task.relevances}
        for name, against, scores in scores_of(rows):
            compared[name] = against
            for key, candidates in allowed.items():
                nearest[key].setdefault(name, []).append(task.gallery[best(scores, candidates, K)])
    print(f"{len(task.queries):,} queries, {len(task.gallery):,} works in the gallery; precision@10")
    for relevance in task.relevances:
        counted = task.counted(relevance)
        print(f"\n{relevance.label} ({counted.sum():,} queries)")
        tens = {
            name: ranking_measures(task.relevant(relevance, np.concatenate(blocks)))["p10"]
            for name, blocks in nearest[relevance.name].items()
        }
        for name, ten in tens.items():
            values = {"own": ten} | ({"gain": ten - tens[compared[name]]} if compared[name] else {})
            own, *gain = bootstrap.estimates(values, counted).values()
            line = f"{name:42}{own.value:.3f} ({own.low:.3f} to {own.high:.3f})"
            print(line + "".join(f"  gain {one.value:+.3f} ({one.low:+.3f} to {one.high:+.3f})" for one in gain))


def grams_of(paths: list[Path]) -> np.ndarray:
    """Gram statistics of pictures: signed square roots of the upper triangle, float32 [n, 136 + 300]."""
    backbone = find_backbone(NETWORK)
    network = TorchNetwork(backbone, weights_of(backbone), find_device())
    module = network.module

    def forward(batch: Any) -> Any:
        features, grams = module.bn1(module.conv_stem(batch)), []
        for block in module.blocks[:STAGES]:
            features = block(features)
            flat = features.float().flatten(2)
            products = flat @ flat.transpose(1, 2) / flat.shape[2]
            upper = products[:, *torch.triu_indices(flat.shape[1], flat.shape[1])]
            grams.append(torch.nn.functional.normalize(upper.sign() * upper.abs().sqrt()))
        return torch.cat(grams, dim=1)

    with closing(prepared_ahead(paths, backbone.preprocessing)) as batches:
        return np.concatenate([network.run(forward, pixels, BACKGROUND) for pixels in batches])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection")
    parser.add_argument("--gram", action="store_true")
    parser.add_argument("--gallery", type=int, default=2500, help="training works with --gram")
    options = parser.parse_args()
    collection = Collection.open(options.collection)
    names = [NETWORK] if options.gram else embedded_by(collection)
    stored = {name: load_embeddings(collection, name) for name in names}
    works = collection.works()
    works = works[works["id"].isin(set.intersection(*(set(each.ids) for each in stored.values())))]
    if options.gram:
        drawn = works[works["split"] == "train"].sample(options.gallery, random_state=0).sort_index()
        works = pd.concat([works[works["split"] == "val"], drawn])
    task = RetrievalTask(works)
    ids = task.works["id"]
    spaces = {name: unit(each.vectors[pd.Index(each.ids).get_indexer(pd.Index(ids))]) for name, each in stored.items()}
    if options.gram:
        spaces["Gram"] = unit(grams_of([collection.image_path(image) for image in task.works["image"]]))
    report(task, spaces)


if __name__ == "__main__":
    main()
