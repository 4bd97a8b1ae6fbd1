"""Does a learnt metric help with artists who are not in training?

This needs an embedded collection of a copy of WikiArt. The artists of `train/splits` are kept out.
Measured is the precision@10 of `efficientnet_lite2`, which was not trained on paintings, plain and
with a metric learnt on the training paintings of the other artists: a linear projection by the
supervised contrastive loss (Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020) on same
artist, style and genre. There are two sets of queries: half of the works by artists kept out, and
works by artists in training that were not trained on. All other works are in the gallery. `--tuned`
adds a network that was tuned without the artists kept out, such as by
`train/configs/backbone_artist_disjoint.yaml`; its queries are the works that its training set aside.

    python -m benchmarks.unseen_artists wikiart --tuned cache/training/artist_disjoint_backbone
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.decomposition import PCA
from torch import Tensor, nn
from tqdm import tqdm

from artextract.collection import Collection
from artextract.similarity.evaluation.evaluate import BLOCK, best
from artextract.similarity.evaluation.measures import ArtistBootstrap, ranking_measures
from artextract.similarity.evaluation.retrieval_task import K, RetrievalTask
from artextract.sources.wikiart import image_key
from artextract.vectors import unit
from artextract.vision.backbones import find_backbone
from artextract.vision.embedding import load_embeddings
from artextract.vision.feature_extractor import Embedder
from benchmarks.embedded_files import embed_files
from train.config import Data
from train.data.paintings import labelled_paintings

KEPT_OUT = Path(__file__).parents[1] / "train" / "splits" / "artist_disjoint_val.txt"
LABELS = ("artist", "style", "genre")
DIMENSION = 256
EPOCHS = 5
BATCH = 512
OF_AN_ARTIST = 8
TEMPERATURE = 0.1
RATE = 1e-3


def learn(vectors: np.ndarray, works: pd.DataFrame) -> np.ndarray:
    """A projection that moves works of the same artist, style or genre near each other.

    Args:
        vectors: float32 [n, d], unit length, of the works.
        works: their labels.

    Returns:
        float32 [d, DIMENSION].
    """
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    centred = torch.from_numpy(vectors - vectors.mean(axis=0))
    centred /= centred.norm(dim=1).mean()
    layer = nn.Linear(vectors.shape[1], DIMENSION, bias=False)
    layer.weight.data = torch.from_numpy(PCA(DIMENSION, random_state=0).fit(vectors).components_)
    codes = [torch.from_numpy(pd.factorize(works[name])[0]) for name in LABELS]
    by_artist = [
        rows for rows in works.groupby("artist").indices.values() if len(rows) >= 2
    ]  # in a random batch hardly two works are of one hand
    optimizer = torch.optim.AdamW(layer.parameters(), lr=RATE, weight_decay=0.0)
    steps = EPOCHS * (len(vectors) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in tqdm(range(steps), "learning", mininterval=5):
        drawn = list(rng.integers(0, len(vectors), BATCH // 2))
        while len(drawn) < BATCH:
            rows = by_artist[rng.integers(len(by_artist))]
            drawn += list(rng.choice(rows, min(len(rows), OF_AN_ARTIST), replace=False))
        batch = torch.from_numpy(np.unique(drawn))
        seen = nn.functional.normalize(layer(nn.functional.dropout(centred[batch], 0.2)))
        loss = contrastive(seen @ seen.T / TEMPERATURE, [one[batch] for one in codes])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return layer.weight.detach().numpy().T


def contrastive(scores: Tensor, labels: list[Tensor]) -> Tensor:
    """The sum over labels of the mean loss of the works that share it with another of the batch."""
    itself = torch.eye(len(scores), dtype=torch.bool)
    likely = scores.masked_fill(itself, -1e4).log_softmax(dim=1)
    losses = []
    for label in labels:
        same = (label[:, None] == label[None]) & (label[:, None] >= 0) & ~itself
        shared = same.any(dim=1)
        losses.append(-((likely * same).sum(dim=1)[shared] / same.sum(dim=1)[shared]).mean())
    return torch.stack(losses).sum()


def side_by_side(*parts: np.ndarray) -> np.ndarray:
    return unit(np.concatenate([unit(part) for part in parts], axis=1))


def precisions(task: RetrievalTask, units: np.ndarray) -> dict[str, np.ndarray]:
    """By relevance: precision@10 of each query, float [q]; NaN where it doesn't count."""
    found = {}
    for relevance in task.relevances:
        near = []
        for start in range(0, len(task.queries), BLOCK):
            rows = task.queries[start : start + BLOCK]
            scores = units[rows] @ units[task.gallery].T
            near.append(task.gallery[best(scores, task.candidates(relevance, rows), K)])
        own = ranking_measures(task.relevant(relevance, np.concatenate(near)))["p10"]
        found[relevance.name] = np.where(task.counted(relevance), own, np.nan)
    return found


