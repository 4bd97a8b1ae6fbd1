"""How sure the answers of a fitted model are: everything is set on the paintings set aside and on unknown styles."""

from pathlib import Path

import numpy as np
from scipy.special import softmax

from artextract.attributes import date_bins
from artextract.attributes.certainty.calibration import Calibration, fit_temperature, set_thresholds, unsure_threshold
from artextract.attributes.certainty.ood_score import (
    NearestPaintings,
    fit_ood_score,
    knn_similarity,
    style_votes,
    weighted_quantile,
)
from artextract.attributes.heads import LinearHeads, with_votes
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
RARE_PRIOR = 1.0
"""What the prior adds to the logits of rare styles, in nats: museums have more of them than the training copies.
Chosen on the paintings set aside: at most 1 in 50 paintings of other styles gets one of them."""


class Calibrating:
    """The held-out paintings of a model with its logits."""

    def __init__(
        self,
        model: AttributeModel | LinearHeads,
        sequences: Sequences,
        settings: AttributeSettings,
        nearest: Path,
        mappers: list[FeatureMapper],
    ) -> None:
        """Predict the paintings set aside, and half of the unknown styles; `nearest` is what `write_nearest` wrote.

        A sequence model is not asked about the unknown styles: their sequences are not stored.
        """
        self.paintings, self.settings = sequences.paintings, settings
        self.aside = self.paintings.rows("aside")
        self.copies = self.paintings.table["copy"].to_numpy()[self.aside]
        self.logits = logits_of(model, sequences, self.aside)
        pooled = [part[self.aside] for part in sequences.pooled]
        self.years = self.paintings.table["year"].astype(float).to_numpy()[self.aside]
        if settings.unknown is not None and isinstance(model, LinearHeads):
            files = unknown_pictures(settings.unknown, settings.seed)[0]
            theirs = pooled_outputs(files, mappers)
            own = model.logits(np.concatenate(theirs, axis=1))
            self.logits = {name: np.concatenate([values, own[name]]) for name, values in self.logits.items()}
            pooled = [np.concatenate(pair) for pair in zip(pooled, theirs, strict=True)]
            years = np.array([year_from_stem(file.stem) or np.nan for file in files], dtype=float)
            self.years = np.concatenate([self.years, years])
        near = NearestPaintings(nearest)
        vectors = near.project(np.concatenate(pooled, axis=1))
        similarity = knn_similarity(near.vectors, vectors)
        self.unknown = np.arange(len(vectors)) >= len(self.aside)
        counts = np.bincount(self.copies)
        self.small = np.append(counts[self.copies] < min(SMALL_COPY, counts.max()), np.zeros(self.unknown.sum(), bool))
        weights = np.where(self.small, OTHER_COPY, 1.0)
        weights[self.unknown] = len(self.aside) / max(2 * self.unknown.sum(), 1)
        self.ood_score = fit_ood_score(self.logits["style"], similarity, self.unknown, weights, REFUSED)
        self.ood = self.ood_score.of(self.logits["style"], similarity)
        votes = style_votes(near.vectors, near.styles, vectors, len(self.paintings.classes.style))
        self.logits["style"] = with_votes(self.logits["style"], votes)

    def max_ood(self) -> dict[str, float]:
        """`ModelFacts.max_ood`."""
        strict = weighted_quantile(self.ood[~self.unknown], (self.copies == 0).astype(float), SURE_IN)
        return {name: MAX_OOD_PROBABILITY if name == "genre" else strict for name in LABELLED}

    def by_attribute(self) -> dict[str, Calibration]:
        """Temperatures, priors and thresholds.

        The prior of a style is that of the weighted loss, times e^`RARE_PRIOR` for rare ones. In the temperature all
        copies count alike. The thresholds are fitted on the paintings whose OOD probability allows a sure answer.
        """
        calibration = {}
        for name in LABELLED:
            rows, target, values = self._labelled(name)
            shift = np.zeros(values.shape[1])
            if name == "style":
                shift[[self.paintings.classes.style.index(style) for style in self.settings.rare_styles]] = RARE_PRIOR
            temperature = fit_temperature(values, target, shift, self._alike(rows))
            probabilities = softmax(values / temperature + shift, axis=1)
            allowed = self.ood[rows] <= self.max_ood()[name]
            confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == target
            threshold = unsure_threshold(confidence[allowed], right[allowed])
            calibration[name] = Calibration(temperature, tuple(map(float, shift)), threshold)
        dated = np.flatnonzero(~np.isnan(self.years) & ~self.unknown & ~self.small)
        flat = np.zeros(date_bins.BINS)
        bins = np.clip((self.years[dated] - date_bins.FIRST) // date_bins.WIDTH, 0, date_bins.BINS - 1).astype(int)
        temperature = fit_temperature(self.logits["date"][dated], bins, flat)
        calibration["date"] = Calibration(temperature, tuple(flat), 0.0)
        return calibration

    def in_set_from(self) -> dict[str, tuple[float, ...]]:
        """`ModelFacts.in_set_from`."""
        found = {}
        for name, calibration in self.by_attribute().items():
            if name != "date":
                rows, target, values = self._labelled(name)
                probabilities = calibration.probabilities(values)
                found[name] = tuple(set_thresholds(probabilities, target, self.copies[rows], MISS).tolist())
        return found

    def date_margin(self) -> float:
        """`ModelFacts.date_margin`: conformalised quantile regression (Romano et al. 2019).

        On paintings by unknown hands: the unknown styles and the small copies, where they are not out of distribution;
        without any, on all that are set aside.
        """
        dated = ~np.isnan(self.years) & (self.ood <= MAX_OOD_PROBABILITY)
        if (strange := dated & (self.unknown | self.small)).any():
            dated = strange
        if not dated.any():
            return 0.0
        probabilities = self.by_attribute()["date"].probabilities(self.logits["date"][dated])
        low, high = date_bins.quantiles(probabilities, (0.1, 0.9)).T
        year = self.years[dated] + 0.5
        level = min(WITHIN * (1 + 1 / len(year)), 1.0)
        return max(float(np.quantile(np.maximum(low - year, year - high), level, method="higher")), 0.0)

    def _labelled(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows of the paintings set aside with a label, their classes and logits."""
        target = self.paintings.targets[name][self.aside]
        rows = np.flatnonzero(target >= 0)
        if not len(rows):
            raise SourceError(f"No painting in the part set aside has a {name}. Add a list of it, or set more aside.")
        return rows, target[rows], self.logits[name][rows]

    def _alike(self, rows: np.ndarray) -> np.ndarray:
        """Weights by which all copies count alike, float64 [rows]."""
        copies = self.copies[rows]
        return 1.0 / np.bincount(copies)[copies]


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
