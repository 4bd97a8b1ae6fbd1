"""Scores of predictions: accuracy, calibration, and intervals of dates."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.similarity.evaluation.measures import ArtistBootstrap, Estimate

BINS = 15  # Equally wide bins of the expected calibration error (Guo et al. 2017).
ROUNDS = 100  # Simulations of a perfectly calibrated model


@dataclass(frozen=True)
class Scores:
    """The scores of one attribute on n labelled paintings, each 0…1."""

    n: int
    classes: int  # Classes among the paintings
    accuracy: float
    accuracy_low: float  # Its 95% interval: see `mean_by_artist`
    accuracy_high: float
    balanced_accuracy: float  # Mean recall of the classes present
    macro_f1: float  # Mean F1 of the classes present
    top5: float  # Share of paintings whose right class is among the five likeliest
    ece: float  # Expected calibration error of the likeliest class
    ece_by_chance: float  # See `calibration_error_by_chance`


def score(probabilities: np.ndarray, target: np.ndarray, artists: np.ndarray) -> Scores:
    """Score probabilities float [n, classes], rows sum to 1, by the right classes, int [n].

    `artists`, int [n], numbers the artist of each painting from 0. Raises ValueError if n is 0.
    """
    from sklearn.metrics import f1_score

    if len(target) == 0:
        raise ValueError("no labelled paintings to score")
    predicted = probabilities.argmax(axis=1)
    present = np.unique(target)
    accuracy = mean_by_artist(predicted == target, artists)
    confidence = probabilities.max(axis=1)
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :5]
    return Scores(
        n=len(target),
        classes=len(present),
        accuracy=accuracy.value,
        accuracy_low=accuracy.low,
        accuracy_high=accuracy.high,
        balanced_accuracy=float(np.mean([(predicted[target == c] == c).mean() for c in present])),
        macro_f1=float(f1_score(target, predicted, labels=present, average="macro", zero_division=0.0)),
        top5=float((best == target[:, None]).any(axis=1).mean()),
        ece=expected_calibration_error(confidence, predicted == target),
        ece_by_chance=calibration_error_by_chance(confidence),
    )


def mean_by_artist(values: np.ndarray, artists: np.ndarray) -> Estimate:
    """The mean of values, float or bool [n], with its 95% interval: see `ArtistBootstrap`; artists: int [n].

    For the difference of two models, the values are the differences of the same paintings: then what
    makes a painting difficult for both does not widen the interval.
    """
    every = np.ones(len(values), dtype=bool)
    return ArtistBootstrap(artists).estimates({"mean": values.astype(float)}, every)["mean"]


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> pd.DataFrame:
    """The non-empty bins of answers by probability float [n] (Niculescu-Mizil and Caruana 2005); right: bool [n].

    `low` and `high` probability, `count`, `confidence` (mean probability), `accuracy` (share of right answers).
    """
    number = _bin_numbers(confidence, bins)
    rows = pd.DataFrame({"count": 1, "confidence": confidence, "accuracy": right})
    bars = rows.groupby(number).agg({"count": "sum", "confidence": "mean", "accuracy": "mean"})
    return bars.assign(low=bars.index / bins, high=(bars.index + 1) / bins)


def _bin_numbers(confidence: np.ndarray, bins: int) -> np.ndarray:
    """The bin of each probability; a bin holds its upper end."""
    return np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)


def expected_calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Mean distance between accuracy and probability over the bins, weighted by their counts
    (Naeini et al. 2015); 0 is perfect. For the arguments see `reliability`.
    """
    gaps = np.bincount(_bin_numbers(confidence, BINS), right - confidence)
    return float(np.abs(gaps).sum() / max(len(confidence), 1))


def calibration_error_by_chance(confidence: np.ndarray) -> float:
    """The calibration error that a perfectly calibrated model with these probabilities, float [n], would show.

    It is above 0 because each bin has few answers. The mean of `ROUNDS` simulations, in which each answer is
    right with its own probability.
    """
    random = np.random.default_rng(0)
    rounds = (random.random(len(confidence)) < confidence for _ in range(ROUNDS))
    return float(np.mean([expected_calibration_error(confidence, right) for right in rounds]))


@dataclass(frozen=True)
class DateScores:
    """The scores of dates on n dated paintings."""

    n: int
    median_abs_error_years: float  # Median distance between the predicted median and the right year
    coverage_80: float  # Share of right years whose middle is inside the predicted 80% interval, 0…1


def score_dates(quantiles: np.ndarray, years: np.ndarray) -> DateScores | None:
    """Score dates where the right years, float [n], are known (not NaN); None if none is.

    `quantiles` are the start of the 80% interval, the median and the end of the interval, years float [n, 3].
    """
    known = ~np.isnan(years)
    if not known.any():
        return None
    (low, median, high), year = quantiles[known].T, years[known]
    inside = (low <= year + 0.5) & (year + 0.5 <= high)
    return DateScores(len(year), float(np.median(np.abs(median - year))), float(inside.mean()))
