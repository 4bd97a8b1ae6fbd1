"""Calibration: logits to probabilities that can be believed, and when to say "not sure"."""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax


@dataclass(frozen=True)
class Calibration:
    """How one attribute's logits become probabilities: softmax(logits / temperature + shift)."""

    temperature: float
    shift: tuple[float, ...]
    """A class: the logarithm of how much commoner it is than the weights of the loss made it."""
    threshold: float
    """Below this probability of its likeliest class an answer is "not sure"; of the date: above
    this width of its 80 % interval, years."""

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, float64 [n, classes], of logits [n, classes]."""
        scaled = logits.astype(np.float64) / self.temperature + np.asarray(self.shift)
        return softmax(scaled, axis=1)

    def without_temperature(self, probabilities: np.ndarray) -> np.ndarray:
        """What `probabilities` of the same logits were at a temperature of 1, for comparison."""
        shift = np.asarray(self.shift)
        logits = self.temperature * (np.log(np.maximum(probabilities, 1e-300)) - shift)
        return softmax(logits + shift, axis=1)
