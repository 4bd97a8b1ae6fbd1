"""What each part of the model is worth: one table, measured in one run.

python -m train.ablation --config train/configs/ablation.yaml
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from pydantic import Field

from artextract.attributes.evaluation.baselines import (
    baseline_embedder,
    logistic_regression,
    majority,
)
from artextract.attributes.evaluation.metrics import Scores, score
from artextract.attributes.labels import LABELLED, painter_name
from artextract.attributes.model_bundle import write_rows
from artextract.cli.common import errors_as_sentences
from artextract.vision.device import Device, find_device
from artextract.vision.picture_files import embed_files
from train.checkpoints import Run
from train.config import AttributeSettings, Settings
from train.sequence.calibrate import calibrate
from train.sequence.fit import fit, logits_of
from train.sequence.prepare import Prepared, prepare


class AblationSettings(Settings):
    """`python -m train.ablation`."""

    models: dict[str, AttributeSettings] = Field(min_length=1)
    """What to call a row of the table → how its model is trained."""
    output: Path
    """The JSON file of the table."""


def measure(settings: AblationSettings) -> list[dict[str, object]]:
    """The rows of the table: model, attribute and figures on the validation paintings."""
    rows: list[dict[str, object]] = []
    for number, (label, one) in enumerate(settings.models.items()):
        device = find_device(one.device)
        prepared = prepare(one, device)
        if number == 0:
            rows += _baselines(prepared, device)
        model = fit(prepared, one, Run(one.output, one), device)
        calibration = calibrate(model, prepared, one)
        logits = logits_of(model, prepared, prepared.rows("val"))
        for name in LABELLED:
            chosen, columns, target = _asked(prepared, name)
            if not len(chosen):
                continue
            found = calibration[name].probabilities(logits[name][chosen])[:, columns]
            rows.append(_row(label, name, score(found / found.sum(1, keepdims=True), target)))
    return rows


def _baselines(prepared: Prepared, device: Device) -> list[dict[str, object]]:
    fit_rows, val = prepared.rows("fit"), prepared.rows("val")
    paths = prepared.table["path"]
    vectors = embed_files(list(paths), baseline_embedder(device))
    rows = []
    for name in LABELLED:
        chosen, columns, target = _asked(prepared, name)
        if not len(chosen):  # of an artist-disjoint split nobody can be asked for the artist
            continue
        learnt = _places(prepared.targets[name][fit_rows], columns)
        known = fit_rows[learnt >= 0]
        counts = np.bincount(learnt[learnt >= 0], minlength=len(columns))
        rows.append(_row("majority", name, majority(counts, target)))
        scores = logistic_regression(vectors[known], learnt[learnt >= 0], vectors[val[chosen]], target, len(columns))
        rows.append(_row("logistic regression on pooled embeddings", name, scores))
    return rows


def _asked(prepared: Prepared, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which validation paintings ask an attribute, among which columns, and the right ones."""
    val = prepared.table.iloc[prepared.rows("val")]
    classes = prepared.classes.of(name)
    columns = np.arange(len(classes))
    if name == "artist":
        fitted = prepared.table.iloc[prepared.rows("fit")]["artist"].dropna().unique()
        listed = {painter_name(artist) for artist in fitted}
        columns = np.array([i for i in columns if classes[i] in listed])
        target = _places(prepared.targets[name][val.index], columns)
        target[val["artist"].isna()] = -1
    else:
        target = _places(prepared.targets[name][val.index], columns)
    chosen = np.flatnonzero(target >= 0)
    return chosen, columns, target[chosen]


def _places(target: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Class indices as places among `columns`; -1 for the others."""
    place = {int(column): i for i, column in enumerate(columns)}
    return np.array([place.get(int(one), -1) for one in target], dtype=np.int64)


def _row(model: str, attribute: str, scores: Scores) -> dict[str, object]:
    return {"model": model, "attribute": attribute} | asdict(scores)


@errors_as_sentences
def main(config: Annotated[Path, typer.Option(help="A YAML file: see train/configs.")]) -> None:
    """Measure what each part of the model is worth."""
    settings = AblationSettings.read(config)
    rows = measure(settings)
    write_rows(settings.output, rows)
    for row in rows:
        figures = "  ".join(f"{row[key]:.3f}" for key in _FIGURES)
        print(f"{row['model']!s:45} {row['attribute']!s:7} {figures}")
    print(f"Columns: {', '.join(_FIGURES)}. Written: {settings.output}")


_FIGURES = ("accuracy", "balanced_accuracy", "macro_f1", "top5", "ece")

if __name__ == "__main__":
    typer.run(main)
