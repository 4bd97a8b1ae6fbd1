"""Calibrate a fitted model, and write it as the folder that the app reads."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import softmax

from artextract.attributes import date_bins
from artextract.attributes.certainty.calibration import Calibration, fit_temperature, prior_shift, unsure_threshold
from artextract.attributes.certainty.ood_score import NearestPaintings, fit_ood_score, write_nearest
from artextract.attributes.labels import LABELLED
from artextract.attributes.model import AttributeModel
from artextract.attributes.model_bundle import Bundle, ModelFacts, write_model, write_table
from artextract.errors import SourceError
from artextract.sources.wikiart import title_of
from artextract.tensor_files import write_tensors
from artextract.vision.backbones import build, find_backbone, weights_of
from artextract.vision.device import Device
from artextract.vision.feature_extractor import FeatureMapper
from artextract.vision.preprocessing import prepare_whole
from train.config import AttributeSettings
from train.data.out_of_distribution import out_of_distribution_pictures
from train.data.sequences import Sequences
from train.losses import weighted_counts
from train.sequence.fit import logits_of

OOD_SHARE = 0.02  # Share of the paintings set aside whose kNN similarity is below the minimum
IN_DISTRIBUTION = 0.67  # Share of the paintings set aside with an OOD score below the threshold


def write_bundle(
    folder: Path, model: AttributeModel, sequences: Sequences, settings: AttributeSettings, device: Device
) -> Bundle:
    """Write all files of the model except its validation table."""
    paintings = sequences.paintings
    fit, aside = paintings.rows("fit"), paintings.rows("aside")
    if not (settings.features and settings.gabor):
        raise ValueError("a bundle needs a model with both sequences")
    folder.mkdir(parents=True, exist_ok=True)
    vectors = mean_features(sequences)
    write_nearest(folder / "training.safetensors", vectors[fit], _ood_vectors(settings, device))
    write_table(folder / "training.parquet", stored_columns(paintings.table.iloc[fit]))
    similarity = NearestPaintings(folder / "training.safetensors").knn_similarity(vectors[aside])
    styled = paintings.targets["style"][aside] >= 0
    logits = logits_of(model, sequences, aside)["style"]
    ood_score = fit_ood_score(logits[styled], similarity[styled], IN_DISTRIBUTION)
    in_distribution = ood_score.of(logits, similarity) <= ood_score.threshold
    facts = ModelFacts(
        name=settings.name,
        backbone=find_backbone(settings.backbone).name,
        size=settings.size,
        shape=model.shape,
        classes=paintings.classes,
        listed_artists=tuple(sorted(paintings.table["artist"].iloc[fit].dropna().unique())),
        calibration=calibrate(model, sequences, settings, in_distribution),
        ood_score=ood_score,
        min_knn_similarity=float(np.quantile(similarity, OOD_SHARE)),
        seed=settings.seed,
    )
    _write_backbone(folder / "backbone.safetensors", settings)
    write_model(folder / "attributes.safetensors", model, facts)
    return Bundle.open(folder)


def mean_features(sequences: Sequences) -> np.ndarray:
    """The mean of the backbone's cells of each painting, float32 [n, dimension]; ValueError without a feature map."""
    maps, _ = sequences.views[0]
    if maps is None:
        raise ValueError("nearest paintings need a feature map")
    means = [maps[i : i + 256].astype(np.float32).mean(axis=1) for i in range(0, len(maps), 256)]
    return np.concatenate(means)


def stored_columns(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of paintings that a bundle stores."""
    rows = table[["file", "painter", "year", "style", "genre", "artist", "copy"]].copy()
    rows.insert(1, "title", [title_of(file) for file in rows["file"]])
    return rows.reset_index(drop=True)


def _ood_vectors(settings: AttributeSettings, device: Device) -> np.ndarray:
    """The mean features of pictures that are no paintings, float32 [n, dimension]."""
    mapper = FeatureMapper(find_backbone(settings.backbone), settings.size, settings.weights, device)
    pictures = out_of_distribution_pictures(settings.ood_pictures, settings.seed)
    pixels = np.stack([prepare_whole(picture, settings.size) for picture in pictures])
    return np.concatenate([mapper.maps(pixels[i : i + 8]).mean(axis=1) for i in range(0, len(pixels), 8)])


def _write_backbone(file: Path, settings: AttributeSettings) -> None:
    backbone = find_backbone(settings.backbone)
    network = build(backbone, weights_of(backbone, settings.weights), settings.size)
    state = network.state_dict().items()
    write_tensors(file, {name: (v.half() if v.is_floating_point() else v).cpu().numpy() for name, v in state})


SURE_DATES = 0.8  # Share of the paintings set aside whose date is sure


def calibrate(
    model: AttributeModel, sequences: Sequences, settings: AttributeSettings, in_distribution: np.ndarray | None = None
) -> dict[str, Calibration]:
    """Temperatures, shifts and thresholds, fitted on the part set aside.

    The shift changes the class frequencies from those of the weighted loss to those of the images.
    (The frequencies in WikiArt's whole lists fitted the part set aside worse.) The thresholds of style
    and artist are fitted on the paintings `in_distribution`, bool [aside]; None: on all.
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
    flat = np.zeros(date_bins.BINS)
    temperature = fit_temperature(logits["date"][dated], paintings.years[aside][dated], flat)
    intervals = date_bins.quantiles(softmax(logits["date"][dated] / temperature, axis=1), (0.1, 0.9))
    threshold = float(np.quantile(np.diff(intervals, axis=1), SURE_DATES))
    calibration["date"] = Calibration(temperature, tuple(flat), threshold)
    return calibration
