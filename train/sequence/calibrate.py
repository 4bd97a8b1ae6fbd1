"""Calibrate a fitted model on the part set aside."""

import numpy as np
from scipy.special import softmax

from artextract.attributes import dates
from artextract.attributes.certainty.temperature import Calibration, fit_temperature, prior_shift, unsure_threshold
from artextract.attributes.labels import LABELLED
from artextract.attributes.model import AttributeModel
from artextract.errors import SourceError
from train.config import AttributeSettings
from train.data.sequences import Sequences
from train.losses import weighted_counts
from train.sequence.fit import logits_of

SURE_DATES = 0.8
"""Share of the paintings set aside whose date is sure."""


def calibrate(
    model: AttributeModel, sequences: Sequences, settings: AttributeSettings, in_distribution: np.ndarray | None = None
) -> dict[str, Calibration]:
    """Temperatures, shifts and thresholds, fitted on the part set aside.

    The shift changes the class frequencies from those of the weighted loss to those of the images.
    (The frequencies in WikiArt's whole lists fitted the part set aside worse.)

    Args:
        model: fitted.
        sequences: that it was fitted on.
        settings: of the fit.
        in_distribution: bool [aside], the paintings whose style and artist can be sure. The thresholds
            of these attributes are fitted on them; None: on all.
    """
    paintings = sequences.paintings
    aside = paintings.rows("aside")
    logits = logits_of(model, sequences, aside)
    calibration = {}
    for name in LABELLED:
        target = paintings.targets[name][aside]
        labelled = target >= 0
        if not labelled.any():
            raise SourceError(f"No painting in the part set aside has a {name}. Add a list of it, or set more aside.")
        shift = prior_shift(paintings.counts(name), weighted_counts(paintings, name, settings))
        temperature = fit_temperature(logits[name][labelled], target[labelled], shift)
        probabilities = softmax(logits[name][labelled] / temperature + shift, axis=1)
        confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == target[labelled]
        if in_distribution is not None and name != "genre":
            confidence, right = confidence[in_distribution[labelled]], right[in_distribution[labelled]]
        calibration[name] = Calibration(temperature, tuple(shift), unsure_threshold(confidence, right))
    dated = paintings.years[aside].sum(axis=1) > 0
    flat = np.zeros(dates.BINS)
    temperature = fit_temperature(logits["date"][dated], paintings.years[aside][dated], flat)
    intervals = dates.quantiles(softmax(logits["date"][dated] / temperature, axis=1), (0.1, 0.9))
    threshold = float(np.quantile(np.diff(intervals, axis=1), SURE_DATES))
    calibration["date"] = Calibration(temperature, tuple(flat), threshold)
    return calibration
