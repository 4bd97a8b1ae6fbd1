"""What the model predicts for a painting: labels with probabilities, and a date with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from artextract.attributes import date_bins

NOT_SURE = "Not sure"  # The value in a work table where an answer is not sure
MAX_LABELS = 5  # An answer lists this many labels


@dataclass(frozen=True)
class Label:
    """A class and its probability."""

    name: str
    probability: float


@dataclass(frozen=True)
class Answer:
    """The prediction for one attribute."""

    labels: list[Label]  # The likeliest classes, likeliest first
    classes: int  # How many classes the model knows
    unsure: bool  # The probability is too low, or the picture is out of distribution
    out_of_distribution: bool = False
    """The picture is unlike the training pictures of every class; it may belong to none of them."""

    def doubt(self, attribute: str) -> str:
        """A sentence about an answer that is not sure; empty for a sure one."""
        if not self.unsure:
            return ""
        first, *others = self.labels
        if self.out_of_distribution:
            return f"Possibly none of the {self.classes} {attribute}s that the model knows. Nearest: {first.name}."
        second = f" or {others[0].name} ({others[0].probability:.0%})" if others else ""
        return f"Possibly {first.name} ({first.probability:.0%}){second}."


def label_answers(
    probabilities: np.ndarray, names: Sequence[str], threshold: float, out_of_distribution: np.ndarray
) -> list[Answer]:
    """Answers from probabilities float [n, classes] of the classes `names`.

    An answer is not sure if its probability is below `threshold`, or if it is `out_of_distribution` (bool [n]).
    """
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :MAX_LABELS]
    unlikely = probabilities.max(axis=1) < threshold
    return [
        Answer([Label(names[i], float(row[i])) for i in order], len(names), bool(low or ood), bool(ood))
        for row, order, low, ood in zip(probabilities, best, unlikely, out_of_distribution, strict=True)
    ]


@dataclass(frozen=True)
class DateAnswer:
    """The predicted date of a painting. Years may be fractions."""

    median: float
    low: float  # Start of the 80% interval: an earlier date has a probability of 10%
    high: float  # End of the 80% interval: a later date has a probability of 10%
    unsure: bool


@dataclass(frozen=True)
class Reading:
    """All predictions for one picture."""

    style: Answer
    genre: Answer
    artist: Answer
    date: DateAnswer
    knn_similarity: float  # Mean cosine to the nearest training paintings, -1…1
    ood_score: float  # `OodScore.of`: 0 is the mean of known styles, higher is less like them
    out_of_distribution: bool  # Whether the picture is unlike all training paintings

    def answer(self, attribute: str) -> Answer:
        """The answer for "style", "genre" or "artist"."""
        return getattr(self, attribute)


@dataclass(frozen=True)
class Predictions:
    """The predictions for n pictures, as arrays."""

    probabilities: dict[str, np.ndarray]  # Attribute → float64 [n, classes], calibrated; [n, `BINS`] for the date
    vectors: np.ndarray  # float32 [n, dimension]: the mean of the backbone's cells
    knn_similarity: np.ndarray  # float32 [n]: `Reading.knn_similarity`
    ood_score: np.ndarray  # float64 [n]: `Reading.ood_score`
    ood_probability: np.ndarray  # float64 [n]: the probability that the picture is noise or printed text

    def date_quantiles(self) -> np.ndarray:
        """Years float64 [n, 3]: the 10%, 50% and 90% quantiles of the date."""
        return date_bins.quantiles(self.probabilities["date"], (0.1, 0.5, 0.9))


def concatenate(parts: Sequence[Predictions]) -> Predictions:
    """Join the predictions of several batches, in order."""
    arrays = [field.name for field in fields(Predictions) if field.name != "probabilities"]
    return Predictions(
        {name: np.concatenate([part.probabilities[name] for part in parts]) for name in parts[0].probabilities},
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in arrays},
    )
