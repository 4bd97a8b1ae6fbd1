"""OOD score: how far a picture is out of the distribution of the paintings that the styles were learnt from.

A probability says how the model decides between classes, not whether the picture belongs to any of
them. Two measures say that, and together they are better than either: the energy of the logits
(Liu et al. 2020) and the similarity to the nearest training paintings (Sun et al. 2022).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp


@dataclass(frozen=True)
class OodScore:
    """Both measures, each standardised on held-out paintings of known styles, negated and summed."""

    energy_mean: float
    energy_std: float
    similarity_mean: float
    similarity_std: float
    threshold: float
    """A picture with a higher score may belong to none of the styles."""

    def of(self, logits: np.ndarray, similarity: np.ndarray) -> np.ndarray:
        """The scores of pictures, float64 [n]: 0 is the mean of known styles, higher is less like them.

        Args:
            logits: float [n, styles], uncalibrated.
            similarity: float [n], `NearestPaintings.knn_similarity`.
        """
        energy = (energy_of(logits) - self.energy_mean) / self.energy_std
        return -(energy + (similarity - self.similarity_mean) / self.similarity_std)


def energy_of(logits: np.ndarray) -> np.ndarray:
    """The negative free energy of logits [n, classes]: their log-sum-exp, float64 [n]."""
    return logsumexp(logits.astype(np.float64), axis=1)


def fit_ood_score(logits: np.ndarray, similarity: np.ndarray, kept: float) -> OodScore:
    """Standardise on held-out paintings of known styles.

    Args:
        logits: float [n, styles].
        similarity: float [n], `NearestPaintings.knn_similarity`.
        kept: the share of these paintings that stays below the threshold.
    """
    energy = energy_of(logits)
    fitted = OodScore(
        float(energy.mean()), float(energy.std()) or 1.0, float(similarity.mean()), float(similarity.std()) or 1.0, 0.0
    )
    return replace(fitted, threshold=float(np.quantile(fitted.of(logits, similarity), kept)))
