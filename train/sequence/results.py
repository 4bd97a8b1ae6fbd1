"""The results of a trained model as files.

    results/<attribute>/confusion_matrix.png
    results/<attribute>/scores.txt
    results/<attribute>/classification_report.txt
    results/<attribute>/metrics.json

and `validation.parquet` in the model's folder, for the app.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay, classification_report, confusion_matrix

from artextract.attributes.evaluation.evaluate import LabelTask, label_tasks
from artextract.attributes.evaluation.metrics import Scores, score, score_dates
from artextract.attributes.reader import Reader, read_files
from artextract.attributes.reading import Predictions
from artextract.files import write_atomic, write_bytes
from artextract.sources.wikiart import title_of


def write_results(folder: Path, reader: Reader, table: pd.DataFrame) -> None:
    """Predict the validation paintings of a table of `labelled_paintings`; write scores and predictions."""
    held = table[table["part"] == "val"].reset_index(drop=True)
    predictions = read_files(reader, list(held["path"]))
    tasks = label_tasks(held, reader.facts.classes, reader.facts.listed_artists)
    _write_validation(reader, held, predictions, tasks)
    for name, task in tasks.items():
        if not len(task.rows):  # the heads know none of the listed artists, for example
            continue
        probabilities = task.probabilities(predictions.probabilities[name][task.rows])
        scores = score(probabilities, task.target, task.artists)
        _write_scores(folder / name, asdict(scores))
        classes, predicted = _classes(reader, name, task), probabilities.argmax(axis=1)
        report = classification_report(
            task.target, predicted, labels=range(len(classes)), target_names=classes, zero_division=0.0, digits=3
        )
        write_bytes(folder / name / "classification_report.txt", str(report).encode())
        shares = confusion_matrix(task.target, predicted, labels=range(len(classes)), normalize="true")
        _draw(folder / name / "confusion_matrix.png", shares, classes, name, scores)
    years = held["year"].to_numpy(float, na_value=np.nan)
    if (dated := score_dates(predictions.date_quantiles(), years)) is not None:
        _write_scores(folder / "date", asdict(dated))


def stored_columns(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of paintings that a bundle stores."""
    rows = table[["file", "painter", "year", "style", "genre", "artist", "copy"]].copy()
    rows.insert(1, "title", [title_of(file) for file in rows["file"]])
    return rows.reset_index(drop=True)


def write_table(file: Path, table: pd.DataFrame) -> None:
    """Write a table of the bundle."""
    with write_atomic(file) as temporary:
        table.to_parquet(temporary, index=False)


def _write_validation(
    reader: Reader, held: pd.DataFrame, predictions: Predictions, tasks: Mapping[str, LabelTask]
) -> None:
    """Write `Bundle.validation`."""
    rows = stored_columns(held)
    for name, task in tasks.items():
        classes = np.array(_classes(reader, name, task), dtype=object)
        probabilities = task.probabilities(predictions.probabilities[name])
        rows[name] = None
        rows.loc[task.rows, name] = classes[task.target]
        rows[f"{name}_predicted"] = classes[probabilities.argmax(axis=1)]
        rows[f"{name}_probability"] = probabilities.max(axis=1).astype(np.float32)
        right = np.full(len(held), np.nan, dtype=np.float32)
        right[task.rows] = probabilities[task.rows, task.target]
        rows[f"{name}_right"] = right
    shown = np.array([*reader.facts.classes.known("artist"), None], dtype=object)
    rows["artist_open"] = shown[predictions.probabilities["artist"].argmax(axis=1)]
    rows["date_low"], rows["date_median"], rows["date_high"] = predictions.date_quantiles().T
    write_table(reader.bundle.folder / "validation.parquet", rows)


def _classes(reader: Reader, attribute: str, task: LabelTask) -> list[str]:
    shown = reader.facts.classes.shown(attribute)
    return [shown[column] for column in task.columns]


def _write_scores(folder: Path, figures: dict[str, float]) -> None:
    lines = [f"{name} {value:.4f}" for name, value in figures.items() if name != "n"]
    write_bytes(folder / "scores.txt", "\n".join([f"n {figures['n']}", *lines, ""]).encode())
    write_bytes(folder / "metrics.json", json.dumps(figures).encode())


def _draw(file: Path, shares: np.ndarray, classes: list[str], name: str, scores: Scores) -> None:
    """Draw the confusion matrix [true class, predicted class], as shares of its rows."""
    side = 3 + 0.45 * len(classes)
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    display = ConfusionMatrixDisplay(shares, display_labels=classes)
    display.plot(cmap="Blues", xticks_rotation=60, values_format=".0%", ax=axes, text_kw={"fontsize": 7})
    axes.set(xlabel=f"{name} predicted", ylabel=f"{name} in the lists")
    axes.set_title(f"{name}: accuracy {scores.accuracy:.3f} on {scores.n:,} validation paintings")
    with write_atomic(file) as temporary:
        figure.savefig(temporary, dpi=110, format="png")
