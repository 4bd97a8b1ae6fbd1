"""Measure what each part of the model is worth, in one table.

python -m benchmarks.ablation --config benchmarks/configs/ablation.yaml
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from artextract.attributes.certainty.calibration import fit_temperature
from artextract.attributes.evaluation.evaluate import LabelTask, label_tasks
from artextract.attributes.evaluation.metrics import Scores, score
from artextract.attributes.model_bundle import CONTENT
from artextract.files import write_bytes
from artextract.vision.backbones import find_backbone
from artextract.vision.device import Device, find_device
from artextract.vision.feature_extractor import Embedder
from benchmarks.embedded_files import embed_files
from train.checkpoints import Run
from train.config import AttributeSettings, Changes, ConfigFile, Settings, run
from train.data.sequences import read_sequences
from train.sequence.fit import fit, logits_of

BASELINES = {"majority": "majority", "logistic_regression": "logistic regression on pooled embeddings"}
"""Their names in the table."""
MIN_TRAINING = 100  # Training images that the baselines need
FIGURES = ("accuracy", "balanced_accuracy", "macro_f1", "top5", "ece")
"""Printed columns."""


class AblationSettings(Settings):
    """`python -m benchmarks.ablation`."""

    models: dict[str, AttributeSettings] = Field(min_length=1)
    """Name in the table → how the model is trained."""
    output: Path
    """The JSON file of the table."""


def measure(settings: AblationSettings) -> list[dict[str, object]]:
    """The rows of the table: model, attribute and scores on the validation paintings."""
    rows: list[dict[str, object]] = []
    for number, (label, model_settings) in enumerate(settings.models.items()):
        device = find_device(model_settings.device)
        sequences = read_sequences(model_settings, device)
        paintings = sequences.paintings
        fit_table, val_table = (paintings.table.iloc[paintings.rows(part)] for part in ("fit", "val"))
        listed = fit_table["artist"].dropna().unique()
        tasks = label_tasks(val_table, paintings.classes, listed)
        if number == 0:
            learnt = label_tasks(fit_table, paintings.classes, listed)
            for name, scores in baselines(fit_table, learnt, val_table, tasks, device).items():
                rows += [_row(BASELINES[baseline], name, figures) for baseline, figures in scores.items()]
        model = fit(sequences, model_settings, Run(model_settings.output, model_settings), device)
        aside = logits_of(model, sequences, paintings.rows("aside"))
        logits = logits_of(model, sequences, paintings.rows("val"))
        for name, task in tasks.items():
            if len(task.rows):
                target = paintings.targets[name][paintings.rows("aside")]
                flat = np.zeros(aside[name].shape[1])
                temperature = fit_temperature(aside[name][target >= 0], target[target >= 0], flat)
                probabilities = softmax(logits[name][task.rows] / temperature, axis=1)
                rows.append(_row(label, name, score(task.probabilities(probabilities), task.target, task.artists)))
    return rows


def baselines(
    training: pd.DataFrame,
    learnt: Mapping[str, LabelTask],
    paintings: pd.DataFrame,
    tasks: Mapping[str, LabelTask],
    device: Device,
) -> dict[str, dict[str, Scores]]:
    """The scores of two baselines: the class frequencies of the training images, and a logistic
    regression (L2, C = 0.01) on the standardised embeddings of an untuned backbone.

    Both tables have a column `path`; `learnt` are the tasks of `training`. Returns {} for fewer than
    `MIN_TRAINING` training rows. Raises WeightsError if the backbone's weights are not available.
    """
    if len(training) < MIN_TRAINING:
        return {}
    embedder = Embedder(find_backbone(CONTENT), device=device)
    vectors = embed_files([*training["path"], *paintings["path"]], embedder)
    scores = {}
    for name, task in tasks.items():
        known, classes = learnt[name], len(task.columns)
        if not len(task.rows) or len(np.unique(known.target)) < 2:
            continue
        frequencies = np.bincount(known.target, minlength=classes) / len(known.target)
        fitted = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300))
        fitted.fit(vectors[known.rows], known.target)
        regression = np.zeros((len(task.rows), classes))
        regression[:, fitted.classes_] = fitted.predict_proba(vectors[len(training) + task.rows])
        scores[name] = {
            "majority": score(np.tile(frequencies, (len(task.rows), 1)), task.target, task.artists),
            "logistic_regression": score(regression, task.target, task.artists),
        }
    return scores


def _row(model: str, attribute: str, scores: Scores) -> dict[str, object]:
    return {"model": model, "attribute": attribute} | asdict(scores)


def main(config: ConfigFile, changes: Changes = None) -> None:
    """Measure what each part of the model is worth."""
    settings = AblationSettings.read(config, changes)
    rows = measure(settings)
    write_bytes(settings.output, json.dumps(rows, indent=1).encode())
    for row in rows:
        print(f"{row['model']!s:45} {row['attribute']!s:7}", "  ".join(f"{row[key]:.3f}" for key in FIGURES))
    print(f"Columns: {', '.join(FIGURES)}. Written: {settings.output}")


if __name__ == "__main__":
    run(main)
