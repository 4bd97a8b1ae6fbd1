"""Fitting what makes logits believable: temperature, shift of priors, when to say "not sure"."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

SURE_ENOUGH = 0.7
"""How often an answer just above the threshold of "not sure" should be right, at the least."""


def fit_temperature(logits: np.ndarray, target: np.ndarray, shift: np.ndarray) -> float:
    """The temperature at which held-out answers are likeliest (Guo et al. 2017).

    Args:
        logits: float [n, classes].
        target: int [n], the right classes; or float [n, classes], distributions over them.
        shift: float [classes], added after scaling.
    """
    wanted = target if target.ndim == 2 else np.eye(logits.shape[1])[target]

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature) + shift
        return float(-(wanted * log_softmax(scaled, axis=1)).sum(axis=1).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.2), np.log(5.0)), method="bounded")
    return float(np.exp(found.x))


def prior_shift(wanted: np.ndarray, trained: np.ndarray) -> np.ndarray:
    """What to add to logits so that classes are as common as `wanted` (Saerens et al. 2002).

    Args:
        wanted: counts or frequencies [classes].
        trained: counts or weighted counts that the training saw, [classes].

    Returns:
        float64 [classes]; 0 for a class that either has none of.
    """
    both = (wanted > 0) & (trained > 0)
    ratio = np.where(both, wanted, 1.0) / np.where(both, trained, 1.0)
    ratio = np.where(both, ratio * trained[both].sum() / wanted[both].sum(), 1.0)
    return np.log(ratio)


def unsure_threshold(confidence: np.ndarray, right: np.ndarray) -> float:
    """The probability from which on answers are right often enough.

    Held-out answers in order of their probability, right answers made monotone by isotonic
    regression (Zadrozny and Elkan 2002): the least probability whose fitted accuracy is at least
    `SURE_ENOUGH`.

    Args:
        confidence: float [n], the probability of each answer.
        right: bool [n].

    Returns:
        1 where no answer is right often enough, or there is none.
    """
    from sklearn.isotonic import IsotonicRegression

    if not len(confidence):
        return 1.0
    fitted = IsotonicRegression(y_min=0, y_max=1).fit(confidence, right.astype(float))
    levels = np.linspace(0.0, 1.0, 1001)
    enough = levels[fitted.predict(np.clip(levels, confidence.min(), confidence.max())) >= SURE_ENOUGH]
    return float(enough[0]) if len(enough) else 1.0
