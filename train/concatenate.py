"""Fit an embedding of several networks: `python -m train.concatenate --config train/configs/concatenate.yaml`.

Their weighted, concatenated unit vectors are projected to the leading principal components of training
paintings (`artextract.vision.concatenated`). Directions in which a trained model's linear heads separate
styles, genres and artists can get more weight than their share of the variance.
"""

from contextlib import closing
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from tqdm import tqdm

from artextract.attributes.model_bundle import Bundle
from artextract.errors import SourceError
from artextract.vision.backbones import Backbone, find_backbone
from artextract.vision.concatenated import Projection, side_by_side
from artextract.vision.device import find_device
from artextract.vision.feature_extractor import BATCH, FeatureMapper, prepared_ahead
from train.config import Changes, ConcatenationSettings, ConfigFile, run
from train.data.paintings import labelled_paintings

MAX_PAINTINGS = 4000  # Training paintings for the components: more do not change them


def concatenate(settings: ConcatenationSettings) -> Path:
    """Fit the components on training paintings; returns the path of the written file.

    Raises ArtExtractError if the data, the backbone or a weights file is missing or wrong.
    """
    backbone = find_backbone(settings.backbone)
    if len(settings.scales) != len(backbone.parts):
        raise SourceError(f"scales: {backbone.name} needs {len(backbone.parts)}, one for each network.")
    table = labelled_paintings(settings.data)
    fit = table[table["part"] == "fit"]
    paths = list(fit["path"].sample(min(len(fit), MAX_PAINTINGS), random_state=settings.data.seed))
    vectors = side_by_side(_vectors(backbone, paths, settings), settings.scales)
    directions = _directions(settings, vectors)
    # Principal components of the vectors extended by the heads' directions. Both are linear in the
    # vectors, so the components are, too.
    extended = np.concatenate([vectors, vectors @ directions.T], axis=1)
    fitted = PCA(backbone.dimension, random_state=settings.data.seed).fit(extended)
    width = vectors.shape[1]
    components = fitted.components_[:, :width] + fitted.components_[:, width:] @ directions
    scales = np.array(settings.scales, np.float32)
    Projection(scales, fitted.mean_[:width].astype(np.float32), components).write(settings.output)
    return settings.output


def _vectors(backbone: Backbone, paths: list[Path], settings: ConcatenationSettings) -> list[np.ndarray]:
    """The pooled output of each network, float32 [n, dimension]."""
    device, size = find_device(settings.device), backbone.preprocessing.input_size
    mappers = [FeatureMapper(find_backbone(part), size, None, device) for part in backbone.parts]
    vectors: list[list[np.ndarray]] = [[] for _ in mappers]
    with closing(prepared_ahead(paths, backbone.preprocessing)) as batches:
        for pixels in tqdm(batches, backbone.name, -(-len(paths) // BATCH), mininterval=5):
            for mapper, own in zip(mappers, vectors, strict=True):
                own.append(mapper.maps(pixels).mean(axis=1))
    return [np.concatenate(own) for own in vectors]


def _directions(settings: ConcatenationSettings, vectors: np.ndarray) -> np.ndarray:
    """The directions of the model's linear heads, float32 [directions, width of the vectors].

    Each attribute has as many as classes. Their total standard deviation over the paintings is the attribute's weight.
    """
    width = vectors.shape[1]
    if not settings.heads:
        return np.zeros((0, width), dtype=np.float32)
    bundle = Bundle.open(settings.model)
    parts = find_backbone(settings.backbone).parts
    if bundle.facts.backbone not in parts:
        raise SourceError(f"model: its backbone {bundle.facts.backbone} is not one of {', '.join(parts)}.")
    dimensions = [find_backbone(part).dimension for part in parts]
    start = sum(dimensions[: parts.index(bundle.facts.backbone)])
    heads = bundle.heads()
    directions = []
    for name, weight in settings.heads.items():
        rows = heads.weights[name][:, : dimensions[parts.index(bundle.facts.backbone)]]
        placed = np.zeros((len(rows), width), dtype=np.float32)
        # Minus their mean: what all classes share separates none of them.
        placed[:, start : start + rows.shape[1]] = rows - rows.mean(axis=0)
        spread = np.sqrt((vectors @ placed.T).var(axis=0).sum())
        directions.append(placed * weight / spread)
    return np.concatenate(directions)


def main(config: ConfigFile, changes: Changes = None) -> None:
    """Fit an embedding of several networks."""
    print(f"Written: {concatenate(ConcatenationSettings.read(config, changes))}")


if __name__ == "__main__":
    run(main)
