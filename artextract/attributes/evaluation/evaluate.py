"""Evaluating a model on an ArtGAN copy, beside the two baselines that every figure needs."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artextract.attributes.evaluation.baselines import baselines
from artextract.attributes.evaluation.metrics import DateScores, score, score_dates
from artextract.attributes.evaluation.questions import answers, question
from artextract.attributes.labelled_paintings import in_split, read_paintings
from artextract.attributes.labels import LABELLED
from artextract.attributes.reader import Reader, read_files
from artextract.attributes.reading import Predictions
from artextract.errors import SourceError
from artextract.progress import Report, silent


def evaluate(reader: Reader, images: Path, labels: Path, split: str, report: Report = silent) -> dict[str, Any]:
    """Measure a model on the images of a split.

    Args:
        reader: the model.
        images: the folder with `<Style>/<artist>_<title>.jpg`, whole or partial.
        labels: the folder of the label lists.
        split: "train" or "val".
        report: told of the progress.

    Returns:
        `{"attributes": {"style": {"n", "classes", "accuracy", …, "unknown", "baselines"}, …,
        "date": {"n", "median_abs_error_years", "coverage_80"}}}`; `baselines` holds "majority" and
        "logistic_regression" where the copy has training images. An attribute of which the split
        has no images has n = 0 and nothing more.

    Raises:
        SourceError: the copy can't be read, or has no image of the split.
    """
    table = read_paintings(images, labels)
    own = in_split(table, split)
    if not own.any(axis=None):
        raise SourceError(
            f"None of the {len(table):,} images in {images} is in the {split} lists of {labels}: "
            "check that the two belong together, or name the other split."
        )
    asked = {name: own[name].to_numpy() for name in LABELLED}
    chosen = np.flatnonzero(own.any(axis=1))
    here = table.iloc[chosen].reset_index(drop=True)
    predictions = read_files(reader, list(here["path"]), report)
    questions = {name: question(here, asked[name][chosen], name, reader) for name in LABELLED}
    beside = baselines(table, here, questions, reader, report) if split == "val" else {}
    found: dict[str, Any] = {}
    for name, what in questions.items():
        found[name] = {"n": 0, "unknown": what.unknown}
        if len(what.rows):
            scores = score(answers(predictions.probabilities[name][what.rows], what), what.target)
            found[name] = asdict(scores) | {"unknown": what.unknown}
            found[name] |= {"baselines": beside[name]} if name in beside else {}
    dated = date_scores(predictions, here["year"])
    found["date"] = asdict(dated) if dated else {"n": 0}
    return {"split": split, "images": len(here), "attributes": found}


def date_scores(predictions: Predictions, years: pd.Series) -> DateScores | None:
    """How good the dates of the dated paintings are; None if none is dated."""
    known = np.flatnonzero(years.notna())
    if not len(known):
        return None
    low, median, high = predictions.date_quantiles()[known].T
    return score_dates(median, low, high, years.iloc[known].to_numpy(float))
