"""Measure a model on an ArtGAN copy, next to two baselines: the majority class and a linear model."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artextract.attributes.evaluation.metrics import DateScores, Scores, score, score_dates
from artextract.attributes.labelled_paintings import in_split, read_paintings
from artextract.attributes.labels import ANOTHER, LABELLED, Classes, painter_name
from artextract.attributes.reader import Reader, read_files
from artextract.attributes.reading import Predictions
from artextract.errors import SourceError
from artextract.progress import Report, silent
from artextract.similarity.evaluation.measures import artist_numbers
from artextract.vision.backbones import find_backbone
from artextract.vision.device import Device
from artextract.vision.feature_extractor import Embedder, embed_files

BASELINE = "efficientnet_lite2"  # The backbone of the linear baseline: it was not trained on paintings
MIN_TRAINING = 100  # Training images that the baselines need


@dataclass(frozen=True)
class LabelTask:
    """The task to predict one attribute, for the rows of a table that have a label for it."""

    rows: np.ndarray  # int64: rows of the table
    columns: np.ndarray  # int64: the model's classes to choose from
    target: np.ndarray  # int64 [rows]: the right class, as an index into `columns`
    artists: np.ndarray  # int64 [rows]: the painter as a number; each painting without one has its own
    unknown: int  # Labelled rows that are left out because the model does not know their class

    def probabilities(self, probabilities: np.ndarray) -> np.ndarray:
        """The model's probabilities [n, classes] of `columns`, float64 [n, columns], rows sum to 1."""
        chosen = probabilities[:, self.columns]
        return chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1e-300)


def label_task(table: pd.DataFrame, attribute: str, classes: Classes, listed_artists: Collection[str]) -> LabelTask:
    """The task to predict the labels of a table of `read_paintings` (NA where a row has none).

    Styles and genres are chosen from all classes, artists only from `listed_artists` ("Claude Monet", …).
    """
    ours, names = classes.of(attribute), table[attribute]
    columns = np.arange(len(ours))
    if attribute == "artist":
        names = names.map(painter_name, na_action="ignore")
        listed = {painter_name(name) for name in listed_artists}
        columns = np.array([i for i, name in enumerate(ours) if name in listed], dtype=np.int64)
    target = names.map({ours[column]: i for i, column in enumerate(columns) if ours[column] != ANOTHER})
    rows = np.flatnonzero(target.notna())
    artists = artist_numbers(pd.factorize(table["painter"].iloc[rows])[0])
    unknown = int(names.notna().sum()) - len(rows)
    return LabelTask(rows, columns, target.iloc[rows].to_numpy(np.int64), artists, unknown)


def evaluate(reader: Reader, images: Path, labels: Path, split: str, report: Report = silent) -> dict[str, Any]:
    """Measure a model on the images of a split ("train" or "val") of an ArtGAN copy, whole or partial.

    Returns `{"attributes": {"style": {"n", "classes", "accuracy", …, "unknown", "baselines"}, …,
    "date": {"n", "median_abs_error_years", "coverage_80"}}}`. `baselines` has "majority" and
    "logistic_regression" if the copy has training images. An attribute without images in the split
    only has n = 0. Raises SourceError if the copy can't be read, or has no image of the split.
    """
    table = read_paintings(images, labels)
    own = in_split(table, split)
    if not own.any(axis=None):
        raise SourceError(
            f"None of the {len(table):,} images in {images} is in the {split} lists of {labels}. "
            "Check that they belong together, or name the other split."
        )
    chosen = own.any(axis=1)
    paintings = table[chosen].reset_index(drop=True)
    listed = paintings[list(LABELLED)].where(own[chosen].reset_index(drop=True)).join(paintings["painter"])
    predictions = read_files(reader, list(paintings["path"]), report)
    tasks = label_tasks(listed, reader.facts.classes, reader.facts.listed_artists)
    beside = {}
    if split == "val":
        training = table[table["split"] == "train"].reset_index(drop=True)
        learnt = label_tasks(training, reader.facts.classes, reader.facts.listed_artists)
        beside = baselines(training, learnt, paintings, tasks, reader.mapper.device, report)
    figures: dict[str, Any] = {}
    for name, task in tasks.items():
        figures[name] = {"n": 0, "unknown": task.unknown}
        if len(task.rows):
            probabilities = task.probabilities(predictions.probabilities[name][task.rows])
            figures[name] = asdict(score(probabilities, task.target, task.artists)) | {"unknown": task.unknown}
        if name in beside:
            figures[name]["baselines"] = {baseline: asdict(scores) for baseline, scores in beside[name].items()}
    dated = date_scores(predictions, paintings["year"])
    figures["date"] = asdict(dated) if dated else {"n": 0}
    return {"split": split, "images": len(paintings), "attributes": figures}


def label_tasks(table: pd.DataFrame, classes: Classes, listed_artists: Collection[str]) -> dict[str, LabelTask]:
    """The tasks of all attributes with classes, from the labels in a table of `read_paintings`."""
    return {name: label_task(table, name, classes, listed_artists) for name in LABELLED}


def date_scores(predictions: Predictions, years: pd.Series) -> DateScores | None:
    """The scores of predicted dates for the dated paintings; None if none has a date."""
    known = np.flatnonzero(years.notna())
    if not len(known):
        return None
    low, median, high = predictions.date_quantiles()[known].T
    return score_dates(median, low, high, years.iloc[known].to_numpy(float))


def baselines(
    training: pd.DataFrame,
    learnt: Mapping[str, LabelTask],
    paintings: pd.DataFrame,
    tasks: Mapping[str, LabelTask],
    device: Device,
    report: Report = silent,
) -> dict[str, dict[str, Scores]]:
    """The scores of two baselines: the class frequencies of the training images, and a logistic
    regression on the embeddings of an untuned backbone.

    Both tables have a column `path`; `learnt` are the tasks of `training`. Returns {} for fewer than
    `MIN_TRAINING` training rows.
    """
    if len(training) < MIN_TRAINING:
        return {}
    vectors = embed_files([*training["path"], *paintings["path"]], baseline_embedder(device), report)
    scores = {}
    for name, task in tasks.items():
        known, classes = learnt[name], len(task.columns)
        if not len(task.rows) or len(np.unique(known.target)) < 2:
            continue
        frequencies = np.bincount(known.target, minlength=classes) / len(known.target)
        regression = logistic_regression(vectors[known.rows], known.target, vectors[len(training) + task.rows], classes)
        scores[name] = {
            "majority": score(np.tile(frequencies, (len(task.rows), 1)), task.target, task.artists),
            "logistic_regression": score(regression, task.target, task.artists),
        }
    return scores


def logistic_regression(vectors: np.ndarray, target: np.ndarray, queries: np.ndarray, classes: int) -> np.ndarray:
    """Probabilities float64 [queries, classes] by a logistic regression (L2, C = 0.01) on standardised vectors."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fitted = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300)).fit(vectors, target)
    probabilities = np.zeros((len(queries), classes))
    probabilities[:, fitted.classes_] = fitted.predict_proba(queries)
    return probabilities


def baseline_embedder(device: Device) -> Embedder:
    """The backbone of the linear baseline. Raises WeightsError if its weights are not available."""
    return Embedder(find_backbone(BASELINE), device=device)