def report(name: str, task: RetrievalTask, spaces: dict[str, np.ndarray]) -> None:
    relevances, bootstrap = task.relevances, ArtistBootstrap(task.artists)
    print(f"\n{name}: {len(task.queries):,} queries, {len(task.gallery):,} works in the gallery")
    print(f"{'':44}" + "".join(f"{one.label:>28}" for one in relevances))
    plain: dict[str, np.ndarray] = {}
    for label, units in spaces.items():
        own = precisions(task, units)
        plain = plain or own
        line = f"{label:44}"
        for one in relevances:
            counted = ~np.isnan(own[one.name])
            text = f"{own[one.name][counted].mean():.3f}"
            if own is not plain:
                gain = bootstrap.estimates({"gain": own[one.name] - plain[one.name]}, counted)["gain"]
                text += f" {gain.value:+.3f} ({gain.low:+.3f} {gain.high:+.3f})"
            line += f"{text:>28}"
        print(line, flush=True)


def parts_of(training: Path) -> dict[str, str]:
    """What each painting was for a training, by its id: "train", or "val" if it was kept aside."""
    settings = json.loads((training / "settings.json").read_text(encoding="utf-8"))
    table = labelled_paintings(Data.model_validate(settings["data"]))
    named = table["part"].map({"fit": "train", "aside": "val"})
    return dict(zip(table["file"], named, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection")
    parser.add_argument("--tuned", type=Path, help="the folder of such a training")
    options = parser.parse_args()
    torch.set_num_threads(2)
    collection = Collection.open(options.collection)
    stored = load_embeddings(collection, "efficientnet_lite2")
    works = collection.works().set_index("id").loc[list(stored.ids)].reset_index()
    units = unit(stored.vectors)
    kept = {image_key(line.strip()) for line in KEPT_OUT.read_text(encoding="utf-8").splitlines()}
    unseen = works["id"].map(image_key).isin(kept).to_numpy()
    if options.tuned:
        works["split"] = works["id"].map(parts_of(options.tuned))
    fit = np.flatnonzero((works["split"] == "train").to_numpy() & ~unseen)
    learnt = (units - units[fit].mean(axis=0)) @ learn(units[fit], works.iloc[fit])
    spaces = {
        "efficientnet_lite2": units,
        "… a metric learnt": unit(learnt),
        "… both side by side": side_by_side(units, learnt),
    }
    if options.tuned:
        paths = [collection.image_path(image) for image in works["image"]]
        embedder = Embedder(find_backbone("style"), options.tuned / "final.safetensors")
        tuned = embed_files(paths, embedder)
        spaces |= {
            "tuned without these artists": unit(tuned),
            "… with efficientnet_lite2 beside it": side_by_side(tuned, 0.7 * units),
        }
    rng = np.random.default_rng(0)
    half = unseen & (rng.random(len(works)) < 0.5)
    report("Artists kept out", RetrievalTask(works.assign(split=np.where(half, "val", "train"))), spaces)
    report("Artists learnt from", RetrievalTask(works[~unseen]), {k: v[~unseen] for k, v in spaces.items()})


if __name__ == "__main__":
    main()
