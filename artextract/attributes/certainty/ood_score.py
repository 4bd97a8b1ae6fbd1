"""Whether a picture is like the paintings that the model knows: its nearest training paintings, and the OOD score.

A probability says how the model decides between classes, not whether the picture belongs to any of
them. Two measures tell that, and work best together: how far the likeliest style stands out of the logits, whatever
their scale (logit normalisation, Cattelan and Silva 2024), and the similarity to the nearest training
paintings (Sun et al. 2022) in the tuned and the untuned network together, because tuning folds unknown styles onto
known ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit, softmax

from artextract.attributes.labels import LABELLED
from artextract.errors import WeightsError
from artextract.tensor_files import read_tensors, write_tensors
from artextract.vectors import unit
from artextract.vision.concatenated import side_by_side

DIMENSION = 128  # Principal components stored for each training painting
NEIGHBOURS = 5  # The kNN similarity is the mean over this many training paintings
VOTERS = 10  # This many vote on a label
VOTE_TEMPERATURE = 0.07  # A vote weighs exp(cosine / temperature); chosen on the paintings set aside
VOTE_SHARES = {"style": 0.4, "genre": 0.2, "artist": 0.4}
"""How much the nearest training paintings count beside the head; chosen on the paintings set aside."""


class NearestPaintings:
    """Exact cosine search among the training paintings.

    A picture is described by the pooled outputs of two networks, side by side: float32 [n, pooled].
    """

    def __init__(self, file: Path) -> None:
        """Load the vectors. Raises WeightsError if the file is missing or damaged."""
        names = ("widths", "mean", "components", "vectors", *LABELLED, "out_of_distribution")
        try:
            tensors = read_tensors(file, names)
            (stored, dimension), count = tensors["components"].shape, len(tensors["vectors"])
            expected = {
                "mean": (dimension,),
                "vectors": (count, stored),
                **dict.fromkeys(LABELLED, (count,)),
                "out_of_distribution": (dimension + 1,),
            }
            if count < NEIGHBOURS or any(tensors[name].shape != shape for name, shape in expected.items()):
                raise ValueError("the tensors have other shapes")
            if tensors["widths"].ndim != 1 or tensors["widths"].sum() != dimension:
                raise ValueError("the networks have other widths")
            if not all(np.isfinite(array).all() for array in tensors.values()):
                raise ValueError("the tensors are not finite")
        except (OSError, ValueError, TypeError) as error:
            raise WeightsError(f"{file} is missing or damaged. Train the model again.") from error
        self.widths = tuple(int(width) for width in tensors["widths"])
        """Length of the pooled output of each network."""
        self._mean = tensors["mean"].astype(np.float32)
        self._components = tensors["components"].astype(np.float32)
        self.vectors = unit(tensors["vectors"].astype(np.float32))
        """The training paintings: unit length, float32 [n, stored]."""
        self.labels = {name: tensors[name] for name in LABELLED}
        """Attribute → the class of each, an index of the model's classes, -1 where not known: int16 [n]."""
        self._line = tensors["out_of_distribution"].astype(np.float64)

    def near(self, vector: np.ndarray, k: int) -> np.ndarray:
        """The k training paintings nearest to one picture, float32 [pooled], nearest first: rows of `training`."""
        return np.argsort(-(self.vectors @ self.project(vector[None])[0]), kind="stable")[:k]

    def project(self, pooled: np.ndarray) -> np.ndarray:
        """Project pictures onto the stored components: unit length, float32 [n, stored]."""
        parts = np.split(pooled, np.cumsum(self.widths)[:-1], axis=1)
        return unit(
            np.stack([self._components @ (row - self._mean) for row in side_by_side(parts, [1.0] * len(parts))])
        )

    def compare(self, pooled: np.ndarray, logits: Mapping[str, np.ndarray]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The kNN similarity of pictures, float32 [n], and the heads' logits mixed with the votes of near paintings.

        The kNN similarity is the mean cosine to the nearest `NEIGHBOURS`. `logits` are attribute → float [n, classes];
        the date's stay. A tuned network's head and its neighbours err on different paintings.
        """
        # One row at a time: its rounding must not depend on the other rows.
        cosines = np.stack([self.vectors @ query for query in self.project(pooled)])
        similarity = np.partition(cosines, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
        mixed = dict(logits)
        for name, share in VOTE_SHARES.items():
            head = softmax(logits[name].astype(np.float64), axis=1)
            votes = label_votes(cosines, self.labels[name], head.shape[1])
            mixed[name] = np.log((1 - share) * head + share * votes + 1e-4)
        return similarity, mixed

    def ood_probability(self, pooled: np.ndarray) -> np.ndarray:
        """The probability that each picture is noise or printed text, float64 [n]."""
        logits = [float(row.astype(np.float64) @ self._line[:-1]) for row in pooled]
        return expit(np.array(logits) + self._line[-1])


def label_votes(cosines: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """The share of each class among the `VOTERS` nearest paintings: float64 [n, classes].

    Of the cosines [n, m] to paintings of these classes, int [m]; those with -1 don't vote.
    """
    votes = np.zeros((len(cosines), classes))
    cosines, labels = cosines[:, labels >= 0], labels[labels >= 0]
    for own, row in zip(votes, cosines, strict=True):
        best = np.argpartition(-row, VOTERS - 1)[:VOTERS] if len(row) > VOTERS else np.arange(len(row))
        np.add.at(own, labels[best], np.exp(row[best] / VOTE_TEMPERATURE))
    return votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-12)


def write_nearest(
    file: Path, parts: Sequence[np.ndarray], labels: Mapping[str, np.ndarray], ood_parts: Sequence[np.ndarray]
) -> None:
    """Store what `NearestPaintings` loads: the pooled outputs of each network, float32 [n, width], of paintings.

    `ood_parts` are those of other pictures, `labels` is `NearestPaintings.labels`.
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression

    vectors = side_by_side(parts, [1.0] * len(parts))  # all networks count alike
    fitted = PCA(min(DIMENSION, *vectors.shape), random_state=0).fit(vectors)
    both = np.concatenate([np.concatenate(parts, axis=1), np.concatenate(ood_parts, axis=1)])
    is_ood = np.arange(len(both)) >= len(vectors)
    line = LogisticRegression(C=0.01, max_iter=1000, class_weight="balanced").fit(both, is_ood)
    tensors = {
        "widths": np.array([part.shape[1] for part in parts], np.int32),
        "mean": fitted.mean_.astype(np.float16),
        "components": fitted.components_.astype(np.float16),
        "vectors": fitted.transform(vectors).astype(np.float16),
        **{name: labels[name].astype(np.int16) for name in LABELLED},
        "out_of_distribution": np.concatenate([line.coef_[0], line.intercept_]).astype(np.float32),
    }
    write_tensors(file, tensors)


@dataclass(frozen=True)
class OodScore:
    """The probability that a picture is of no style that the model knows, from two measures (a logistic regression)."""

    prominence: float  # Weight of `prominence`
    similarity: float  # Weight of the kNN similarity
    intercept: float  # Such that 0.5 is the threshold

    def of(self, logits: np.ndarray, similarity: np.ndarray) -> np.ndarray:
        """The probabilities, float64 [n], from logits float [n, styles] and the kNN similarity float [n]."""
        known = self.prominence * prominence(logits) + self.similarity * similarity.astype(np.float64) + self.intercept
        return expit(-known)


def prominence(logits: np.ndarray) -> np.ndarray:
    """The highest of logits [n, classes] above their mean, divided by the length of all of them: 0…1, float64 [n]."""
    centred = logits.astype(np.float64) - logits.mean(axis=1, keepdims=True, dtype=np.float64)
    return centred.max(axis=1) / np.maximum(np.linalg.norm(centred, axis=1), 1e-12)


def fit_ood_score(
    logits: np.ndarray, similarity: np.ndarray, unknown: np.ndarray, weights: np.ndarray, refused: float
) -> OodScore:
    """Fit to logits [n, styles] and kNN similarity [n] of held-out paintings; `unknown`, bool [n]: of unknown styles.

    `weights`, float [n], is how much each counts. `refused` is the share of the known ones, by weight, that
    gets a probability above 0.5. Without unknown ones both measures count alike.
    """
    from sklearn.linear_model import LogisticRegression

    measures = np.stack([prominence(logits), similarity.astype(np.float64)], axis=1)
    spread = measures.std(axis=0)
    spread[spread == 0] = 1.0
    first, second = 1 / spread
    if unknown.any():
        line = LogisticRegression(C=0.05, max_iter=1000).fit(measures / spread, ~unknown, sample_weight=weights)
        first, second = line.coef_[0] / spread
    known = (first * measures[:, 0] + second * measures[:, 1])[~unknown]
    return OodScore(float(first), float(second), -weighted_quantile(known, weights[~unknown], refused))


def weighted_quantile(values: np.ndarray, weights: np.ndarray, level: float) -> float:
    """The value [n] below which a share of `level` (0…1) of the weights [n] lies."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(share, level)), len(values) - 1)])
