"""The figures of the Model report. The labelled paintings of an attribute have a true class of it."""

import numpy as np
import pandas as pd

from artextract.attributes.evaluation.metrics import (
    calibration_error_by_chance,
    expected_calibration_error,
    mean_by_artist,
)
from artextract.similarity.evaluation.measures import artist_numbers


def labelled(table: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """The rows of `Bundle.validation` that are labelled paintings of the attribute."""
    return table[table[attribute].notna()]


def confusion_of(table: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """The confusion matrix: int [true class, predicted class]. Classes that are often confused are neighbours."""
    counts = pd.crosstab(table[attribute], table[f"{attribute}_predicted"])
    classes = sorted({*counts.index, *counts.columns})
    counts = counts.reindex(index=classes, columns=classes, fill_value=0)
    order = order_of(counts.to_numpy())
    return counts.iloc[order, order]


def order_of(counts: np.ndarray) -> np.ndarray:
    """An order of the classes of counts, int [true, predicted], with those often confused side by side: int [classes].

    Hierarchical clustering (average linkage, optimal leaf order: Bar-Joseph et al. 2001).
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(counts) < 3:
        return np.arange(len(counts))
    rows = shares(counts, 1)
    together = (rows + rows.T) / 2
    np.fill_diagonal(together, 0.0)
    distance = together.max() - together
    np.fill_diagonal(distance, 0.0)
    return leaves_list(linkage(squareform(distance, checks=False), "average", optimal_ordering=True))


def shares(counts: np.ndarray, axis: int) -> np.ndarray:
    """Counts, int [true, predicted], as shares of their column (axis 0) or row (axis 1)."""
    return counts / np.maximum(counts.sum(axis=axis, keepdims=True), 1)


def confidence_and_right(table: pd.DataFrame, attribute: str) -> tuple[np.ndarray, np.ndarray]:
    """The probability of each prediction, float [n], and whether the prediction is right, bool [n]."""
    known = labelled(table, attribute)
    right = known[attribute] == known[f"{attribute}_predicted"]
    return known[f"{attribute}_probability"].to_numpy(float), right.to_numpy(bool)


def per_class(table: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """`precision`, `recall` and `f1` of each `class` in per cent, missing where undefined; `support` counts it."""
    from sklearn.metrics import precision_recall_fscore_support

    known, predicted = labelled(table, attribute), f"{attribute}_predicted"
    classes = sorted({*known[attribute], *known[predicted]})
    scores = precision_recall_fscore_support(known[attribute], known[predicted], labels=classes, zero_division=np.nan)
    rows = pd.DataFrame(dict(zip(("precision", "recall", "f1", "support"), scores, strict=True))).assign(**{
        "class": classes
    })
    rows[["precision", "recall", "f1"]] *= 100
    return rows.sort_values("support", ascending=False, kind="stable", ignore_index=True)


def headline(table: pd.DataFrame, attribute: str) -> dict[str, float]:
    """The number of labelled paintings (at least one) and of their artists; their scores, 0…1, by name."""
    confidence, right = confidence_and_right(table, attribute)
    artists = artist_numbers(pd.factorize(labelled(table, attribute)["painter"])[0])
    accuracy, classes = mean_by_artist(right, artists), per_class(table, attribute).query("support > 0")
    return {
        "n": len(right),
        "artists": int(artists.max()) + 1,
        "accuracy": accuracy.value,
        "accuracy_low": accuracy.low,
        "accuracy_high": accuracy.high,
        "balanced_accuracy": classes["recall"].mean() / 100,
        "macro_f1": classes["f1"].mean() / 100,
        "ece": expected_calibration_error(confidence, right),
        "ece_by_chance": calibration_error_by_chance(confidence),
    }
