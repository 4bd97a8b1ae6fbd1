"""Evaluate a collection's neighbours: every embedding, against two baselines."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.errors import BadImageError, NotReadyError
from artextract.progress import Report, Stage, silent
from artextract.similarity.descriptors.visual_descriptors import compute_descriptors, stored_descriptors
from artextract.similarity.evaluation.measures import ArtistBootstrap, Estimate, ranking_measures
from artextract.similarity.evaluation.results import RankingResult, SimilarityResults, write_results
from artextract.similarity.evaluation.retrieval_task import RELEVANCES, SEED, K, RetrievalTask
from artextract.similarity.metrics.pixels import open_comparison_picture
from artextract.similarity.metrics.registry import PICTURE_METRICS, Scores, score_pictures
from artextract.vectors import unit
from artextract.vision.embedding import embedded_by, load_embeddings

BASELINES = {"random": "Random works", "pixels": "Nearest by pixels"}
BLOCK = 256  # Queries compared with the gallery at once
SAMPLE = 50  # Queries whose neighbours are compared by their pictures
PREVIOUS_SSIM = 0.2045
"""Mean SSIM of the nearest works of 50 queries, as the project that ArtExtract continues reported it."""


def evaluate_similarity(collection: Collection, report: Report = silent) -> SimilarityResults:
    """Measure how often neighbours have the same artist, style and genre, and store the results.

    Only works that have all embeddings take part. Raises NotReadyError if the collection has no embedding,
    or no labels to measure by. A stop or a StorageError leaves earlier results unchanged.
    """
    stored = {name: load_embeddings(collection, name) for name in embedded_by(collection)}
    if not stored:
        raise NotReadyError(
            f"The collection {collection.name} has no embedding yet: run `artextract embed {collection.name}` first."
        )
    compute_descriptors(collection, report)
    descriptors = stored_descriptors(collection)
    works = collection.works()
    embedded = set.intersection(*(set(embeddings.ids) for embeddings in stored.values()))
    task = RetrievalTask(works[works["id"].isin(embedded) & works["image_sha256"].isin(list(descriptors))])
    ids = pd.Index(task.works["id"])
    units = {name: unit(each.vectors[pd.Index(each.ids).get_indexer(ids)]) for name, each in stored.items()}
    pictures = np.stack([descriptors[sha256].small.ravel() for sha256 in task.works["image_sha256"]])
    neighbours = _rank(task, units, pictures.astype(np.float32) / 255, report)
    bootstrap, counted = ArtistBootstrap(task.artists), {each.name: task.counted(each) for each in task.relevances}

    def estimates(ranking: str, key: str) -> dict[str, Estimate]:
        relevant = task.relevant(RELEVANCES[key], neighbours[ranking, key])
        return bootstrap.estimates(ranking_measures(relevant), counted[key])

    rankings = [
        RankingResult(
            name=name,
            label=BASELINES.get(name, name),
            measures={key: estimates(name, key) for key in counted},
            picture_scores=scores,
        )
        for name, scores in _picture_scores(collection, task, neighbours, report).items()
    ]
    results = SimilarityResults(
        collection=collection.name,
        works_version=collection.version(),
        sentence=task.sentence(),
        counted={key: int(counts.sum()) for key, counts in counted.items()},
        rankings=rankings,
    )
    write_results(collection, results)
    return results


def scores_of(
    task: RetrievalTask, units: dict[str, np.ndarray], pixels: np.ndarray, rows: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """Scores of the works in `rows` with the gallery by every embedding and baseline: float32 [len(rows), g].

    A higher score is nearer. A work has NaN with itself. `units` has the unit vectors of the task's works by
    embedding, float32 [n, dimension], and `pixels` their small pictures, float32 [n, values], 0 to 1.
    """
    gallery, itself = task.gallery, rows[:, None] == task.gallery[None]
    for name, vectors in units.items():
        yield name, np.where(itself, np.nan, vectors[rows] @ vectors[gallery].T)
    drawn = np.random.default_rng([SEED, int(rows[0])]).random(itself.shape, dtype=np.float32)
    yield "random", np.where(itself, np.nan, drawn)
    squares = (pixels[gallery] ** 2).sum(axis=1)
    yield "pixels", np.where(itself, np.nan, 2 * pixels[rows] @ pixels[gallery].T - squares)


def best(scores: np.ndarray, allowed: np.ndarray | bool, k: int) -> np.ndarray:
    """For each row, the columns of its `k` highest scores, the highest first; -1 where there are fewer.

    Scores (float32 [b, g]) that are NaN or not `allowed` (bool [b, g]) are never chosen.
    """
    values = np.where(np.isnan(scores) | ~np.asarray(allowed), -np.inf, scores)
    k = min(k, values.shape[1])
    places = np.sort(np.argpartition(-values, k - 1, axis=1)[:, :k], axis=1)
    values = np.take_along_axis(values, places, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    places, values = (np.take_along_axis(array, order, axis=1) for array in (places, values))
    return np.where(np.isneginf(values), -1, places)


def _rank(
    task: RetrievalTask, units: dict[str, np.ndarray], pixels: np.ndarray, report: Report
) -> dict[tuple[str, str], np.ndarray]:
    """Ranking and relevance ("" for all works) → the nearest works, int32 [q, 10], rows of the task's works.

    The nearest come first; -1 stands for none, and for queries that do not count.
    """
    count = len(task.queries)
    stage = Stage("Ranking", count, report)
    counted = {"": np.ones(count, bool)} | {relevance.name: task.counted(relevance) for relevance in task.relevances}
    rankings = [*units, *BASELINES]
    neighbours = {(name, key): np.full((count, K), -1, np.int32) for name in rankings for key in counted}
    for start in range(0, count, BLOCK):
        block = slice(start, start + BLOCK)
        rows = task.queries[block]
        allowed = {relevance.name: task.candidates(relevance, rows) for relevance in task.relevances}
        for name, scores in scores_of(task, units, pixels, rows):
            for key, counts in counted.items():
                places = best(scores, allowed.get(key, True), K)
                nearest = np.where((places >= 0) & counts[block, None], task.gallery[places], -1)
                neighbours[name, key][block, : places.shape[1]] = nearest
        stage.advance(len(rows))
    return neighbours


def _picture_scores(
    collection: Collection, task: RetrievalTask, neighbours: dict[tuple[str, str], np.ndarray], report: Report
) -> dict[str, dict[str, float | None]]:
    """Ranking → the mean of each picture metric over the nearest works of `SAMPLE` queries."""

    def picture(row: int) -> np.ndarray | None:
        try:
            return open_comparison_picture(collection.image_path(task.works["image"].iloc[row]))
        except BadImageError:
            return None

    count = min(SAMPLE, len(task.queries))
    sample = np.sort(np.random.default_rng(SEED).choice(len(task.queries), count, replace=False))
    stage = Stage("Comparing pictures", count, report)
    scores: dict[str, list[Scores]] = {name: [] for name, _ in neighbours}
    for place in sample.tolist():
        query = picture(task.queries[place])
        for name, found in scores.items():
            nearest = neighbours[name, ""][place]
            found.extend(score_pictures(query, [picture(row) for row in nearest[nearest >= 0]]))
        stage.advance()

    def mean(found: list[Scores], place: int) -> float | None:
        known = [score for scores in found if (score := scores[place]) is not None]
        return float(np.mean(known)) if known else None

    return {
        name: {metric: mean(found, place) for place, metric in enumerate(PICTURE_METRICS)}
        for name, found in scores.items()
    }
