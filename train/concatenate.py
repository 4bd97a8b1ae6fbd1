"""Join networks to one embedding: `python -m train.concatenate --config train/configs/concatenate.yaml`.

Their unit vectors, weighted and side by side, are brought to the leading principal components of
training paintings' (`artextract.vision.concatenated`). The directions in which the trained model's linear
heads tell styles, genres and artists apart can count for more than their share of the variance.
"""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from sklearn.decomposition import PCA
from tqdm import tqdm

from artextract.attributes.model_bundle import Bundle
from artextract.cli.common import errors_as_sentences
from artextract.errors import SourceError
from artextract.vision.backbones import find_backbone
from artextract.vision.concatenated import side_by_side, write_concatenation
from artextract.vision.device import find_device
from artextract.vision.feature_extractor import BATCH, FeatureMapper, prepared_ahead
from train.config import JoinSettings
from train.data.paintings import labelled_paintings

MOST = 4000
"""Training paintings that the components are fitted on: more move them no further."""


def join(settings: JoinSettings) -> Path:
    """Fit the joining on the paintings that are trained on; the path of what was written.

    Raises:
        ArtExtractError: the data, the backbone or a weights file isn't what it should be.
    """
    backbone = find_backbone(settings.backbone)
    if len(settings.scales) != len(backbone.parts):
        raise SourceError(f"scales: {backbone.name} joins {len(backbone.parts)} networks.")
    table = labelled_paintings(settings.data)
    fit = table[table["part"] == "fit"]
    paths = list(fit["path"].sample(min(len(fit), MOST), random_state=settings.data.seed))
    device, size = find_device(settings.device), backbone.preprocessing.input_size
    mappers = [FeatureMapper(find_backbone(one), size, None, device) for one in backbone.parts]

    seen: list[list[np.ndarray]] = [[] for _ in mappers]
    with closing(prepared_ahead(paths, backbone.preprocessing)) as batches:
        for pixels in tqdm(batches, backbone.name, -(-len(paths) // BATCH), mininterval=5):
            for mapper, vectors in zip(mappers, seen, strict=True):
                vectors.append(mapper.maps(pixels).mean(axis=1))
    joined = side_by_side([np.concatenate(vectors) for vectors in seen], settings.scales)
    directions = _directions(settings, joined)
    # Principal components of the vectors with what the heads say of them beside them; as both are
    # linear in the vectors, so are the components.
    told = np.concatenate([joined, joined @ directions.T], axis=1)
    fitted = PCA(backbone.dimension, random_state=settings.data.seed).fit(told)
    width = joined.shape[1]
    components = fitted.components_[:, :width] + fitted.components_[:, width:] @ directions
    write_concatenation(settings.output, settings.scales, fitted.mean_[:width], components)
    return settings.output


def _directions(settings: JoinSettings, joined: np.ndarray) -> np.ndarray:
    """What the model's linear heads add, float32 [directions, width of the joined vectors].

    Of each attribute as many as it has classes, so scaled that together their deviation over the
    paintings is the attribute's weight.
    """
    width = joined.shape[1]
    if not settings.heads:
        return np.zeros((0, width), dtype=np.float32)
    bundle = Bundle.open(settings.model)
    parts = find_backbone(settings.backbone).parts
    if bundle.facts.backbone not in parts:
        raise SourceError(f"model: it reads {bundle.facts.backbone}, which is no part of {settings.backbone}.")
    dimensions = [find_backbone(part).dimension for part in parts]
    start = sum(dimensions[: parts.index(bundle.facts.backbone)])
    heads = bundle.load().pooled_heads
    found = []
    for name, weight in settings.heads.items():
        rows = heads.get_parameter(f"{name}.weight").detach().numpy()
        placed = np.zeros((len(rows), width), dtype=np.float32)
        # Against their mean: what all classes have in common tells none apart.
        placed[:, start : start + rows.shape[1]] = rows - rows.mean(axis=0)
        spread = np.sqrt((joined @ placed.T).var(axis=0).sum())
        found.append(placed * weight / spread)
    return np.concatenate(found)


@errors_as_sentences
def main(config: Annotated[Path, typer.Option(help="A YAML file: see train/configs.")]) -> None:
    """Join the networks of a backbone."""
    print(f"Written: {join(JoinSettings.read(config))}")


if __name__ == "__main__":
    typer.run(main)
