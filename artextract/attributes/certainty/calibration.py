"""Calibration: turn logits into probabilities, and find the probability above which an answer is sure."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

SURE_ENOUGH = 0.7  # Answers just above the "not sure" threshold are right in at least this share of cases


@dataclass(frozen=True)
class Calibration:
    """How the logits of one attribute become probabilities: softmax(logits / temperature + shift)."""

    temperature: float
    shift: tuple[float, ...]  # Per class: log of its real frequency divided by its frequency in the weighted loss
    threshold: float
    """An answer with a lower probability is "not sure". For the date: an 80% interval that is
    wider (years) is "not sure"."""

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, float64 [n, classes], of logits [n, classes]."""
        return softmax(logits.astype(np.float64) / self.temperature + np.asarray(self.shift), axis=1)

    def without_temperature(self, probabilities: np.ndarray) -> np.ndarray:
        """Convert calibrated probabilities to those at temperature 1, for comparison."""
        shift = np.asarray(self.shift)
        logits = self.temperature * (np.log(np.maximum(probabilities, 1e-300)) - shift)
        return softmax(logits + shift, axis=1)


def fit_temperature(logits: np.ndarray, target: np.ndarray, shift: np.ndarray) -> float:
    """The temperature with the least cross-entropy on held-out logits float [n, classes] (Guo et al. 2017).

    `target` holds the right classes, int [n], or distributions over them, float [n, classes]. `shift`,
    float [classes], is added after scaling.
    """
    distributions = target if target.ndim == 2 else np.eye(logits.shape[1])[target]

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature) + shift
        return float(-(distributions * log_softmax(scaled, axis=1)).sum(axis=1).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.2), np.log(5.0)), method="bounded").x))


def prior_shift(wanted: np.ndarray, trained: np.ndarray) -> np.ndarray:
    """What to add to logits to change the class frequencies (Saerens et al. 2002), float64 [classes].

    Both frequencies are counts [classes]; the shift is 0 for a class that is missing in either.
    """
    both = (wanted > 0) & (trained > 0)
    ratio = np.where(both, wanted, 1.0) / np.where(both, trained, 1.0)
    ratio = np.where(both, ratio * trained[both].sum() / wanted[both].sum(), 1.0)
    return np.log(ratio)


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
