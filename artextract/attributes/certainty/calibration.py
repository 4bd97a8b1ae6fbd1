"""Calibration: turn logits into probabilities, and find the probability above which an answer is sure."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

MIN_CLASS = 20  # Held-out paintings that a class needs in a group for a threshold of its own
SURE_ENOUGH = 0.7  # Answers just above the "not sure" threshold are right in at least this share of cases


@dataclass(frozen=True)
class Calibration:
    """How the logits of one attribute become probabilities: softmax(logits / temperature + shift)."""

    temperature: float
    shift: tuple[float, ...]  # Per class: log of the factor by which the prior differs from the one it was trained with
    threshold: float  # An answer with a lower probability is not sure

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, float64 [n, classes], of logits [n, classes]."""
        return softmax(logits.astype(np.float64) / self.temperature + np.asarray(self.shift), axis=1)


def fit_temperature(
    logits: np.ndarray, target: np.ndarray, shift: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """The temperature with the least cross-entropy on held-out logits float [n, classes] (Guo et al. 2017).

    `target` holds the right classes, int [n], or distributions over them, float [n, classes]. `shift`,
    float [classes], is added after scaling. `weights`, float [n], is how much each row counts (None: alike).
    """
    distributions = target if target.ndim == 2 else np.eye(logits.shape[1])[target]

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature) + shift
        return float(-np.average((distributions * log_softmax(scaled, axis=1)).sum(axis=1), weights=weights))

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.2), np.log(5.0)), method="bounded").x))


def unsure_threshold(confidence: np.ndarray, right: np.ndarray) -> float:
    """The lowest probability at which `SURE_ENOUGH` of the answers are right; 1 if there is none.

    Accuracy as a function of the probability float [n] is fitted to `right`, bool [n], by isotonic
    regression (Zadrozny and Elkan 2002).
    """
    from sklearn.isotonic import IsotonicRegression

    if not len(confidence):
        return 1.0
    fitted = IsotonicRegression(y_min=0, y_max=1).fit(confidence, right.astype(float))
    levels = np.linspace(0.0, 1.0, 1001)
    enough = levels[fitted.predict(np.clip(levels, confidence.min(), confidence.max())) >= SURE_ENOUGH]
    return float(enough[0]) if len(enough) else 1.0


def set_thresholds(probabilities: np.ndarray, target: np.ndarray, groups: np.ndarray, miss: float) -> np.ndarray:
    """The probability from which each class belongs to the label set, float64 [classes].

    Conformal prediction by class and group (Vovk 2012): of held-out paintings with probabilities [n, classes], right
    class int [n] and group int [n], at most a share `miss` of each class in each group has its right class outside the
    set. A class with fewer than `MIN_CLASS` paintings in a group gets the threshold of all classes together.
    """
    own = np.take_along_axis(probabilities, target[:, None], axis=1)[:, 0]
    common = min(_lower_quantile(own[groups == group], miss) for group in np.unique(groups))
    found = np.full(probabilities.shape[1], common)
    for label in range(probabilities.shape[1]):
        of_label = [own[(target == label) & (groups == group)] for group in np.unique(groups)]
        enough = [_lower_quantile(values, miss) for values in of_label if len(values) >= MIN_CLASS]
        if enough:
            found[label] = min(enough)
    return found


def _lower_quantile(values: np.ndarray, miss: float) -> float:
    """The conformal quantile: of n values the one of rank floor(miss (n + 1)), counted from the smallest; 0 if none."""
    rank = int(miss * (len(values) + 1))
    return float(np.sort(values)[rank - 1]) if rank else 0.0
