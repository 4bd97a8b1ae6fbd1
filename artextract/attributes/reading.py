"""What is read of a painting: labels with probabilities, a date with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.attributes import dates

NOT_SURE = "Not sure"
"""What a work table's column says where an answer isn't sure."""


@dataclass(frozen=True)
class Label:
    """A class and its probability."""

    name: str
    probability: float


@dataclass(frozen=True)
class Answer:
    """What the model says of one attribute."""

    labels: list[Label]
    """The likeliest classes, the likeliest first."""
    classes: int
    """That are told apart."""
    unsure: bool
    """The likeliest is too unlikely, or the picture unlike what the model knows."""
    outside: bool = False
    """The picture is unlike what the model has seen of any class: it may be of none of them."""

    def doubt(self, attribute: str) -> str:
        """What is known where the answer isn't sure, in a sentence; empty where it is."""
        if not self.unsure:
            return ""
        first, *others = self.labels
        if self.outside:
            return f"Perhaps not one of the {self.classes} {attribute}s that this model knows; nearest: {first.name}."
        second = f", or {others[0].name} ({others[0].probability:.0%})" if others else ""
        return f"Perhaps {first.name} ({first.probability:.0%}){second}."


@dataclass(frozen=True)
class DateAnswer:
    """When the model says that a painting was made. Years may be fractions."""

    median: float
    low: float
    """The year before which it was made with a probability of 10 %."""
    high: float
    """The year after which it was made with a probability of 10 %."""
    unsure: bool


@dataclass(frozen=True)
class Reading:
    """All that the model says of one picture."""

    style: Answer
    genre: Answer
    artist: Answer
    date: DateAnswer
    familiarity: float
    """Mean cosine to the nearest training paintings."""
    knownness: float
    """How much it is like what the styles were learnt from: about 0 on average of known ones."""
    unfamiliar: bool
    """Whether it is unlike the paintings that the model knows."""

    def answer(self, attribute: str) -> Answer:
        """The answer on "style", "genre" or "artist"."""
        return getattr(self, attribute)


@dataclass(frozen=True)
class Predictions:
    """What the model says of n pictures, as arrays."""

    probabilities: dict[str, np.ndarray]
    """Attribute → float64 [n, classes], calibrated; of the date: [n, `dates.BINS`]."""
    vectors: np.ndarray
    """float32 [n, dimension]: the mean of the backbone's cells, for likeness."""
    familiarity: np.ndarray
    """float32 [n]: `Reading.familiarity`."""
    knownness: np.ndarray
    """float64 [n]: `Knownness.of` each."""
    outlier_probability: np.ndarray
    """float64 [n]: how probable it is that a picture is noise or text."""

    def date_quantiles(self) -> np.ndarray:
        """Years float64 [n, 3]: where 10 %, 50 % and 90 % of the probability lie."""
        return dates.quantiles(self.probabilities["date"], (0.1, 0.5, 0.9))


def join(parts: Sequence[Predictions]) -> Predictions:
    """Predictions one after another."""
    return Predictions(
        {name: np.concatenate([part.probabilities[name] for part in parts]) for name in parts[0].probabilities},
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.familiarity for part in parts]),
        np.concatenate([part.knownness for part in parts]),
        np.concatenate([part.outlier_probability for part in parts]),
    )
