"""Measure a model on an ArtGAN copy."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artextract.attributes.evaluation.metrics import score, score_dates
from artextract.attributes.labelled_paintings import in_split, read_paintings
from artextract.attributes.labels import ANOTHER, LABELLED, Classes, painter_name
from artextract.attributes.reader import Reader, read_files
from artextract.errors import SourceError
from artextract.progress import Report, silent
from artextract.similarity.evaluation.measures import artist_numbers


@dataclass(frozen=True)
class LabelTask:
    """The task to predict one attribute, for the rows of a table that have a label for it."""

    rows: np.ndarray  # int64: rows of the table
    columns: np.ndarray  # int64: the model's classes to choose from
    target: np.ndarray  # int64 [rows]: the right class, as an index into `columns`
    artists: np.ndarray  # int64 [rows]: the painter as a number; each painting without one has its own
    unknown: int  # Labelled rows that are left out because the model does not know their class

    def probabilities(self, probabilities: np.ndarray) -> np.ndarray:
        """The model's probabilities [n, classes] of `columns`, float64 [n, columns], rows sum to 1."""
        chosen = probabilities[:, self.columns]
        return chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1e-300)


def label_tasks(table: pd.DataFrame, classes: Classes, listed_artists: Collection[str]) -> dict[str, LabelTask]:
    """The tasks to predict the labels of a table of `read_paintings` (NA where a row has none), by attribute.

    Styles and genres are chosen from all classes, artists only from `listed_artists` ("Claude Monet", …).
    """
    tasks = {}
    for attribute in LABELLED:
        ours, names = classes.of(attribute), table[attribute]
        columns = np.arange(len(ours))
        if attribute == "artist":
            names = names.map(painter_name, na_action="ignore")
            columns = np.flatnonzero(np.isin(ours, [painter_name(name) for name in listed_artists]))
        target = names.map({ours[column]: i for i, column in enumerate(columns) if ours[column] != ANOTHER})
        rows = np.flatnonzero(target.notna())
        artists = artist_numbers(pd.factorize(table["painter"].iloc[rows])[0])
        unknown = int(names.notna().sum()) - len(rows)
        tasks[attribute] = LabelTask(rows, columns, target.iloc[rows].to_numpy(np.int64), artists, unknown)
    return tasks


def evaluate(reader: Reader, images: Path, labels: Path, split: str, report: Report = silent) -> dict[str, Any]:
    """Measure a model on the images of a split ("train" or "val") of an ArtGAN copy, whole or partial.

    Returns `{"attributes": {"style": {"n", "classes", "accuracy", …, "unknown"}, …, "date": {"n",
    "median_abs_error_years", "coverage_80"}}}`. An attribute without images in the split only has n = 0. Raises
    SourceError if the copy can't be read, or has no image of the split.
    """
    table = read_paintings(images, labels)
    own = in_split(table, split)
    if not own.any(axis=None):
        raise SourceError(
            f"None of the {len(table):,} images in {images} is in the {split} lists of {labels}. "
            "Check that they belong together, or name the other split."
        )
    chosen = own.any(axis=1)
    paintings = table[chosen].reset_index(drop=True)
    listed = paintings[list(LABELLED)].where(own[chosen].reset_index(drop=True)).join(paintings["painter"])
    predictions = read_files(reader, list(paintings["path"]), report)
    tasks = label_tasks(listed, reader.facts.classes, reader.facts.listed_artists)
    figures: dict[str, Any] = {}
    for name, task in tasks.items():
        figures[name] = {"n": 0}
        if len(task.rows):
            probabilities = task.probabilities(predictions.probabilities[name][task.rows])
            figures[name] = asdict(score(probabilities, task.target, task.artists))
        figures[name]["unknown"] = task.unknown
    dated = score_dates(predictions.date_quantiles(), paintings["year"].to_numpy(float, na_value=np.nan))
    figures["date"] = asdict(dated) if dated else {"n": 0}
    return {"split": split, "images": len(paintings), "attributes": figures}
