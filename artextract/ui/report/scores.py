"""The figures and tables of the Model report.

The labelled paintings of an attribute are the rows of `Bundle.validation` with a true class.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from artextract.attributes.evaluation.metrics import (
    DateScores,
    ReliabilityBin,
    calibration_error_by_chance,
    expected_calibration_error,
    mean_by_artist,
    reliability,
    score_dates,
)
from artextract.similarity.evaluation.measures import artist_numbers
from artextract.ui.report.confusion import Confusion, confusion_of, labelled

ABLATION_ROWS = {
    "majority": "always predicts the most common class",
    "logistic regression on pooled embeddings": "a linear model on the embedding of the untuned backbone",
    "Gabor alone": "the sequence model on Gabor filter responses, without a backbone",
    "backbone sequence + BiLSTM": "the sequence model on the feature map of the untuned backbone",
    "+ Gabor": "the same with Gabor filter responses",
    "sequence + BiLSTM + Gabor": "the sequence model on both, with the untuned backbone",
    "+ tuned backbone": "the same with a backbone fine-tuned on paintings",
}
"""Row of the ablation table → what it is."""


def headline(table: pd.DataFrame, attribute: str, matrix: Confusion) -> dict[str, float]:
    """The number of labelled paintings of `attribute` (at least one) and their scores, 0…1, by name."""
    probability, right = _predictions(table, attribute)
    artists = artist_numbers(pd.factorize(labelled(table, attribute)["painter"])[0])
    accuracy = mean_by_artist(right, artists)
    present = matrix.counts.sum(axis=1) > 0
    return {
        "n": len(right),
        "artists": int(artists.max()) + 1,
        "accuracy": accuracy.value,
        "accuracy_low": accuracy.low,
        "accuracy_high": accuracy.high,
        "balanced_accuracy": float(matrix.recall.diagonal()[present].mean()),
        "macro_f1": float(matrix.f1[present].mean()),
        "ece": expected_calibration_error(probability, right),
        "ece_by_chance": calibration_error_by_chance(probability),
    }


def by_copy(table: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """The scores of each copy of the data set, and of the classes that occur in several copies.

    One row for each copy, then one for each copy of a shared class: `paintings` (the row's label), `accuracy`,
    `balanced_accuracy`, `ece` and `ece_by_chance` in per cent (a class has its recall as accuracy, the others are
    missing), `interval` (95%, of the accuracy), `n`. Empty if all paintings come from one copy.
    """
    known = labelled(table, attribute)
    copies = sorted(known["copy"].unique())
    if len(copies) < 2:
        return pd.DataFrame()

    def row(label: str, own: pd.DataFrame, columns: Sequence[str]) -> dict[str, str | float]:
        scores = headline(own, attribute, confusion_of(own, attribute))
        interval = f"{100 * scores['accuracy_low']:.1f} to {100 * scores['accuracy_high']:.1f}"
        shares = {name: 100 * scores[name] for name in columns}
        return {"paintings": label} | shares | {"interval": interval, "n": scores["n"]}

    shown = ["accuracy", "balanced_accuracy", "ece", "ece_by_chance"]
    rows = [row(f"Copy {copy + 1}", known[known["copy"] == copy], shown) for copy in copies]
    in_copies = known.groupby(attribute)["copy"].nunique()
    for name in in_copies.index[in_copies > 1]:
        for copy, own in known[known[attribute] == name].groupby("copy"):
            rows.append(row(f"{name}, copy {copy + 1}", own, ["accuracy"]))
    return pd.DataFrame(rows)


def reliability_of(table: pd.DataFrame, attribute: str) -> list[ReliabilityBin]:
    """The bars of the reliability diagram of `attribute`."""
    return reliability(*_predictions(table, attribute))


def _predictions(table: pd.DataFrame, attribute: str) -> tuple[np.ndarray, np.ndarray]:
    """The probability of each prediction, float [n], and whether the prediction is right, bool [n]."""
    known = labelled(table, attribute)
    right = known[attribute] == known[f"{attribute}_predicted"]
    return known[f"{attribute}_probability"].to_numpy(float), right.to_numpy(bool)


def per_class(matrix: Confusion) -> pd.DataFrame:
    """`precision`, `recall` and `f1` of each `class` in per cent, missing where undefined; `support` counts it."""
    support, predicted = matrix.counts.sum(axis=1), matrix.counts.sum(axis=0)
    table = pd.DataFrame({
        "class": matrix.classes,
        "support": support,
        "precision": np.where(predicted > 0, 100 * matrix.precision.diagonal(), np.nan),
        "recall": np.where(support > 0, 100 * matrix.recall.diagonal(), np.nan),
        "f1": 100 * matrix.f1,
    })
    return table.sort_values("support", ascending=False, kind="stable", ignore_index=True)


def ablation_table(rows: Sequence[dict[str, object]], attribute: str) -> pd.DataFrame:
    """The ablation rows of `attribute`, in their order; the scores in per cent, without those that no row has."""
    accuracy, calibration = ["accuracy", "accuracy_low", "accuracy_high"], ["ece", "ece_by_chance"]
    shares = [*accuracy, "balanced_accuracy", "macro_f1", "top5", *calibration]
    own = [row for row in rows if row["attribute"] == attribute]
    table = pd.DataFrame(own, columns=["model", *shares, "n", "classes"])
    table[shares] = 100 * table[shares].astype(float)
    return table.dropna(axis="columns", how="all")


def fewer_styles(rows: Sequence[dict[str, object]], known: int) -> int | None:
    """How many styles an ablation's models had, if fewer than the `known` styles of this model; else None."""
    counts = [int(str(row["classes"])) for row in rows if row["attribute"] == "style"]
    return max(counts) if counts and max(counts) < known else None


def dated(table: pd.DataFrame) -> tuple[pd.DataFrame, DateScores | None]:
    """The paintings with a year in their title, and the scores of their dates (None if there are no such paintings)."""
    known = table[table["year"].notna()]
    if known.empty:
        return known, None
    low, median, high = (known[f"date_{name}"].to_numpy(float) for name in ("low", "median", "high"))
    return known, score_dates(median, low, high, known["year"].to_numpy(float))
