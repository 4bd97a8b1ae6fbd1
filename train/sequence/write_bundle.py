"""Calibrate a fitted model, and write it as the folder that the app reads."""

from pathlib import Path

import numpy as np
import pandas as pd

from artextract.attributes.certainty.ood_score import write_nearest
from artextract.attributes.heads import LinearHeads
from artextract.attributes.model import AttributeModel
from artextract.attributes.model_bundle import Bundle, ModelFacts, write_model, write_table
from artextract.sources.wikiart import title_of
from artextract.tensor_files import write_tensors
from artextract.vision.backbones import build, find_backbone, weights_of
from artextract.vision.device import Device
from artextract.vision.feature_extractor import FeatureMapper
from artextract.vision.preprocessing import prepare_whole
from train.config import AttributeSettings
from train.data.out_of_distribution import out_of_distribution_pictures
from train.data.sequences import Sequences, networks, pooled_output
from train.sequence.calibrate import Calibrating


def write_bundle(
    folder: Path, model: AttributeModel | LinearHeads, sequences: Sequences, settings: AttributeSettings, device: Device
) -> Bundle:
    """Write all files of the model except its validation table."""
    paintings = sequences.paintings
    fit = paintings.rows("fit")
    if settings.hidden and not (settings.features and settings.gabor):
        raise ValueError("a bundle needs a model with both sequences")
    folder.mkdir(parents=True, exist_ok=True)
    mappers = networks(FeatureMapper(find_backbone(settings.backbone), settings.size, settings.weights, device), device)
    write_nearest(
        folder / "training.safetensors",
        [part[fit] for part in sequences.pooled],
        paintings.targets["style"][fit],
        _of_other_pictures(mappers, settings),
    )
    write_table(folder / "training.parquet", stored_columns(paintings.table.iloc[fit]))
    calibration = Calibrating(model, sequences, settings, folder / "training.safetensors", mappers)
    facts = ModelFacts(
        name=settings.name,
        backbone=find_backbone(settings.backbone).name,
        size=settings.size,
        shape=sequences.shape(settings.hidden),
        classes=paintings.classes,
        listed_artists=tuple(sorted(paintings.table["artist"].iloc[fit].dropna().unique())),
        calibration=calibration.by_attribute(),
        in_set_from=calibration.in_set_from(),
        date_margin=calibration.date_margin(),
        ood_score=calibration.ood_score,
        max_ood=calibration.max_ood(),
        seed=settings.seed,
    )
    _write_backbone(folder / "backbone.safetensors", settings)
    tensors = (
        model.tensors()
        if isinstance(model, LinearHeads)
        else {name: value.cpu().numpy() for name, value in model.state_dict().items()}
    )
    write_model(folder / "attributes.safetensors", tensors, facts)
    return Bundle.open(folder)


def stored_columns(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of paintings that a bundle stores."""
    rows = table[["file", "painter", "year", "style", "genre", "artist", "copy"]].copy()
    rows.insert(1, "title", [title_of(file) for file in rows["file"]])
    return rows.reset_index(drop=True)


def _of_other_pictures(mappers: list[FeatureMapper], settings: AttributeSettings) -> list[np.ndarray]:
    """The pooled outputs of pictures that are no paintings, float32 [n, dimension] for each network."""
    pictures = out_of_distribution_pictures(settings.ood_pictures, settings.seed)
    return [
        pooled_output(mapper, np.stack([prepare_whole(picture, mapper.size) for picture in pictures]))
        for mapper in mappers
    ]


def _write_backbone(file: Path, settings: AttributeSettings) -> None:
    backbone = find_backbone(settings.backbone)
    network = build(backbone, weights_of(backbone, settings.weights), settings.size)
    state = network.state_dict().items()
    write_tensors(file, {name: (v.half() if v.is_floating_point() else v).cpu().numpy() for name, v in state})
