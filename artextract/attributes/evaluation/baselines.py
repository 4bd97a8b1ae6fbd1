"""The two baselines that stand beside every figure: the majority class, and a linear model."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from artextract.attributes.evaluation.metrics import Scores, score
from artextract.attributes.evaluation.questions import Question, question
from artextract.attributes.reader import Reader
from artextract.progress import Report
from artextract.vision.backbones import find_backbone
from artextract.vision.device import Device
from artextract.vision.feature_extractor import Embedder
from artextract.vision.picture_files import embed_files

BASELINE = "efficientnet_lite2"
"""The backbone of the linear model: it has learnt nothing of paintings."""
LEAST_TO_TRAIN = 100
"""Training images from which on the baselines are worth measuring."""


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


def baselines(
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
    vectors = embed_files(paths, baseline_embedder(reader.mapper.device), report)
    found = {}
    for name, what in questions.items():
        everything = np.ones(len(training), dtype=bool)
        learnt = question(training, everything, name, reader)
        if not len(what.rows) or len(np.unique(learnt.target)) < 2:
            continue
        counts = np.bincount(learnt.target, minlength=len(what.columns))
        regression = logistic_regression(
            vectors[learnt.rows],
            learnt.target,
            vectors[len(training) + what.rows],
            what.target,
            len(what.columns),
        )
        found[name] = {
            "majority": asdict(majority(counts, what.target)),
            "logistic_regression": asdict(regression),
        }
    return found


def baseline_embedder(device: Device) -> Embedder:
    """The backbone of the linear model.

    Raises:
        WeightsError: its weights can't be had.
    """
    return Embedder(find_backbone(BASELINE), device=device)
