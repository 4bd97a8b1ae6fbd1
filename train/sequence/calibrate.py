"""Calibration of a fitted model on the part kept aside."""

import numpy as np
from scipy.special import softmax

from artextract.attributes import dates
from artextract.attributes.certainty.temperature import (
    Calibration,
    fit_temperature,
    prior_shift,
    unsure_threshold,
)
from artextract.attributes.labels import LABELLED
from artextract.attributes.model import AttributeModel
from artextract.errors import SourceError
from train.config import AttributeSettings
from train.sequence.fit import logits_of
from train.sequence.prepare import Prepared

WIDEST_DATE = 0.8
"""Part of the paintings kept aside whose date interval is narrow enough to be sure of."""


def calibrate(
    model: AttributeModel,
    prepared: Prepared,
    settings: AttributeSettings,
    known: np.ndarray | None = None,
) -> dict[str, Calibration]:
    """Temperatures, shifts and thresholds, from the part kept aside.

    Args:
        model: fitted.
        prepared: what it was fitted on.
        settings: how.
        known: bool [aside], those whose style and artist can be sure at all; None is all. Their
            thresholds are of these alone: the others are "not sure" at any probability.

    The shift brings the classes from the proportions that the weighted loss made of them back to
    those of the copies' images. (Those of WikiArt's whole lists fitted the part kept aside worse,
    for every attribute.)
    """
    aside = prepared.rows("aside")
    logits = logits_of(model, prepared, aside)
    found = {}
    for name in LABELLED:
        target = prepared.targets[name][aside]
        labelled = target >= 0
        if not labelled.any():
            raise SourceError(
                f"No painting kept aside has a label of {name}: the copy needs a list of it, or a larger part aside."
            )
        trained = prepared.trained_counts(name, settings)
        shift = prior_shift(prepared.counts(name), trained)
        temperature = fit_temperature(logits[name][labelled], target[labelled], shift)
        probabilities = softmax(logits[name][labelled] / temperature + shift, axis=1)
        right = probabilities.argmax(1) == target[labelled]
        can_be = np.ones(len(right), dtype=bool) if known is None or name == "genre" else known[labelled]
        threshold = unsure_threshold(probabilities.max(axis=1)[can_be], right[can_be])
        found[name] = Calibration(temperature, tuple(shift), threshold)
    dated = prepared.years[aside].sum(axis=1) > 0
    flat = np.zeros(dates.BINS)
    found_dates = logits["date"][dated]
    temperature = fit_temperature(found_dates, prepared.years[aside][dated], flat)
    widths = np.diff(dates.quantiles(softmax(found_dates / temperature, axis=1), (0.1, 0.9)), axis=1)
    found["date"] = Calibration(temperature, tuple(flat), float(np.quantile(widths, WIDEST_DATE)))
    return found
