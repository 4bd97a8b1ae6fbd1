"""How sure the answers of a fitted model are: everything is set on the paintings set aside and on unknown styles."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from artextract.attributes import date_bins
from artextract.attributes.certainty.calibration import Calibration, fit_temperature, set_thresholds, unsure_threshold
from artextract.attributes.certainty.ood_score import NearestPaintings, fit_ood_score, weighted_quantile
from artextract.attributes.heads import LinearHeads
from artextract.attributes.labels import LABELLED
from artextract.attributes.model import AttributeModel
from artextract.attributes.reader import MAX_OOD_PROBABILITY
from artextract.errors import SourceError
from artextract.sources.wikiart import year_from_stem
from artextract.vision.feature_extractor import FeatureMapper
from train.config import AttributeSettings
from train.data.sequences import Sequences, pooled_outputs
from train.sequence.fit import logits_of

REFUSED = 0.15  # Share of the paintings set aside that are out of distribution
SURE_IN = 0.6  # Share of the first copy's paintings set aside whose OOD probability allows a sure style or artist
OTHER_COPY = 6.0  # Weight of a painting set aside from a copy with less than `SMALL_COPY` of them
SMALL_COPY = 200
MISS = 0.1  # Share of the right classes outside their label set
WITHIN = 0.8  # Share of the years within the interval
RARE_PRIOR = 1.5
"""What the prior adds to the logits of rare styles, in nats: museums have more of them than the training copies.
Chosen on the paintings set aside: at most 1 in 50 paintings of other styles gets one of them."""


def calibrated(
    model: AttributeModel | LinearHeads,
    sequences: Sequences,
    settings: AttributeSettings,
    nearest: Path,
    mappers: list[FeatureMapper],
) -> dict[str, Any]:
    """The fields of `ModelFacts` that say how sure answers are; `nearest` is what `write_nearest` wrote.

    The prior of a style is that of the weighted loss, times e^`RARE_PRIOR` for rare ones. In the temperature all
    copies count alike. The thresholds are fitted on the paintings whose OOD probability allows a sure answer.
    Raises SourceError if no painting in the part set aside has a label of some attribute.
    """
    paintings = sequences.paintings
    aside = paintings.rows("aside")
    copies = paintings.table["copy"].to_numpy()[aside]
    logits, pooled, years = _held_out(model, sequences, settings, mappers)
    unknown, small = np.arange(len(years)) >= len(aside), np.zeros(len(years), bool)
    counts = np.bincount(copies)
    small[~unknown] = counts[copies] < min(SMALL_COPY, counts.max())
    similarity, voted = NearestPaintings(nearest).compare(pooled, logits)
    weights = np.where(small, OTHER_COPY, 1.0)
    weights[unknown] = len(aside) / max(2 * unknown.sum(), 1)
    ood_score = fit_ood_score(logits["style"], similarity, unknown, weights, REFUSED)
    ood = ood_score.of(logits["style"], similarity)
    strict = weighted_quantile(ood[~unknown], (copies == 0).astype(float), SURE_IN)
    max_ood = {name: MAX_OOD_PROBABILITY if name == "genre" else strict for name in LABELLED}
    calibration, in_set_from = {}, {}
    for name in LABELLED:
        rows = np.flatnonzero(paintings.targets[name][aside] >= 0)
        if not len(rows):
            raise SourceError(f"No painting in the part set aside has a {name}. Add a list of it, or set more aside.")
        target, values = paintings.targets[name][aside][rows], voted[name][rows]
        shift = np.zeros(values.shape[1])
        if name == "style":
            shift[[paintings.classes.style.index(style) for style in settings.rare_styles]] = RARE_PRIOR
        allowed = ood[rows] <= max_ood[name]
        calibration[name], in_set_from[name] = _label_limits(values, target, copies[rows], shift, allowed)
    dated = ~np.isnan(years) & ~unknown & ~small
    bins = np.clip((years[dated] - date_bins.FIRST) // date_bins.WIDTH, 0, date_bins.BINS - 1).astype(int)
    flat = np.zeros(date_bins.BINS)
    calibration["date"] = Calibration(fit_temperature(logits["date"][dated], bins, flat), tuple(flat), 0.0)
    stated = ood <= MAX_OOD_PROBABILITY
    by_unknown_hands = stated & (unknown | small) & ~np.isnan(years)
    chosen = by_unknown_hands if by_unknown_hands.any() else stated & ~np.isnan(years)
    margin = _date_margin(calibration["date"].probabilities(logits["date"][chosen]), years[chosen])
    limits = {"calibration": calibration, "in_set_from": in_set_from, "date_margin": margin}
    return limits | {"ood_score": ood_score, "max_ood": max_ood}


def _label_limits(
    values: np.ndarray, target: np.ndarray, copies: np.ndarray, shift: np.ndarray, allowed: np.ndarray
) -> tuple[Calibration, tuple[float, ...]]:
    """The calibration and `in_set_from` of an attribute, from logits [n, classes] and the right classes, int [n]."""
    alike = 1.0 / np.bincount(copies)[copies]
    fitted = Calibration(fit_temperature(values, target, shift, alike), tuple(shift.tolist()), 0.0)
    probabilities = fitted.probabilities(values)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == target
    threshold = unsure_threshold(confidence[allowed], right[allowed])
    in_set_from = set_thresholds(probabilities, target, copies, MISS)
    return replace(fitted, threshold=threshold), tuple(in_set_from.tolist())


def _held_out(
    model: AttributeModel | LinearHeads, sequences: Sequences, settings: AttributeSettings, mappers: list[FeatureMapper]
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Logits, pooled outputs and years (NaN if not known) of the paintings set aside and half of the unknown styles.

    A sequence model is not asked about the unknown styles: their sequences are not stored.
    """
    aside = sequences.paintings.rows("aside")
    logits = logits_of(model, sequences, aside)
    pooled = np.concatenate([part[aside] for part in sequences.pooled], axis=1)
    years = sequences.paintings.table["year"].astype(float).to_numpy()[aside]
    if settings.unknown is not None and isinstance(model, LinearHeads):
        files = unknown_pictures(settings.unknown, settings.seed)[0]
        theirs = np.concatenate(pooled_outputs(files, mappers), axis=1)
        own = model.logits(theirs)
        logits = {name: np.concatenate([values, own[name]]) for name, values in logits.items()}
        pooled = np.concatenate([pooled, theirs])
        years = np.append(years, [float(year_from_stem(file.stem) or "nan") for file in files])
    return logits, pooled, years


def _date_margin(probabilities: np.ndarray, years: np.ndarray) -> float:
    """`ModelFacts.date_margin`: conformalised quantile regression (Romano et al. 2019)."""
    if not len(years):
        return 0.0
    low, high = date_bins.quantiles(probabilities, (0.1, 0.9)).T
    year = years + 0.5
    level = min(WITHIN * (1 + 1 / len(year)), 1.0)
    return max(float(np.quantile(np.maximum(low - year, year - high), level, method="higher")), 0.0)


def unknown_pictures(folder: Path, seed: int) -> tuple[list[Path], list[Path]]:
    """The pictures of half of the unknown styles, to set the OOD score, and those of the other half, to measure it.

    Raises SourceError if there are fewer than two styles.
    """
    styles = sorted(path for path in folder.glob("*") if path.is_dir())
    if len(styles) < 2:
        raise SourceError(f"{folder} needs a folder for each of at least two styles.")
    chosen = np.random.default_rng(seed).permutation(len(styles))
    halves = chosen[: len(styles) // 2], chosen[len(styles) // 2 :]
    first, second = ([file for i in sorted(half) for file in sorted(styles[i].glob("*.jpg"))] for half in halves)
    return first, second
