"""The paintings of a configuration, encoded, with their feature sequences."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.attributes import dates
from artextract.attributes.labels import LABELLED, Classes
from artextract.attributes.model import Shape
from artextract.errors import WeightsError
from artextract.vision.backbones import find_backbone
from artextract.vision.device import Device
from artextract.vision.feature_extractor import FeatureMapper
from artextract.vision.gabor import GaborBank
from train.config import AttributeSettings
from train.data.feature_cache import feature_maps, gabor_cells
from train.data.paintings import labelled_paintings
from train.losses import BALANCED, effective_number_weights


@dataclass(frozen=True)
class Prepared:
    """The paintings of a configuration, encoded, with their feature sequences."""

    table: pd.DataFrame
    classes: Classes
    targets: dict[str, np.ndarray]
    """Attribute → int64 [n], -1 where there is no label."""
    years: np.ndarray
    """float32 [n, dates.BINS], soft targets."""
    views: list[tuple[np.ndarray | None, np.ndarray | None]]
    """Of the plain and the mirrored pictures: feature maps float16 [n, cells, features] and Gabor
    cells float16 [n, cells, gabor]; None where the model doesn't see them."""

    def rows(self, part: str) -> np.ndarray:
        """The rows of a part, int64."""
        return np.flatnonzero(self.table["part"] == part)

    def shape(self, hidden: int) -> Shape:
        """Of the model that reads these."""
        features, gabor = self.views[0]
        outputs = {name: len(self.classes.of(name)) for name in LABELLED} | {"date": dates.BINS}
        return Shape(
            0 if features is None else features.shape[-1],
            0 if gabor is None else gabor.shape[-1],
            outputs,
            hidden,
        )

    def trained_counts(self, attribute: str, settings: AttributeSettings) -> np.ndarray:
        """How common each class is in the loss: images by their weight."""
        counts = self.counts(attribute)
        if attribute not in BALANCED:
            return counts.astype(np.float64)
        if settings.imbalance == "logit adjustment":
            return (counts > 0).astype(np.float64)
        return counts * class_weights(counts, settings)

    def counts(self, attribute: str) -> np.ndarray:
        """Training images a class, int64 [classes]."""
        known = self.targets[attribute][self.rows("fit")]
        size = len(self.classes.of(attribute))
        return np.bincount(known[known >= 0], minlength=size)


def prepare(settings: AttributeSettings, device: Device) -> Prepared:
    """Read the paintings and compute on `device`, or fetch, their feature sequences.

    Raises:
        ArtExtractError: the images, the lists or the weights aren't what they should be.
    """
    table = labelled_paintings(settings.data)
    table = table[table["part"].notna()].reset_index(drop=True)
    classes = Classes.from_table(table[table["part"] == "fit"], settings.data.artist_at_least)
    paths = list(table["path"])
    grid, views = settings.size // 32, []  # as fine as the convolutional backbones' maps
    mapper = None
    if settings.features:
        backbone = find_backbone(settings.backbone)
        mapper = FeatureMapper(backbone, settings.size, settings.weights, device)
    for mirrored in (False, True):
        maps = cells = None
        if mapper is not None:
            maps = np.concatenate(feature_maps(paths, mapper, mirrored))
            grid = int(np.sqrt(maps.shape[1]))
            if grid**2 != maps.shape[1]:
                raise WeightsError(f"{settings.backbone} doesn't give a square feature map.")
        if settings.gabor:
            cells = np.concatenate(gabor_cells(paths, GaborBank(), grid, mirrored, device))
        views.append((maps, cells))
    years = dates.soft_targets(table["year"].to_numpy(float, na_value=np.nan))
    return Prepared(table, classes, classes.encode(table), years, views)


def class_weights(counts: np.ndarray, settings: AttributeSettings) -> np.ndarray:
    """The loss's weight of each class, float32 [classes]."""
    if settings.imbalance == "inverse":
        return np.where(counts > 0, counts.sum() / np.maximum(counts, 1), 0).astype(np.float32)
    if settings.imbalance == "effective number":
        return effective_number_weights(counts, settings.effective_number)
    return np.ones(len(counts), dtype=np.float32)


def log_prior(counts: np.ndarray) -> np.ndarray:
    """Logarithm of each class's frequency, float32 [classes]; rare ones as if seen once."""
    return np.log(np.maximum(counts, 1) / counts.sum()).astype(np.float32)
