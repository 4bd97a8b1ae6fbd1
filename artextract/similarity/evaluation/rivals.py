"""The ways to rank a gallery that are measured beside each other, and their scores.

A score is higher for what is nearer; only its order within a query's row means anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from artextract.progress import Stage
from artextract.similarity.corrections import CORRECTIONS, look_around
from artextract.similarity.evaluation.trial import SEED, Trial
from artextract.similarity.fusion import reciprocal_ranks, standardised
from artextract.vectors import unit


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


def rivals_of(embeddings: list[str]) -> list[Rival]:
    """All that are measured where a collection has these embeddings."""
    found = []
    for name in embeddings:
        found.append(Rival(name, name, "embedding", name))
        found += [
            Rival(f"{name}_{one.name}", f"{name} · {one.label}", "correction", name) for one in CORRECTIONS.values()
        ]
    fusions = [FUSED_RANKS, FUSED_SCORES] if len(embeddings) > 1 else []
    return [*found, *fusions, RANDOM, PIXELS]


class Space:
    """One embedding of a trial's works, and its corrections by the trial's gallery."""

    def __init__(self, vectors: np.ndarray, trial: Trial, stage: Stage) -> None:
        """Prepare.

        Args:
            vectors: float32 [n, d] of the trial's works, in their order.
            trial: the queries and the gallery.
            stage: advanced by the trial's works.
        """
        self._trial = trial
        self._units = unit(vectors)
        self.surroundings = look_around(self._units, trial.gallery, stage)
        """Of the trial's works in its gallery."""
        around = self.surroundings.of(trial.gallery)
        self._corrections = {one.name: one.made(self._units[trial.gallery], around) for one in CORRECTIONS.values()}

    def cosines(self, rows: np.ndarray) -> np.ndarray:
        """Of works with the gallery, float32 [len(rows), g]; a work with itself is NaN."""
        found: np.ndarray = self._units[rows] @ self._units[self._trial.gallery].T
        found[rows[:, None] == self._trial.gallery[None]] = np.nan
        return found

    def corrected(self, rows: np.ndarray, cosines: np.ndarray) -> dict[str, np.ndarray]:
        """The scores by each of `CORRECTIONS`, float32 [len(rows), g] each."""
        queries = self._units[rows]
        return {name: correct(queries, cosines) for name, correct in self._corrections.items()}


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
