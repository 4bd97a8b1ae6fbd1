"""Train a model of style, genre, artist and date on stored features.

    python -m train.attributes --config train/configs/attributes.yaml

The output folder gets the checkpoints (`epoch_1.safetensors` …, `final.safetensors`), the model for
the app (`model/`) and the results (`results/<attribute>/`).
"""

from pathlib import Path

import numpy as np

from artextract.attributes.certainty.ood_score import write_nearest
from artextract.attributes.heads import LinearHeads
from artextract.attributes.model import AttributeModel
from artextract.attributes.model_bundle import Bundle, ModelFacts
from artextract.attributes.reader import Reader
from artextract.files import only_writer
from artextract.tensor_files import write_tensors
from artextract.vision.backbones import build, find_backbone, weights_of
from artextract.vision.device import Device, find_device
from artextract.vision.preprocessing import prepare_whole
from train.checkpoints import Run
from train.config import AttributeSettings, Changes, ConfigFile, run
from train.data.out_of_distribution import out_of_distribution_pictures
from train.data.sequences import Sequences, feature_maps, networks, read_sequences
from train.heads import fit_heads
from train.sequence.calibrate import calibrated
from train.sequence.fit import fit
from train.sequence.results import stored_columns, write_results, write_table


def train(settings: AttributeSettings) -> Bundle:
    """Train from where the run stopped, and write the model and its results.

    Raises ArtExtractError if the data, the weights or the output folder are missing or wrong.
    """
    device = find_device(settings.device)
    with only_writer(settings.output, f"training {settings.name}", timeout=1):
        folder = Run(settings.output, settings)
        sequences = read_sequences(settings, device)
        model: AttributeModel | LinearHeads
        if settings.hidden:
            model = fit(sequences, settings, folder, device)
        else:
            model = fit_heads(sequences.paintings, sequences.pooled, settings)
        bundle = write_bundle(settings.output / "model", model, sequences, settings, device)
        write_results(settings.output / "results", Reader(bundle, device), sequences.paintings.table)
    return bundle


def write_bundle(
    folder: Path, model: AttributeModel | LinearHeads, sequences: Sequences, settings: AttributeSettings, device: Device
) -> Bundle:
    """Calibrate a fitted model, and write all files of its bundle except the validation table."""
    paintings = sequences.paintings
    fit_rows = paintings.rows("fit")
    if settings.hidden and not (settings.features and settings.gabor):
        raise ValueError("a bundle needs a model with both sequences")
    folder.mkdir(parents=True, exist_ok=True)
    mappers = networks(settings, device)
    others = out_of_distribution_pictures(settings.ood_pictures, settings.seed)
    write_nearest(
        folder / "training.safetensors",
        [part[fit_rows] for part in sequences.pooled],
        {name: labels[fit_rows] for name, labels in paintings.targets.items()},
        [
            feature_maps(own, np.stack([prepare_whole(picture, own.size) for picture in others]), pooled=True)
            for own in mappers
        ],
    )
    write_table(folder / "training.parquet", stored_columns(paintings.table.iloc[fit_rows]))
    backbone = find_backbone(settings.backbone)
    facts = ModelFacts(
        name=settings.name,
        backbone=backbone.name,
        size=settings.size,
        shape=sequences.shape(settings.hidden),
        classes=paintings.classes,
        listed_artists=tuple(sorted(paintings.table["artist"].iloc[fit_rows].dropna().unique())),
        seed=settings.seed,
        **calibrated(model, sequences, settings, folder / "training.safetensors", mappers),
    )
    network = build(backbone, weights_of(backbone, settings.weights), settings.size)
    state = network.state_dict().items()
    half = {name: value.half() if value.is_floating_point() else value for name, value in state}
    write_tensors(folder / "backbone.safetensors", {name: value.cpu().numpy() for name, value in half.items()})
    tensors = (
        model.tensors()
        if isinstance(model, LinearHeads)
        else {name: value.half().cpu().numpy() for name, value in model.state_dict().items()}
    )
    write_tensors(folder / "attributes.safetensors", tensors, facts)
    return Bundle.open(folder)


def main(config: ConfigFile, changes: Changes = None) -> None:
    """Train a model of the attributes. A stopped run continues after its last epoch."""
    bundle = train(AttributeSettings.read(config, changes))
    print(f"The model: {bundle.folder}\nIts results: {bundle.folder.parent / 'results'}")


if __name__ == "__main__":
    run(main)
