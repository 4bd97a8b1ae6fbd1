"""A trained model's results as files, laid out as by the work that this follows.

    results/<attribute>/confusion_matrix.png
    results/<attribute>/scores.txt
    results/<attribute>/classification_report.txt
    results/<attribute>/metrics.json

and, for the app, `validation.parquet` in the model's folder.
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import classification_report

from artextract.attributes.evaluation.confusion import confusion
from artextract.attributes.evaluation.evaluate import date_scores, questions_of
from artextract.attributes.evaluation.metrics import Scores, score
from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import write_table
from artextract.attributes.reader import Reader, read_files
from artextract.attributes.reading import Predictions
from artextract.files import write_atomic, write_bytes
from train.sequence.write_bundle import described


def validate(reader: Reader, table: pd.DataFrame) -> Predictions:
    """Read the validation paintings with the written model and keep what it says of them."""
    held = table[table["part"] == "val"].reset_index(drop=True)
    predictions = read_files(reader, list(held["path"]))
    rows = described(held)
    questions = questions_of(held, reader.facts.classes, reader.facts.listed_artists)
    for name in LABELLED:
        what = questions[name]
        classes = [_shown(reader, name, column) for column in what.columns]
        found = what.probabilities(predictions.probabilities[name])
        rows[name] = None
        rows.loc[what.rows, name] = [classes[place] for place in what.target]
        rows[f"{name}_said"] = [classes[place] for place in found.argmax(axis=1)]
        rows[f"{name}_probability"] = found.max(axis=1).astype(np.float32)
        right = np.full(len(held), np.nan, dtype=np.float32)
        right[what.rows] = found[what.rows, what.target]
        rows[f"{name}_right"] = right
    low, median, high = predictions.date_quantiles().T
    rows["date_low"], rows["date_median"], rows["date_high"] = low, median, high
    write_table(reader.bundle.folder / "validation.parquet", rows)
    return predictions


def write_results(folder: Path, reader: Reader, table: pd.DataFrame, predictions: Predictions) -> None:
    """Write the files of each attribute, of the validation paintings."""
    held = table[table["part"] == "val"].reset_index(drop=True)
    questions = questions_of(held, reader.facts.classes, reader.facts.listed_artists)
    for name in LABELLED:
        what = questions[name]
        found = what.probabilities(predictions.probabilities[name][what.rows])
        scores = score(found, what.target)
        classes = [_shown(reader, name, column) for column in what.columns]
        counts = confusion(reader.bundle.validation, name, classes)
        plain = reader.facts.calibration[name].without_temperature(predictions.probabilities[name])
        before = score(what.probabilities(plain[what.rows]), what.target).ece
        _write_scores(folder / name, asdict(scores) | {"ece_before_temperature": before})
        report = classification_report(
            what.target,
            found.argmax(axis=1),
            labels=range(len(classes)),
            target_names=classes,
            zero_division=0.0,
            digits=3,
        )
        write_bytes(folder / name / "classification_report.txt", str(report).encode())
        _draw(folder / name / "confusion_matrix.png", counts, classes, name, scores)
    dated = date_scores(predictions, held["year"])
    if dated is not None:
        lines = f"median error {dated.median_abs_error_years:.1f} years\n"
        lines += f"80 % interval holds {dated.coverage_80:.1%}\nn {dated.n}\n"
        write_bytes(folder / "date" / "scores.txt", lines.encode())
        write_bytes(folder / "date" / "metrics.json", json.dumps(asdict(dated)).encode())


def _shown(reader: Reader, attribute: str, column: int) -> str:
    return reader.facts.classes.shown(attribute)[column]


def _write_scores(folder: Path, figures: dict[str, float]) -> None:
    lines = [f"{name} {value:.4f}" for name, value in figures.items() if name != "n"]
    write_bytes(folder / "scores.txt", "\n".join([f"n {figures['n']}", *lines, ""]).encode())
    write_bytes(folder / "metrics.json", json.dumps(figures).encode())


def _draw(file: Path, counts: np.ndarray, classes: list[str], name: str, scores: Scores) -> None:
    """The confusion matrix as a picture: shares of each row, counts in the cells."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 3 + 0.45 * len(classes)
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(classes)), classes, rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(classes)), classes)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            dark = shares[row, column] > 0.5
            axes.text(
                column,
                row,
                str(count),
                ha="center",
                va="center",
                fontsize=7,
                color="white" if dark else "black",
            )
    axes.set(xlabel=f"{name} predicted", ylabel=f"{name} in the lists")
    axes.set_title(f"{name}: accuracy {scores.accuracy:.3f} on {scores.n:,} validation paintings")
    figure.colorbar(image, label="share of the row", shrink=0.7)
    with write_atomic(file) as temporary:
        figure.savefig(temporary, dpi=110, format="png")
