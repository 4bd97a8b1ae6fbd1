"""How a picture stands to the training paintings, as the tuned backbone sees them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy.special import expit

from artextract.errors import WeightsError
from artextract.files import check_regular, write_atomic
from artextract.vectors import unit

DIMENSION = 128
"""Of the stored vectors: the leading principal components of the training paintings'."""
CLOSEST = 5
"""Paintings over which familiarity is a mean."""


@dataclass(frozen=True)
class NearPainting:
    """A training painting near a picture."""

    row: int
    """Of `Bundle.training`."""
    cosine: float


class NearestPaintings:
    """Exact cosine search among the training paintings."""

    def __init__(self, file: Path) -> None:
        """Load the vectors.

        Raises:
            WeightsError: the file is missing or damaged.
        """
        try:
            check_regular(file)
            tensors = load_file(file)
            self._mean = tensors["mean"].astype(np.float32)
            self._components = tensors["components"].astype(np.float32)
            self.vectors = unit(tensors["vectors"].astype(np.float32))
            """Of the training paintings: unit length, float32 [n, stored]."""
            self._outlier_line = tensors["stranger"].astype(np.float64)
        except (OSError, SafetensorError, KeyError) as error:
            raise WeightsError(f"{file} is missing or damaged: train the model again.") from error

    def near(self, vector: np.ndarray, k: int) -> list[NearPainting]:
        """The k nearest to a vector float32 [dimension], the nearest first."""
        similar = self.vectors @ self.directions(vector[None])[0]
        best = np.argsort(-similar, kind="stable")[:k]
        return [NearPainting(int(row), float(similar[row])) for row in best]

    def familiarity(self, vectors: np.ndarray) -> np.ndarray:
        """Mean cosine of each of [n, dimension] to its `CLOSEST` nearest, float32 [n]."""
        return familiarity_among(self.vectors, self.directions(vectors))

    def directions(self, vectors: np.ndarray) -> np.ndarray:
        """What is stored of paintings, of [n, dimension]: unit length, float32 [n, stored]."""
        return unit(np.stack([self._components @ (vector - self._mean) for vector in vectors]))

    def outlier_probability(self, vectors: np.ndarray) -> np.ndarray:
        """How probable it is that each of [n, dimension] is noise or text, float64 [n], 0…1."""
        logits = [float(one.astype(np.float64) @ self._outlier_line[:-1]) for one in vectors]
        return expit(np.array(logits) + self._outlier_line[-1])


def familiarity_among(stored: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Mean cosine of each of `asked` to the `CLOSEST` nearest of `stored`, float32 [n].

    Args:
        stored: unit length, float32 [m, d].
        asked: unit length, float32 [n, d].
    """
    # A row at a time: rounding must not depend on what else is asked about.
    similar = np.stack([stored @ one for one in asked])
    closest = np.partition(similar, -CLOSEST, axis=1)[:, -CLOSEST:]
    return closest.mean(axis=1)


def write_nearest(file: Path, vectors: np.ndarray, outliers: np.ndarray) -> None:
    """Store what `NearestPaintings` reads.

    Args:
        file: where.
        vectors: float32 [n, dimension] of the training paintings.
        outliers: float32 [m, dimension] of pictures that are no paintings.
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression

    fitted = PCA(min(DIMENSION, *vectors.shape), random_state=0).fit(vectors)
    both = np.concatenate([vectors, outliers])
    is_outlier = np.arange(len(both)) >= len(vectors)
    line = LogisticRegression(C=0.01, max_iter=1000, class_weight="balanced").fit(both, is_outlier)
    # In C order: safetensors writes an array's memory as it lies.
    tensors = {
        "mean": fitted.mean_.astype(np.float16, order="C"),
        "components": fitted.components_.astype(np.float16, order="C"),
        "vectors": fitted.transform(vectors).astype(np.float16, order="C"),
        "stranger": np.concatenate([line.coef_[0], line.intercept_]).astype(np.float32),
    }
    with write_atomic(file) as temporary:
        save_file(tensors, temporary)
