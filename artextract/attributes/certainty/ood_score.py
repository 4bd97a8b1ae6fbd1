"""How much a picture is like what the model has learnt the styles from.

A probability says how a picture is torn between the classes, not whether it is of any. Two things
say that, and together better than either: the energy of the logits (Liu et al. 2020), and the
cosine to the nearest training paintings (Sun et al. 2022).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp


@dataclass(frozen=True)
class Knownness:
    """Both, each standardised on paintings of known styles that were kept aside, and summed."""

    energy_mean: float
    energy_deviation: float
    familiarity_mean: float
    familiarity_deviation: float
    threshold: float
    """Below it a picture may be of none of the styles."""

    def of(self, logits: np.ndarray, familiarity: np.ndarray) -> np.ndarray:
        """The knownness of pictures, float64 [n]: about 0 on average of known styles.

        Args:
            logits: float [n, styles], as the model gives them.
            familiarity: float [n], `NearestPaintings.familiarity`.
        """
        energy = (energy_of(logits) - self.energy_mean) / self.energy_deviation
        near = (familiarity - self.familiarity_mean) / self.familiarity_deviation
        return energy + near


def energy_of(logits: np.ndarray) -> np.ndarray:
    """The negative free energy of logits [n, classes]: the logarithm of their exponentials' sum."""
    return logsumexp(logits.astype(np.float64), axis=1)


def fit_knownness(logits: np.ndarray, familiarity: np.ndarray, known: float) -> Knownness:
    """Standardise on paintings of known styles.

    Args:
        logits: float [n, styles], of paintings that were kept aside.
        familiarity: float [n], likewise.
        known: part of them that shall count as known.
    """
    energy = energy_of(logits)
    fitted = Knownness(
        float(energy.mean()),
        float(energy.std()) or 1.0,
        float(familiarity.mean()),
        float(familiarity.std()) or 1.0,
        0.0,
    )
    threshold = float(np.quantile(fitted.of(logits, familiarity), 1 - known))
    return replace(fitted, threshold=threshold)
