"""Fit an embedding of several networks: `python -m train.concatenate --config train/configs/concatenate.yaml`.

Their weighted, concatenated unit vectors are projected to the leading principal components of training
paintings (`artextract.vision.concatenated`). Directions that tell styles, genres and artists apart can get
more weight than their share of the variance.
"""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from tqdm import tqdm

from artextract.errors import SourceError
from artextract.vision.backbones import Backbone, find_backbone
from artextract.vision.concatenated import Projection, side_by_side
from artextract.vision.device import find_device
from artextract.vision.feature_extractor import BATCH, FeatureMapper, prepared_ahead
from artextract.vision.preprocessing import resized
from train.config import Changes, ConcatenationSettings, ConfigFile, run
from train.data.paintings import labelled_paintings

MAX_PAINTINGS = 20_000  # Training paintings that are embedded and fitted to
RIDGE = 0.3  # Of the directions, as a share of the mean variance of a direction


def concatenate(settings: ConcatenationSettings) -> Path:
    """Fit the components on training paintings; returns the path of the written file.

    Raises ArtExtractError if the data, the backbone or a weights file is missing or wrong.
    """
    backbone = find_backbone(settings.backbone)
    if not len(settings.sizes) == len(settings.scales) == len(backbone.parts):
        raise SourceError(f"sizes, scales: {backbone.name} needs {len(backbone.parts)}, one for each network.")
    table = labelled_paintings(settings.data)
    fit = table[table["part"] == "fit"]
    fit = fit.sample(min(len(fit), MAX_PAINTINGS), random_state=settings.data.seed)
    fit_concatenation(_vectors(backbone, list(fit["path"]), settings), fit, settings).write(settings.output)
    return settings.output


def fit_concatenation(
    vectors: Sequence[np.ndarray], labels: pd.DataFrame, settings: ConcatenationSettings
) -> Projection:
    """The projection of each network's vectors, float32 [n, its dimension], of paintings with these labels.

    Raises SourceError if the paintings do not differ in a direction.
    """
    beside = side_by_side(vectors, settings.scales)
    width = beside.shape[1]
    directions = np.zeros((0, width), np.float32)
    for name, weight in settings.directions.items():
        # A direction for each class: ridge regression of the classes (Hastie et al. 1994).
        known = labels[name].notna().to_numpy()
        own, classes = beside[known], pd.get_dummies(labels[name][known], dtype=np.float32).to_numpy()
        if classes.shape[1] < 2:
            raise SourceError(f"directions: {name} does not differ among these paintings. Leave it out.")
        rows = Ridge(RIDGE * len(own) * own.var(axis=0).mean()).fit(own, classes).coef_.astype(np.float32)
        directions = np.concatenate([directions, rows * weight / np.sqrt((beside @ rows.T).var(axis=0).sum())])
    # Principal components of the vectors extended by the directions. Both are linear in the vectors, so
    # the components are, too.
    extended = np.concatenate([beside, beside @ directions.T], axis=1)
    pca = PCA(find_backbone(settings.backbone).dimension, random_state=settings.data.seed).fit(extended)
    components = pca.components_[:, :width] + pca.components_[:, width:] @ directions
    sizes, scales = np.array(settings.sizes), np.array(settings.scales, np.float32)
    return Projection(sizes, scales, pca.mean_[:width].astype(np.float32), components)


def _vectors(backbone: Backbone, paths: list[Path], settings: ConcatenationSettings) -> list[np.ndarray]:
    """The pooled output of each network, float32 [n, dimension]."""
    device = find_device(settings.device)
    mappers = [
        FeatureMapper(find_backbone(part), size, None, device)
        for part, size in zip(backbone.parts, settings.sizes, strict=True)
    ]
    vectors: list[list[np.ndarray]] = [[] for _ in mappers]
    with closing(prepared_ahead(paths, backbone.preprocessing)) as batches:
        for pixels in tqdm(batches, backbone.name, -(-len(paths) // BATCH), mininterval=5):
            for mapper, own in zip(mappers, vectors, strict=True):
                own.append(mapper.maps(resized(pixels, mapper.size)).mean(axis=1))
    return [np.concatenate(own) for own in vectors]


def main(config: ConfigFile, changes: Changes = None) -> None:
    """Fit an embedding of several networks."""
    print(f"Written: {concatenate(ConcatenationSettings.read(config, changes))}")


if __name__ == "__main__":
    run(main)
