"""From a fitted model to the folder that the app reads."""

from pathlib import Path

import numpy as np
import pandas as pd

from artextract.attributes.certainty.knn_similarity import NearestPaintings, write_nearest
from artextract.attributes.certainty.ood_score import fit_ood_score
from artextract.attributes.model import AttributeModel
from artextract.attributes.model_bundle import Bundle, ModelFacts, write_model, write_table
from artextract.files import write_atomic
from artextract.sources.wikiart import title_of
from artextract.vision.backbones import build, find_backbone, weights_of
from artextract.vision.device import Device
from artextract.vision.feature_extractor import FeatureMapper
from artextract.vision.preprocessing import prepare_whole
from train.config import AttributeSettings
from train.data.out_of_distribution import out_of_distribution_pictures
from train.sequence.calibrate import calibrate
from train.sequence.fit import logits_of
from train.sequence.prepare import Prepared

OOD_SHARE = 0.02
"""Part of the paintings kept aside that count as unlike what the model knows."""
KNOWN = 0.67
"""Part of the paintings kept aside that count as like what their styles were learnt from."""


def write_bundle(
    folder: Path,
    model: AttributeModel,
    prepared: Prepared,
    settings: AttributeSettings,
    device: Device,
) -> Bundle:
    """Write the model's folder, all but its validation table."""
    fit, aside = prepared.rows("fit"), prepared.rows("aside")
    if not (settings.features and settings.gabor):
        raise ValueError("a bundle is of a model that sees both sequences")
    folder.mkdir(parents=True, exist_ok=True)
    vectors = vectors_of(prepared)
    ood_vectors = _ood_vectors(settings, device)
    write_nearest(folder / "training.safetensors", vectors[fit], ood_vectors)
    write_table(folder / "training.parquet", described(prepared.table.iloc[fit]))
    similarity = NearestPaintings(folder / "training.safetensors").knn_similarity(vectors[aside])
    styled = prepared.targets["style"][aside] >= 0
    logits = logits_of(model, prepared, aside)["style"]
    ood_score = fit_ood_score(logits[styled], similarity[styled], KNOWN)
    known = ood_score.of(logits, similarity) <= ood_score.threshold
    facts = ModelFacts(
        name=settings.name,
        backbone=find_backbone(settings.backbone).name,
        size=settings.size,
        shape=model.shape,
        classes=prepared.classes,
        listed_artists=tuple(sorted(prepared.table["artist"].iloc[fit].dropna().unique())),
        calibration=calibrate(model, prepared, settings, known),
        ood_score=ood_score,
        min_knn_similarity=float(np.quantile(similarity, OOD_SHARE)),
        seed=settings.seed,
    )
    _write_backbone(folder / "backbone.safetensors", settings)
    write_model(folder / "attributes.safetensors", model, facts)
    return Bundle.open(folder)


def vectors_of(prepared: Prepared) -> np.ndarray:
    """What likeness is measured by: the mean of the backbone's cells, float32 [n, dimension].

    Raises:
        ValueError: the model sees no feature map.
    """
    maps, _ = prepared.views[0]
    if maps is None:
        raise ValueError("without a feature map there is no likeness")
    means = [maps[i : i + 256].astype(np.float32).mean(axis=1) for i in range(0, len(maps), 256)]
    return np.concatenate(means)


def described(table: pd.DataFrame) -> pd.DataFrame:
    """What a reader of the bundle is told of each painting."""
    rows = table[["file", "painter", "year", "style", "genre", "artist", "copy"]].copy()
    rows.insert(1, "title", [title_of(file) for file in rows["file"]])
    return rows.reset_index(drop=True)


def _ood_vectors(settings: AttributeSettings, device: Device) -> np.ndarray:
    """What the backbone sees of pictures that are no paintings, float32 [n, dimension]."""
    backbone = find_backbone(settings.backbone)
    mapper = FeatureMapper(backbone, settings.size, settings.weights, device)
    made = out_of_distribution_pictures(settings.ood_pictures, settings.seed)
    seen = np.stack([prepare_whole(one, settings.size) for one in made])
    maps = [mapper.maps(seen[i : i + 8]).mean(axis=1) for i in range(0, len(seen), 8)]
    return np.concatenate(maps)


def _write_backbone(file: Path, settings: AttributeSettings) -> None:
    from safetensors.torch import save_file

    backbone = find_backbone(settings.backbone)
    network = build(backbone, weights_of(backbone, settings.weights), settings.size)
    halves = {
        name: value.half().contiguous() if value.is_floating_point() else value
        for name, value in network.state_dict().items()
    }
    with write_atomic(file) as temporary:
        save_file(halves, temporary)
