"""`artextract predict`, `read` and `evaluate …`: style, genre, artist and date."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from artextract.cli.common import (
    DeviceName,
    Json,
    ModelFolder,
    Name,
    errors_as_sentences,
    print_json,
    progress,
)

evaluate_app = typer.Typer(help="Measure how good the program is.", no_args_is_help=True)


@errors_as_sentences
def predict(
    images: Annotated[list[Path], typer.Argument(help="Picture files.")],
    model: ModelFolder = None,
    device: DeviceName = None,
    as_json: Json = False,
) -> None:
    """Read paintings: style, genre, artist and date, each with its probability."""
    from artextract.attributes.reader import open_to_read

    for image in images:
        open_to_read(image)  # says in a sentence what is wrong, before anything is loaded
    reader = _reader(model, device)
    readings = [reader.read(open_to_read(image)) for image in images]
    if as_json:
        named = [
            {"image": str(image)} | asdict(reading)
            for image, reading in zip(images, readings, strict=True)
        ]
        print_json({"model": reader.facts.name, "readings": named})
        return
    for image, reading in zip(images, readings, strict=True):
        print(image)
        for name in ("style", "genre", "artist"):
            answer = reading.answer(name)
            labels = ", ".join(f"{one.name} {one.probability:.0%}" for one in answer.labels[:3])
            print(f"  {name:7}{'not sure; ' if answer.unsure else ''}{labels}")
        date = reading.date
        print(
            f"  date   {'not sure; ' if date.unsure else ''}about {date.median:.0f}, "
            f"80 % between {date.low:.0f} and {date.high:.0f}"
        )


@errors_as_sentences
def read_works(
    name: Name, model: ModelFolder = None, device: DeviceName = None, as_json: Json = False
) -> None:
    """Read all works of a collection, so that the map can be coloured by what was read."""
    from artextract.attributes.collection_readings import read_collection
    from artextract.collection import Collection

    collection = Collection.open(name)
    reader = _reader(model, device)
    with progress() as report:
        done = read_collection(collection, reader, report)
    if as_json:
        print_json(done)
        return
    print(f"{done.works:,} pictures: {done.computed:,} read, {done.reused:,} had been read.")
    for work, why in done.failed.items():
        print(f"Left out {work}: {why}")


@evaluate_app.command("attributes")
@errors_as_sentences
def evaluate_attributes(
    images: Annotated[Path, typer.Option(help="The folder with <Style>/<artist>_<title>.jpg.")],
    labels: Annotated[Path, typer.Option(help="The folder with Style, Genre and Artist lists.")],
    split: Annotated[str, typer.Option(help="train or val.")] = "val",
    model: ModelFolder = None,
    device: DeviceName = None,
    as_json: Json = False,
) -> None:
    """Measure style, genre, artist and date on an ArtGAN copy, whole or partial."""
    if split not in ("train", "val"):
        raise typer.BadParameter("--split is train or val")
    from artextract.attributes.evaluation.evaluate import evaluate

    with progress() as report:
        found = evaluate(_reader(model, device), images, labels, split, report)
    if as_json:
        print_json(found)
        return
    for name, figures in found["attributes"].items():
        written = (
            f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}"
            for key, value in figures.items()
            if key != "baselines"
        )
        print(f"{name}: {', '.join(written)}")
        for baseline, scores in figures.get("baselines", {}).items():
            print(
                f"  {baseline.replace('_', ' ')}: accuracy {scores['accuracy']:.3f}, "
                f"balanced accuracy {scores['balanced_accuracy']:.3f}"
            )


def _reader(model: Path | None, device: str | None) -> Any:
    from artextract.attributes.model_bundle import Bundle
    from artextract.attributes.reader import Reader
    from artextract.vision.device import find_device

    return Reader(Bundle.open(model) if model else None, find_device(device))
