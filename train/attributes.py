"""Train a model of style, genre, artist and date on cached features.

    python -m train.attributes --config train/configs/attributes.yaml

Its output folder gets the checkpoints (`epoch_1.safetensors` …, `final.safetensors`), the model as
the app reads it (`model/`) and the results (`results/<attribute>/`).
"""

from pathlib import Path
from typing import Annotated

import typer

from artextract.attributes.model_bundle import Bundle
from artextract.attributes.reader import Reader
from artextract.cli.common import errors_as_sentences
from artextract.files import only_writer
from artextract.vision.device import find_device
from train.checkpoints import Run
from train.config import AttributeSettings
from train.sequence.fit import fit
from train.sequence.prepare import prepare
from train.sequence.results import validate, write_results
from train.sequence.write_bundle import write_bundle


def train(settings: AttributeSettings) -> Bundle:
    """Run the configuration to its end, from where it stopped.

    Raises:
        ArtExtractError: the data, the weights or the output folder isn't what it should be.
    """
    device = find_device(settings.device)
    with only_writer(settings.output, f"training {settings.name}", timeout=1):
        run = Run(settings.output, settings)
        prepared = prepare(settings, device)
        model = fit(prepared, settings, run, device)
        bundle = write_bundle(settings.output / "model", model, prepared, settings, device)
        reader = Reader(bundle, device)
        predictions = validate(reader, prepared.table)
        write_results(settings.output / "results", reader, prepared.table, predictions)
    return bundle


@errors_as_sentences
def main(config: Annotated[Path, typer.Option(help="A YAML file: see train/configs.")]) -> None:
    """Train a model of the attributes; run again, it goes on where it stopped."""
    bundle = train(AttributeSettings.read(config))
    print(f"The model: {bundle.folder}\nIts results: {bundle.folder.parent / 'results'}")


if __name__ == "__main__":
    typer.run(main)
