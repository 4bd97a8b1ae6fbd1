"""Gram statistics of early layers as likeness, beside the pooled output of the same network.

Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks", CVPR 2016: what
a layer's channels do together, wherever in the picture, is its style. Of two early stages of
`efficientnet_lite2` the upper triangle of the Gram matrix of the channels, the mean over the cells,
as signed square roots; plainly, centred and whitened by the gallery, and fused with the pooled
output. Of a collection that is embedded by that network and has a split, as that of
`artextract collect wikiart`: validation works are the queries, some of its training works the
gallery, and all is measured as in `artextract evaluate similarity`.

Usage: python -m benchmarks.gram COLLECTION [--gallery 2500]
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.network_queue import BACKGROUND
from artextract.progress import Stage, silent
from artextract.similarity.corrections import BLOCK, CORRECTIONS, Correct, look_around
from artextract.similarity.evaluation.figures import Bootstrap, Figure, measures
from artextract.similarity.evaluation.rivals import best
from artextract.similarity.evaluation.trial import Trial
from artextract.similarity.fusion import standardised
from artextract.vectors import unit
from artextract.vision.backbones import find_backbone
from artextract.vision.device import find_device
from artextract.vision.embedding import load_embeddings
from artextract.vision.network import load_network
from artextract.vision.picture_files import prepared_ahead

NETWORK = "efficientnet_lite2"
STAGES = 2
"""The first blocks of the network: 16 channels at 130 × 130 cells, 24 at 65 × 65."""


def grams_of(paths: list[Path]) -> np.ndarray:
    """Gram statistics of pictures, float32 [n, 136 + 300]."""
    backbone = find_backbone(NETWORK)
    network, _ = load_network(backbone, find_device())
    module = network.module

    def forward(batch: Any) -> np.ndarray:
        features, found = module.bn1(module.conv_stem(batch)), []
        for block in module.blocks[:STAGES]:
            features = block(features)
            found.append(gram(features.float()))
        return np.concatenate(found, axis=1)

    found = []
    with closing(prepared_ahead(paths, backbone.preprocessing)) as batches:
        for number, pixels in enumerate(batches):
            found.append(network.run(pixels, forward, BACKGROUND))
            if number % 50 == 0:
                print(f"{8 * number:,} of {len(paths):,}", file=sys.stderr, flush=True)
    return np.concatenate(found)


def gram(features: Any) -> np.ndarray:
    """Signed square roots of the upper triangle, at unit length: float32 [n, c (c + 1) / 2]."""
    flat = features.flatten(2)
    channels = flat.shape[1]
    products = (flat @ flat.transpose(1, 2) / flat.shape[2]).cpu().numpy()
    upper = products[:, *np.triu_indices(channels)]
    return unit(np.sign(upper) * np.sqrt(np.abs(upper)))


def scores(
    trial: Trial,
    rows: np.ndarray,
    spaces: dict[str, np.ndarray],
    made: dict[tuple[str, str], Correct],
) -> Iterator[tuple[str, np.ndarray]]:
    """What is compared, and its scores of some queries with the gallery, float32 [b, g]."""
    cosines = {name: units[rows] @ units[trial.gallery].T for name, units in spaces.items()}
    yield "pooled output", cosines["pooled"]
    white = made["pooled", "whitened"](spaces["pooled"][rows], cosines["pooled"])
    yield "pooled output, whitened", white
    yield "Gram", cosines["gram"]
    for key in ("centred", "whitened"):
        corrected = made["gram", key](spaces["gram"][rows], cosines["gram"])
        yield f"Gram, {key}", corrected
        if key == "whitened":
            yield (
                "pooled output and whitened Gram, fused",
                standardised([cosines["pooled"], corrected]),
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection")
    parser.add_argument("--gallery", type=int, default=2500)
    options = parser.parse_args()
    collection = Collection.open(options.collection)
    stored = load_embeddings(collection, NETWORK)
    vectors = dict(zip(stored.ids, stored.vectors, strict=True))
    table = collection.works()
    table = table[table["id"].isin(stored.ids)]
    drawn = table[table["split"] == "train"].sample(options.gallery, random_state=0).sort_index()
    trial = Trial(pd.concat([table[table["split"] == "val"], drawn]))
    grams = grams_of([collection.image_path(image) for image in trial.works["image"]])
    spaces = {
        "pooled": unit(np.stack([vectors[work] for work in trial.works["id"]])),
        "gram": unit(grams),
    }
    made = {}
    for name, units in spaces.items():
        around = look_around(units, trial.gallery, Stage("", len(units), silent))
        for key in ("centred", "whitened"):
            correction = CORRECTIONS[key].made(units[trial.gallery], around.of(trial.gallery))
            made[name, key] = correction
    right: dict[str, dict[str, list[np.ndarray]]] = {}
    for start in range(0, len(trial.queries), BLOCK):
        rows = trial.queries[start : start + BLOCK]
        for label, values in scores(trial, rows, spaces, made):
            for question in trial.questions:
                places = trial.gallery[best(values, trial.answers(question, rows), 10)]
                right.setdefault(label, {}).setdefault(question.name, []).append(places)
    bootstrap = Bootstrap(trial.hands)
    print(f"{len(trial.queries):,} queries, {len(trial.gallery):,} works in the gallery; P@10")
    for question in trial.questions:
        counted = trial.counted(question)
        print(f"\n{question.label} ({counted.sum():,} queries)")
        first: np.ndarray | None = None
        for label, lists in right.items():
            found = np.concatenate(lists[question.name])
            own = measures(trial.right(question, found))["p10"]
            first = own if first is None else first
            print(
                f"{label:42}{told(bootstrap.figure(own, counted))}  gain "
                f"{bootstrap.figure(own - first, counted).points()}"
            )


def told(figure: Figure) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


if __name__ == "__main__":
    main()
