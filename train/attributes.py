"""Train a model of style, genre, artist and date on stored features.

    python -m train.attributes --config train/configs/attributes.yaml

The output folder gets the checkpoints (`epoch_1.safetensors` …, `final.safetensors`), the model for
the app (`model/`) and the results (`results/<attribute>/`).
"""

from artextract.attributes.heads import LinearHeads
from artextract.attributes.model import AttributeModel
from artextract.attributes.model_bundle import Bundle
from artextract.attributes.reader import Reader
from artextract.files import only_writer
from artextract.vision.device import find_device
from train.checkpoints import Run
from train.config import AttributeSettings, Changes, ConfigFile, run
from train.data.sequences import read_sequences
from train.heads import fit_heads
from train.sequence.fit import fit
from train.sequence.results import write_results
from train.sequence.write_bundle import write_bundle


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


def main(config: ConfigFile, changes: Changes = None) -> None:
    """Train a model of the attributes. A stopped run continues after its last epoch."""
    bundle = train(AttributeSettings.read(config, changes))
    print(f"The model: {bundle.folder}\nIts results: {bundle.folder.parent / 'results'}")


if __name__ == "__main__":
    run(main)
