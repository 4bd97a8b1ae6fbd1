"""The ways to rank a gallery that are measured beside each other, and their scores.

A score is higher for what is nearer; only its order within a query's row means anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from artextract.progress import Stage
from artextract.similarity.evaluation.trial import SEED, K, Trial
from artextract.similarity.fusion import reciprocal_ranks, standardised

BLOCK = 256
"""Rows that are compared with the whole gallery at once."""


@dataclass(frozen=True)
class Rival:
    """A way to rank."""

    name: str
    label: str
    kind: str
    """embedding, correction, fusion or floor."""
    embedding: str = ""
    """The one embedding that it goes by, if it is one."""


FUSED_RANKS = Rival("fused_ranks", "All embeddings · reciprocal ranks", "fusion")
FUSED_SCORES = Rival("fused_scores", "All embeddings · standardised scores", "fusion")
RANDOM = Rival("random", "Random works", "floor")
PIXELS = Rival("pixels", "Pixel RMSE", "floor")
CORRECTIONS = {
    "centred": "centred",
    "csls": "CSLS",
    "proximity": "mutual proximity",
}


def rivals_of(embeddings: list[str]) -> list[Rival]:
    """All that are measured where a collection has these embeddings."""
    found = []
    for name in embeddings:
        found.append(Rival(name, name, "embedding", name))
        found += [
            Rival(f"{name}_{key}", f"{name} · {label}", "correction", name)
            for key, label in CORRECTIONS.items()
        ]
    fusions = [FUSED_RANKS, FUSED_SCORES] if len(embeddings) > 1 else []
    return [*found, *fusions, RANDOM, PIXELS]


class Space:
    """One embedding of a trial's works, with what the corrections need to know of its gallery."""

    def __init__(self, vectors: np.ndarray, trial: Trial, stage: Stage) -> None:
        """Prepare.

        Args:
            vectors: float32 [n, d] of the trial's works, in their order.
            trial: the queries and the gallery.
            stage: advanced by the gallery's works.
        """
        self._trial = trial
        self._units = unit(vectors)
        self._centred = unit(self._units - self._units[trial.gallery].mean(axis=0))
        self._near, self._mean, self._deviation = self._about_gallery(stage)

    def cosines(self, rows: np.ndarray) -> np.ndarray:
        """Of works with the gallery, float32 [len(rows), g]; a work with itself is NaN."""
        return self._between(self._units, rows)

    def corrected(self, rows: np.ndarray, cosines: np.ndarray) -> dict[str, np.ndarray]:
        """The scores of each of `CORRECTIONS`, float32 [len(rows), g] each.

        `centred`: cosines after the gallery's mean is taken off (Suzuki et al. 2013). `csls`: twice
        the cosine less the gallery work's mean cosine with its own ten nearest (Conneau et al.,
        "Word Translation Without Parallel Data", ICLR 2018; the query's own is the same for all).
        `proximity`: how likely a work drawn at random is farther from both than they are from each
        other, under a normal distribution of each one's cosines, taken as independent (Schnitzer
        et al., "Local and Global Scaling Reduce Hubs in Space", JMLR 13, 2012), as a logarithm.
        """
        from scipy.special import log_ndtr

        own_mean = np.nanmean(cosines, axis=1, keepdims=True)
        own_deviation = np.maximum(np.nanstd(cosines, axis=1, keepdims=True), 1e-6)
        return {
            "centred": self._between(self._centred, rows),
            "csls": 2 * cosines - self._near,
            "proximity": log_ndtr((cosines - own_mean) / own_deviation)
            + log_ndtr((cosines - self._mean) / self._deviation),
        }

    def _between(self, units: np.ndarray, rows: np.ndarray) -> np.ndarray:
        found: np.ndarray = units[rows] @ units[self._trial.gallery].T
        found[rows[:, None] == self._trial.gallery[None]] = np.nan
        return found

    def _about_gallery(self, stage: Stage) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each gallery work: mean cosine with its ten nearest; mean and deviation of all."""
        near, mean, deviation = [], [], []
        for start in range(0, len(self._trial.gallery), BLOCK):
            rows = self._trial.gallery[start : start + BLOCK]
            cosines = self.cosines(rows)
            mean.append(np.nanmean(cosines, axis=1))
            deviation.append(np.nanstd(cosines, axis=1))
            known = np.nan_to_num(cosines, nan=-1.0)
            k = min(K, known.shape[1])
            near.append(np.partition(known, known.shape[1] - k, axis=1)[:, -k:].mean(axis=1))
            stage.advance(len(rows))
        return (
            np.concatenate(near), np.concatenate(mean),
            np.maximum(np.concatenate(deviation), 1e-6),
        )  # fmt: skip


class Ranking:
    """All rivals on one trial."""

    def __init__(self, trial: Trial, spaces: Mapping[str, Space], pixels: np.ndarray) -> None:
        """Take what they rank by.

        Args:
            trial: the queries and the gallery.
            spaces: by the name of the embedding.
            pixels: uint8 [n, …], the works' small pictures.
        """
        self._trial = trial
        self._spaces = spaces
        self._pixels = pixels.reshape(len(pixels), -1).astype(np.float32) / 255
        self._squares = (self._pixels**2).sum(axis=1)
        self.rivals = rivals_of(list(spaces))

    def scores(self, rows: np.ndarray) -> Iterator[tuple[Rival, np.ndarray]]:
        """Each rival's scores of works with the gallery, float32 [len(rows), g], in order; a work
        with itself is NaN."""
        by_name = {rival.name: rival for rival in self.rivals}
        all_cosines = []
        for name, space in self._spaces.items():
            cosines = space.cosines(rows)
            yield by_name[name], cosines
            for key, scores in space.corrected(rows, cosines).items():
                yield by_name[f"{name}_{key}"], scores
            all_cosines.append(cosines)
        if len(all_cosines) > 1:
            yield FUSED_RANKS, reciprocal_ranks(all_cosines)
            yield FUSED_SCORES, standardised(all_cosines)
        itself = rows[:, None] == self._trial.gallery[None]
        drawn = np.random.default_rng([SEED, int(rows[0])]).random(itself.shape, dtype=np.float32)
        yield RANDOM, np.where(itself, np.nan, drawn)
        gallery = self._trial.gallery
        apart = self._squares[gallery] - 2 * self._pixels[rows] @ self._pixels[gallery].T
        yield PIXELS, np.where(itself, np.nan, -apart)


def best(scores: np.ndarray, allowed: np.ndarray | bool, k: int) -> np.ndarray:
    """The places of the `k` highest scores of each row, the highest first; -1 where there are none.
    Which of several equal ones comes in last is the partition's choice, the same each time.

    Args:
        scores: float32 [b, g]; NaN is never among them.
        allowed: bool [b, g], which count.
        k: how many.
    """
    held = np.where(np.isnan(scores) | ~np.asarray(allowed), -np.inf, scores)
    k = min(k, held.shape[1])
    places = np.sort(np.argpartition(-held, k - 1, axis=1)[:, :k], axis=1)
    values = np.take_along_axis(held, places, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    found = np.take_along_axis(places, order, axis=1)
    found[np.isneginf(np.take_along_axis(values, order, axis=1))] = -1
    return found


def unit(vectors: np.ndarray) -> np.ndarray:
    """`vectors` [n, d] at unit length, float32; zero vectors stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: np.ndarray = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return found
