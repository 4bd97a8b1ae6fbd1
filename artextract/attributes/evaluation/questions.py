"""What the label lists ask of a model, and its answers to that."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.attributes.labels import ANOTHER, painter_name
from artextract.attributes.reader import Reader


@dataclass(frozen=True)
class Question:
    """One attribute's choice among classes, on the rows of a table that ask it."""

    rows: np.ndarray
    """int64: rows of the table."""
    columns: np.ndarray
    """int64: the model's classes that are answers to it."""
    target: np.ndarray
    """int64 [len(rows)]: the right answer, as an index into `columns`."""
    unknown: int
    """Rows left out, since their class is none of the model's."""


def question(table: pd.DataFrame, asked: np.ndarray, attribute: str, reader: Reader) -> Question:
    """What the lists ask of `attribute` in the rows `asked` (bool [n]).

    Style and genre are asked among all the model's classes. The artist lists ask among their own
    few artists, so the model's probabilities of these alone are compared.
    """
    names = table[attribute].where(asked)
    ours = list(reader.facts.classes.of(attribute))
    if attribute == "artist":
        names = names.map(painter_name, na_action="ignore")
        listed = {painter_name(name) for name in reader.facts.listed_artists}
        columns = np.array([i for i, name in enumerate(ours) if name in listed], dtype=np.int64)
    else:
        columns = np.arange(len(ours))
    known = {ours[column]: place for place, column in enumerate(columns) if ours[column] != ANOTHER}
    target = names.map(known)
    rows = np.flatnonzero(target.notna())
    return Question(
        rows,
        columns,
        target.iloc[rows].to_numpy(np.int64),
        int(names.notna().sum()) - len(rows),
    )


def answers(probabilities: np.ndarray, asked: Question) -> np.ndarray:
    """The model's probabilities of a question's classes, float64 [rows, columns], sums of 1."""
    chosen = probabilities[:, asked.columns]
    return chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1e-300)
