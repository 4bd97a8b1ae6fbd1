"""What the Model report says of a model in figures and tables.

An attribute's labelled paintings are the rows of `Bundle.validation` that have a right class of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.attributes.evaluation.metrics import (
    DateScores,
    ReliabilityBin,
    expected_calibration_error,
    reliability,
    score_dates,
)
from artextract.ui.report.confusion import Confusion, confusion_of, labelled

ABLATION_ROWS = {
    "majority": "always says the commonest class",
    "logistic regression on pooled embeddings": "a linear model on the untuned backbone's "
    "embedding, without any sequence",
    "Gabor alone": "the sequence model on the responses of Gabor filters, without a backbone",
    "backbone sequence + BiLSTM": "the sequence model on the untuned backbone's feature map",
    "+ Gabor": "the same with the Gabor responses beside it",
    "sequence + BiLSTM + Gabor": "the sequence model on both, with the untuned backbone",
    "+ tuned backbone": "the same with a backbone trained further on paintings",
}
"""Row of the ablation table → what it is."""


@dataclass(frozen=True)
class Headline:
    """The figures of an attribute on its n labelled paintings; all but n from 0 to 1."""

    n: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    ece: float


def headline(table: pd.DataFrame, attribute: str, found: Confusion) -> Headline:
    """The figures of `attribute`; the table must have labelled paintings of it."""
    probability, right = answers(table, attribute)
    present = found.counts.sum(axis=1) > 0
    return Headline(
        n=len(right),
        accuracy=float(right.mean()),
        balanced_accuracy=float(found.recall.diagonal()[present].mean()),
        macro_f1=float(found.f1[present].mean()),
        ece=expected_calibration_error(probability, right),
    )


def by_copy(table: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """The figures of each copy that the validation paintings come from, and of the classes that
    several copies have.

    Returns:
        One row a copy, then one a copy of each shared class: `paintings` (which they are),
        `accuracy`, `balanced_accuracy` and `ece` in per cent (of a class alone its recall as
        accuracy, the others missing), `n`. Empty where all come from one copy.
    """
    known = labelled(table, attribute)
    copies = sorted(known["copy"].unique())
    if len(copies) < 2:
        return pd.DataFrame()
    rows: list[dict[str, object]] = []
    for copy in copies:
        own = known[known["copy"] == copy]
        found = headline(own, attribute, confusion_of(own, attribute))
        rows.append({
            "paintings": f"Copy {copy + 1}",
            "n": found.n,
            "accuracy": 100 * found.accuracy,
            "balanced_accuracy": 100 * found.balanced_accuracy,
            "ece": 100 * found.ece,
        })
    right = known[attribute] == known[f"{attribute}_said"]
    in_copies = known.groupby(attribute)["copy"].nunique()
    for name in in_copies.index[in_copies > 1]:
        for copy in copies:
            chosen = (known[attribute] == name) & (known["copy"] == copy)
            if chosen.any():
                share = 100 * float(right[chosen].mean())
                label = f"{name}, copy {copy + 1}"
                rows.append({"paintings": label, "n": int(chosen.sum()), "accuracy": share})
    return pd.DataFrame(rows)


def answers(table: pd.DataFrame, attribute: str) -> tuple[np.ndarray, np.ndarray]:
    """The answers to the labelled paintings: probability, float [n], and whether right, bool."""
    known = labelled(table, attribute)
    right = known[attribute] == known[f"{attribute}_said"]
    return known[f"{attribute}_probability"].to_numpy(float), right.to_numpy(bool)


def reliability_of(table: pd.DataFrame, attribute: str) -> list[ReliabilityBin]:
    """The bars of the reliability diagram of `attribute`."""
    return reliability(*answers(table, attribute))


def per_class(found: Confusion) -> pd.DataFrame:
    """How well each class is known.

    Returns:
        One row a class, those with most paintings first: `class`, `support` (its paintings),
        `precision` (missing if nothing was called so), `recall` (missing if nothing is it) and
        `f1`, in per cent.
    """
    support, called = found.counts.sum(axis=1), found.counts.sum(axis=0)
    precision, recall = found.precision.diagonal(), found.recall.diagonal()
    table = pd.DataFrame({
        "class": found.classes,
        "support": support,
        "precision": np.where(called > 0, 100 * precision, np.nan),
        "recall": np.where(support > 0, 100 * recall, np.nan),
        "f1": 100 * found.f1,
    })
    return table.sort_values("support", ascending=False, kind="stable", ignore_index=True)


def ablation_table(rows: Sequence[dict[str, object]], attribute: str) -> pd.DataFrame:
    """The ablation rows of `attribute`, in their order; the figures but the counts in per cent."""
    shares = ["accuracy", "balanced_accuracy", "macro_f1", "top5", "ece"]
    own = [row for row in rows if row["attribute"] == attribute]
    table = pd.DataFrame(own, columns=["model", *shares, "n", "classes"])
    table[shares] = 100 * table[shares].astype(float)
    return table


def of_fewer_styles(rows: Sequence[dict[str, object]], known: int) -> int | None:
    """How many styles the models of an ablation knew; None if as many as the model, or no figure.

    A table that was measured for a model before this one must not be taken for this one's.
    """
    counts = [int(str(row["classes"])) for row in rows if row["attribute"] == "style"]
    return max(counts) if counts and max(counts) < known else None


def dated(table: pd.DataFrame) -> tuple[pd.DataFrame, DateScores | None]:
    """The paintings with a year in their title, and how good their dates are; None if none is."""
    known = table[table["year"].notna()]
    if known.empty:
        return known, None
    low, median, high = (known[f"date_{name}"].to_numpy(float) for name in ("low", "median", "high"))
    return known, score_dates(median, low, high, known["year"].to_numpy(float))
