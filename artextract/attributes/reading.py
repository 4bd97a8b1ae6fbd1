"""What the model predicts for a painting: labels with probabilities, and a date with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artextract.attributes import date_bins
from artextract.attributes.labels import ATTRIBUTES

NOT_SURE = "Not sure"  # The value in a work table where an answer is not sure
MAX_LABELS = 5  # An answer lists this many labels
MAX_NAMED = 3  # A sentence names this many likely classes; with more, the model cannot tell
NAMED_FROM = 0.3  # A sentence names a likely class from this share of the first one's probability on
MAX_INTERVAL = 100  # Years: a date with a wider 80% interval is not stated


@dataclass(frozen=True)
class Label:
    """A class and its probability."""

    name: str
    probability: float


@dataclass(frozen=True)
class Answer:
    """The prediction for one attribute. No name in it is the rest class of artists."""

    labels: list[Label]  # The likeliest classes, likeliest first
    classes: int  # How many classes the model knows
    likely: tuple[str, ...]  # The classes that cannot be ruled out, likeliest first
    unsure: bool  # The first label may be wrong
    none_of_these: bool  # The right label is probably none of the classes; then the answer is also unsure

    def names(self) -> tuple[str, ...]:
        """What words can state: the first label if it is sure, else the likely ones; () if the model cannot tell.

        Likely classes that are far less probable than the first are left out.
        """
        if not self.unsure:
            return (self.labels[0].name,)
        named = tuple(
            label.name
            for label in self.labels
            if label.name in self.likely and label.probability >= NAMED_FROM * self.labels[0].probability
        )
        return () if self.none_of_these or len(named) > MAX_NAMED else named

    def doubt(self) -> str:
        """A sentence about an answer that is not sure; "" for a sure one."""
        if not self.unsure:
            return ""
        if self.none_of_these:
            return f"Probably none of the {self.classes} that the model knows."
        likely = [f"{label.name} ({label.probability:.0%})" for label in self.labels if label.name in self.names()]
        return f"Possibly {either(likely)}." if likely else "The model cannot tell."


def either(names: Sequence[str]) -> str:
    """ "A", "A or B", "A, B or C"."""
    return " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def label_answers(
    probabilities: np.ndarray,
    names: Sequence[str],
    threshold: float,
    out_of_distribution: np.ndarray,
    doubtful: np.ndarray | None = None,
    in_set_from: Sequence[float] | None = None,
    rest: str | None = None,
) -> list[Answer]:
    """Answers from probabilities float [n, classes] of the classes `names`.

    An answer is not sure if its probability is below `threshold`, if it is `doubtful`, bool [n], or if it is none of
    the classes: if it is `out_of_distribution`, bool [n], or if the class `rest` is the likeliest. The classes
    that cannot be ruled out are the likeliest and those whose probability is at least that of `in_set_from` (None:
    `threshold`), or else the two likeliest.
    """
    kept = np.array([number for number, name in enumerate(names) if name != rest])
    limits = np.full(len(names), threshold) if in_set_from is None else np.asarray(in_set_from)
    doubtful = np.zeros(len(probabilities), bool) if doubtful is None else doubtful
    answers = []
    for row, ood, doubt in zip(probabilities, out_of_distribution, doubtful, strict=True):
        order = kept[np.argsort(-row[kept], kind="stable")]
        inside = [number for number in order[1:] if row[number] >= limits[number]]
        likely = [order[0], *(inside or ([] if row[order[0]] >= limits[order[0]] else order[1:2]))]
        labels = [Label(names[number], float(row[number])) for number in order[:MAX_LABELS]]
        none_of_these = bool(ood or row.max() > row[kept].max())
        unsure = bool(none_of_these or doubt or row[kept].max() < threshold)
        answers.append(Answer(labels, len(kept), tuple(names[number] for number in likely), unsure, none_of_these))
    return answers


@dataclass(frozen=True)
class DateAnswer:
    """The predicted date of a painting. Years may be fractions."""

    median: float
    low: float  # Start of the 80% interval: an earlier date has a probability of 10%
    high: float  # End of the 80% interval: a later date has a probability of 10%


@dataclass(frozen=True)
class Reading:
    """All predictions for one picture. Nothing is sure about a picture that is out of distribution."""

    style: Answer
    genre: Answer
    artist: Answer
    date: DateAnswer | None  # None if out of distribution, or if the 80% interval is wider than `MAX_INTERVAL`
    ood_probability: float  # 0…1: the probability that the picture is unlike the training paintings
    out_of_distribution: bool  # Whether that is above the model's threshold

    def answer(self, attribute: str) -> Answer:
        """The answer for "style", "genre" or "artist"."""
        return getattr(self, attribute)

    def summary(self) -> str:
        """The reading in plain words, in one or two sentences."""
        style = either([_adjective(name) for name in self.style.names()])
        genre = either([_plural(name) for name in self.genre.names()])
        if "Abstract" in style and genre == _plural("abstract painting"):
            genre = "paintings"  # not "Abstract Expressionist abstract paintings"
        artist = "" if self.artist.unsure else self.artist.labels[0].name  # a doubtful name would be taken for a fact
        if self.out_of_distribution:
            nearest = f"{_adjective(self.style.labels[0].name)} {_plural(self.genre.labels[0].name)}"
            untold = either([name for name in ATTRIBUTES if not (name == "genre" and genre)])
            return f"Unlike the paintings that the model knows: it cannot tell the {untold}. Nearest: {nearest}."
        told = {"style": style, "genre": genre, "artist": artist or self.artist.none_of_these, "date": self.date}
        missing = [name for name in ATTRIBUTES if not told[name]]
        parts, most_like = [], ""
        if style or genre or self.date:
            most_like = f"Most like {style}{' ' if style else ''}{genre or 'paintings'}{_period(self.date)}."
        if self.artist.none_of_these:
            parts.append(f"the artist is probably not among the {self.artist.classes} that the model knows")
        elif artist:
            parts.append(f"of the {self.artist.classes} artists that the model knows, most likely {artist}")
        if missing:
            parts.append(f"the model cannot tell the {either(missing)}")
        rest = "; ".join(parts)
        return " ".join(filter(None, (most_like, f"{rest[0].upper()}{rest[1:]}." if rest else "")))


def _adjective(style: str) -> str:
    """ "Impressionism" → "Impressionist"."""
    if style == "Romanticism":
        return "Romantic"
    return style.removesuffix("sm") + "st" if style.endswith("ism") else style


def _plural(genre: str) -> str:
    return "sketches and studies" if genre == "sketch and study" else f"{genre}s"


def _period(date: DateAnswer | None) -> str:
    if date is None:
        return ""
    first, last = (5 * round(year / 5) for year in (date.low, date.high))
    return f" of about {first}" if first == last else f" of about {first}–{last}"


@dataclass(frozen=True)
class Predictions:
    """The predictions for n pictures, as arrays."""

    probabilities: dict[str, np.ndarray]  # Attribute → float64 [n, classes], calibrated; [n, `BINS`] for the date
    vectors: np.ndarray  # float32 [n, pooled]: the pooled outputs of the tuned and the untuned network
    ood_probability: np.ndarray  # float64 [n]: `Reading.ood_probability`
    date_margin: float  # Years by which the 80% interval of the date is widened at both ends

    def date_quantiles(self) -> np.ndarray:
        """Years float64 [n, 3]: start of the 80% interval, median and end of the interval of the date."""
        quantiles = date_bins.quantiles(self.probabilities["date"], (0.1, 0.5, 0.9))
        widened = quantiles + self.date_margin * np.array([-1, 0, 1])
        return np.clip(widened, date_bins.FIRST, date_bins.LAST)
