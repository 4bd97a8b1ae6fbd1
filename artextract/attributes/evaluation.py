"""Evaluating a model on an ArtGAN copy, beside the two baselines that every figure needs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artextract.attributes.metrics import DateScores, Scores, score, score_dates
from artextract.attributes.paintings import (
    ANOTHER,
    LABELLED,
    in_split,
    painter_name,
    read_paintings,
)
from artextract.attributes.reader import Predictions, Reader, read_files
from artextract.errors import SourceError
from artextract.progress import Report, Stage, silent
from artextract.vision.backbones import DEFAULT_BACKBONE, find_backbone
from artextract.vision.embedding import BATCH, Embedder, prepare
from artextract.vision.images import open_picture

LEAST_TO_TRAIN = 100
"""Training images from which on the baselines are worth measuring."""


@dataclass(frozen=True)
class Question:
    """One attribute's choice among classes, on the rows of a table that ask it."""

    rows: np.ndarray
    """int64: rows of the table."""
    columns: np.ndarray
    """int64: the model's classes that are answers to it."""
    target: np.ndarray
    """int64 [len(rows)]: the right answer, as an index into `columns`."""
    unknown: int
    """Rows left out, since their class is none of the model's."""


def question(table: pd.DataFrame, asked: np.ndarray, attribute: str, reader: Reader) -> Question:
    """What the lists ask of `attribute` in the rows `asked` (bool [n]).

    Style and genre are asked among all the model's classes. The artist lists ask among their own
    few artists, so the model's probabilities of these alone are compared.
    """
    names = table[attribute].where(asked)
    ours = list(reader.facts.classes.of(attribute))
    if attribute == "artist":
        names = names.map(painter_name, na_action="ignore")
        listed = {painter_name(name) for name in reader.facts.listed_artists}
        columns = np.array([i for i, name in enumerate(ours) if name in listed], dtype=np.int64)
    else:
        columns = np.arange(len(ours))
    known = {ours[column]: place for place, column in enumerate(columns) if ours[column] != ANOTHER}
    target = names.map(known)
    rows = np.flatnonzero(target.notna())
    return Question(
        rows,
        columns,
        target.iloc[rows].to_numpy(np.int64),
        int(names.notna().sum()) - len(rows),
    )


def answers(probabilities: np.ndarray, asked: Question) -> np.ndarray:
    """The model's probabilities of a question's classes, float64 [rows, columns], sums of 1."""
    chosen = probabilities[:, asked.columns]
    result: np.ndarray = chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1e-300)
    return result


def evaluate(
    reader: Reader, images: Path, labels: Path, split: str, report: Report = silent
) -> dict[str, Any]:
    """Measure a model on the images of a split.

    Args:
        reader: the model.
        images: the folder with `<Style>/<artist>_<title>.jpg`, whole or partial.
        labels: the folder of the label lists.
        split: "train" or "val".
        report: told of the progress.

    Returns:
        `{"attributes": {"style": {"n", "classes", "accuracy", …, "unknown", "baselines"}, …,
        "date": {"n", "median_abs_error_years", "coverage_80"}}}`; `baselines` holds "majority" and
        "logistic_regression" where the copy has training images. An attribute of which the split
        has no images has n = 0 and nothing more.

    Raises:
        SourceError: the copy can't be read, or has no image of the split.
    """
    table = read_paintings(images, labels)
    own = in_split(table, split)
    if not own.any(axis=None):
        raise SourceError(
            f"None of the {len(table):,} images in {images} is in the {split} lists of {labels}: "
            "check that the two belong together, or name the other split."
        )
    asked = {name: own[name].to_numpy() for name in LABELLED}
    chosen = np.flatnonzero(own.any(axis=1))
    here = table.iloc[chosen].reset_index(drop=True)
    predictions = read_files(reader, list(here["path"]), report)
    questions = {name: question(here, asked[name][chosen], name, reader) for name in LABELLED}
    baselines = _baselines(table, here, questions, reader, report) if split == "val" else {}
    found: dict[str, Any] = {}
    for name, what in questions.items():
        found[name] = {"n": 0, "unknown": what.unknown}
        if len(what.rows):
            scores = score(answers(predictions.probabilities[name][what.rows], what), what.target)
            found[name] = asdict(scores) | {"unknown": what.unknown}
            found[name] |= {"baselines": baselines[name]} if name in baselines else {}
    dated = date_scores(predictions, here["year"])
    found["date"] = asdict(dated) if dated else {"n": 0}
    return {"split": split, "images": len(here), "attributes": found}


def date_scores(predictions: Predictions, years: pd.Series) -> DateScores | None:
    """How good the dates of the dated paintings are; None if none is dated."""
    known = np.flatnonzero(years.notna())
    if not len(known):
        return None
    low, median, high = predictions.date_quantiles()[known].T
    return score_dates(median, low, high, years.iloc[known].to_numpy(float))


def majority(counts: np.ndarray, target: np.ndarray) -> Scores:
    """Who always says how common the classes are in training; counts int [classes]."""
    return score(np.tile(counts / counts.sum(), (len(target), 1)), target)


def logistic_regression(
    train: np.ndarray, train_target: np.ndarray, test: np.ndarray, target: np.ndarray, classes: int
) -> Scores:
    """A logistic regression (L2, C = 0.01) on standardised embeddings float [n, dimension]."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fitted = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300))
    fitted.fit(train, train_target)
    probabilities = np.zeros((len(test), classes))
    probabilities[:, fitted.classes_] = fitted.predict_proba(test)
    return score(probabilities, target)


def _baselines(
    table: pd.DataFrame,
    here: pd.DataFrame,
    questions: dict[str, Question],
    reader: Reader,
    report: Report,
) -> dict[str, dict[str, Any]]:
    """The baselines' figures, where the copy has training images."""
    training = table[table["split"] == "train"].reset_index(drop=True)
    if len(training) < LEAST_TO_TRAIN:
        return {}
    paths = [*training["path"], *here["path"]]
    vectors = embed_files(paths, report)
    found = {}
    for name, what in questions.items():
        everything = np.ones(len(training), dtype=bool)
        learnt = question(training, everything, name, reader)
        if not len(what.rows) or len(np.unique(learnt.target)) < 2:
            continue
        counts = np.bincount(learnt.target, minlength=len(what.columns))
        regression = logistic_regression(
            vectors[learnt.rows], learnt.target,
            vectors[len(training) + what.rows], what.target, len(what.columns),
        )  # fmt: skip
        found[name] = {
            "majority": asdict(majority(counts, what.target)),
            "logistic_regression": asdict(regression),
        }
    return found


def embed_files(paths: Sequence[Path], report: Report = silent) -> np.ndarray:
    """Pooled embeddings of picture files by the default backbone, float32 [n, dimension]."""
    from concurrent.futures import ThreadPoolExecutor

    embedder = Embedder(find_backbone(DEFAULT_BACKBONE))
    how = embedder.backbone.preprocessing
    stage = Stage("Embedding for the baselines", len(paths), report)

    def load(path: Path) -> np.ndarray:
        return prepare(open_picture(path, at_least=2 * how.input_size).image, how)

    vectors = []
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(paths), 16 * BATCH):
            part = np.stack(list(pool.map(load, paths[start : start + 16 * BATCH])))
            for first in range(0, len(part), BATCH):
                vectors.append(embedder.embed_prepared(part[first : first + BATCH]))
                stage.advance(len(vectors[-1]))
    return np.concatenate(vectors)
