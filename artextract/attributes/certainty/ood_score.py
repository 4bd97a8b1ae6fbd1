"""kNN similarity and OOD score: how much a picture differs from the training paintings.

A probability says how the model decides between classes, not whether the picture belongs to any of
them. Two measures tell that, and work best together: the energy of the logits
(Liu et al. 2020) and the similarity to the nearest training paintings (Sun et al. 2022).
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.special import expit, logsumexp

from artextract.errors import WeightsError
from artextract.tensor_files import read_tensors, write_tensors
from artextract.vectors import unit

DIMENSION = 128  # Principal components stored for each training painting
NEIGHBOURS = 5  # The kNN similarity is the mean over this many training paintings


@dataclass(frozen=True)
class NearPainting:
    """A training painting near a picture."""

    row: int  # Row of `Bundle.training`
    cosine: float


class NearestPaintings:
    """Exact cosine search among the training paintings."""

    def __init__(self, file: Path) -> None:
        """Load the vectors. Raises WeightsError if the file is missing or damaged."""
        try:
            tensors = read_tensors(file, ("mean", "components", "vectors", "out_of_distribution"))
            (stored, dimension), count = tensors["components"].shape, len(tensors["vectors"])
            expected = {"mean": (dimension,), "vectors": (count, stored), "out_of_distribution": (dimension + 1,)}
            if count < NEIGHBOURS or any(tensors[name].shape != shape for name, shape in expected.items()):
                raise ValueError("the tensors have other shapes")
            if not all(np.isfinite(array).all() for array in tensors.values()):
                raise ValueError("the tensors are not finite")
        except (OSError, ValueError, TypeError) as error:
            raise WeightsError(f"{file} is missing or damaged. Train the model again.") from error
        self.dimension = dimension
        """Length of the vectors that it compares with."""
        self._mean = tensors["mean"].astype(np.float32)
        self._components = tensors["components"].astype(np.float32)
        self.vectors = unit(tensors["vectors"].astype(np.float32))
        """The training paintings: unit length, float32 [n, stored]."""
        self._line = tensors["out_of_distribution"].astype(np.float64)

    def near(self, vector: np.ndarray, k: int) -> list[NearPainting]:
        """The k training paintings nearest to a vector float32 [dimension], nearest first."""
        cosines = self.vectors @ self.project(vector[None])[0]
        best = np.argsort(-cosines, kind="stable")[:k]
        return [NearPainting(int(row), float(cosines[row])) for row in best]

    def knn_similarity(self, vectors: np.ndarray) -> np.ndarray:
        """Mean cosine of each vector [n, dimension] to its nearest training paintings, float32 [n]."""
        return knn_similarity_among(self.vectors, self.project(vectors))

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """Project vectors [n, dimension] onto the stored components: unit length, float32 [n, stored]."""
        return unit(np.stack([self._components @ (vector - self._mean) for vector in vectors]))

    def ood_probability(self, vectors: np.ndarray) -> np.ndarray:
        """The probability that each of [n, dimension] is noise or printed text, float64 [n]."""
        logits = [float(vector.astype(np.float64) @ self._line[:-1]) for vector in vectors]
        return expit(np.array(logits) + self._line[-1])


def knn_similarity_among(stored: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Mean cosine of each query [n, d] to the nearest of `stored` [m, d], all of unit length: float32 [n]."""
    # One row at a time: its rounding must not depend on the other rows.
    cosines = np.stack([stored @ query for query in queries])
    return np.partition(cosines, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:].mean(axis=1)


def write_nearest(file: Path, vectors: np.ndarray, ood_vectors: np.ndarray) -> None:
    """Store what `NearestPaintings` loads: float32 [n, dimension] of paintings, and of other pictures."""
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression

    fitted = PCA(min(DIMENSION, *vectors.shape), random_state=0).fit(vectors)
    both = np.concatenate([vectors, ood_vectors])
    is_ood = np.arange(len(both)) >= len(vectors)
    line = LogisticRegression(C=0.01, max_iter=1000, class_weight="balanced").fit(both, is_ood)
    tensors = {
        "mean": fitted.mean_.astype(np.float16),
        "components": fitted.components_.astype(np.float16),
        "vectors": fitted.transform(vectors).astype(np.float16),
        "out_of_distribution": np.concatenate([line.coef_[0], line.intercept_]).astype(np.float32),
    }
    write_tensors(file, tensors)


@dataclass(frozen=True)
class OodScore:
    """The OOD score: both measures, each standardised on held-out paintings of known styles, negated and summed."""

    energy_mean: float
    energy_std: float
    similarity_mean: float
    similarity_std: float
    threshold: float  # A picture with a higher score may belong to none of the styles

    def of(self, logits: np.ndarray, similarity: np.ndarray) -> np.ndarray:
        """The scores of pictures, float64 [n]: 0 is the mean of known styles, higher is less like them.

        They come from uncalibrated logits float [n, styles] and the kNN similarity float [n].
        """
        energy = (energy_of(logits) - self.energy_mean) / self.energy_std
        return -(energy + (similarity - self.similarity_mean) / self.similarity_std)


def energy_of(logits: np.ndarray) -> np.ndarray:
    """The negative free energy of logits [n, classes]: their log-sum-exp, float64 [n]."""
    return logsumexp(logits.astype(np.float64), axis=1)


def fit_ood_score(logits: np.ndarray, similarity: np.ndarray, kept: float) -> OodScore:
    """Standardise logits [n, styles] and kNN similarity [n] of held-out paintings of known styles.

    `kept` is the share of these paintings that stays below the threshold.
    """
    energy = energy_of(logits)
    fitted = OodScore(
        float(energy.mean()), float(energy.std()) or 1.0, float(similarity.mean()), float(similarity.std()) or 1.0, 0.0
    )
    return replace(fitted, threshold=float(np.quantile(fitted.of(logits, similarity), kept)))
