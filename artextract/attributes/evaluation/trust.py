"""How far to trust a label: what the validation paintings say of it."""

from dataclasses import dataclass

import numpy as np

from artextract.attributes.evaluation.confusion import confusion
from artextract.attributes.model_bundle import Bundle


@dataclass(frozen=True)
class Share:
    """A class and how many of some paintings are (or were called) it."""

    name: str
    count: int
    share: float
    """0…1."""


@dataclass(frozen=True)
class Trust:
    """A label's row and column of the confusion matrix, the largest shares first."""

    label: str
    called: int
    """Validation paintings that were called so."""
    were: list[Share]
    """What those are in truth: the column."""
    are: int
    """Validation paintings that are so."""
    said: list[Share]
    """What those were called: the row."""

    def words(self) -> list[str]:
        """Both in a sentence each."""
        if not self.called and not self.are:
            return [f"No validation painting is {self.label} or was called so: nothing is known."]
        sentences = []
        if self.called:
            right = _of(self.were, self.label)
            others = _others(self.were, self.label, "were")
            sentences.append(f"Of {self.called:,} validation paintings called {self.label}, {right:.0%} were{others}.")
        else:
            sentences.append(f"No validation painting was called {self.label}.")
        if self.are:
            found = _of(self.said, self.label)
            others = _others(self.said, self.label, "were called")
            sentences.append(f"Of {self.are:,} that are {self.label}, {found:.0%} were recognised{others}.")
        else:
            sentences.append(f"No validation painting is {self.label}.")
        return sentences


def trust(bundle: Bundle, attribute: str, label: str) -> Trust:
    """How the model did on validation paintings that are, or were called, `label`."""
    table = bundle.validation
    known = table[table[attribute].notna()]
    names = sorted({*known[attribute], *known[f"{attribute}_said"], label})
    counts = confusion(table, attribute, names)
    place = names.index(label)
    column, row = counts[:, place], counts[place]
    return Trust(label, int(column.sum()), _shares(column, names), int(row.sum()), _shares(row, names))


def _shares(counts: np.ndarray, names: list[str]) -> list[Share]:
    total = max(int(counts.sum()), 1)
    order = np.argsort(-counts, kind="stable")
    return [Share(names[i], int(counts[i]), float(counts[i] / total)) for i in order if counts[i]]


def _of(shares: list[Share], label: str) -> float:
    return next((one.share for one in shares if one.name == label), 0.0)


def _others(shares: list[Share], label: str, verb: str) -> str:
    """ "; 9 % were Baroque, 3 % Cubism": the two commonest mistakes above 1 %."""
    wrong = [one for one in shares if one.name != label and one.share >= 0.01][:2]
    if not wrong:
        return ""
    first, *rest = wrong
    others = "".join(f", {one.share:.0%} {one.name}" for one in rest)
    return f"; {first.share:.0%} {verb} {first.name}{others}"
