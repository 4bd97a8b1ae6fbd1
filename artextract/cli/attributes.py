"""`artextract predict`, `predict-collection` and `evaluate …`: style, genre, artist and date."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from artextract.cli.common import (
    Address,
    DeviceName,
    Engine,
    Json,
    ModelFolder,
    Name,
    engine_called,
    errors_as_sentences,
    print_json,
    print_result,
    progress,
)

if TYPE_CHECKING:
    from artextract.attributes.reading import Answer

evaluate_app = typer.Typer(help="Measure how good the program is.", no_args_is_help=True)


@errors_as_sentences
def predict(
    images: Annotated[list[Path], typer.Argument(help="Picture files.")],
    model: ModelFolder = None,
    collection: Annotated[str | None, typer.Option(help="Read them in this collection's own words, too.")] = None,
    device: DeviceName = None,
    as_json: Json = False,
) -> None:
    """Read paintings: style, genre, artist and date, each with its probability."""
    from artextract.attributes.custom_labels.label_reader import LabelReader
    from artextract.attributes.reader import open_to_read
    from artextract.collection import Collection
    from artextract.vision.device import find_device
    from artextract.vision.images import open_picture

    for image in images:
        open_to_read(image)  # says in a sentence what is wrong, before anything is loaded
    own = LabelReader(Collection.open(collection), find_device(device)) if collection else None
    reader = _reader(model, device)
    readings = [reader.read(open_to_read(image)) for image in images]
    custom = [own.read(open_picture(image).image) if own else {} for image in images]
    if as_json:
        named = [
            {"image": str(image)}
            | asdict(reading)
            | ({"custom_labels": {column: asdict(one) for column, one in said.items()}} if own else {})
            for image, reading, said in zip(images, readings, custom, strict=True)
        ]
        print_json({"model": reader.facts.name, "readings": named})
        return
    for image, reading, said in zip(images, readings, custom, strict=True):
        print(image)
        answers = {name: reading.answer(name) for name in ("style", "genre", "artist")}
        for name, answer in answers.items():
            print(f"  {name:7}{_words(name, answer)}")
        date = reading.date
        print(
            f"  date   {'not sure' if date.unsure else f'about {date.median:.0f}'}, "
            f"80 % between {date.low:.0f} and {date.high:.0f}"
        )
        for column, answer in said.items():
            print(f"  {collection}'s {column}: {_words(column, answer)}")


@errors_as_sentences
def predict_collection(
    name: Name,
    model: ModelFolder = None,
    device: DeviceName = None,
    engine: Engine = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Read all works of a collection, so that the map can be coloured by what was read."""
    from artextract.attributes.collection_readings import read_collection
    from artextract.collection import Collection

    spread = engine_called(engine, address)
    collection = Collection.open(name)
    reader = _reader(model, device)
    with progress() as report:
        done = read_collection(collection, reader, report, spread)
    if as_json:
        print_json(done)
        return
    print_result(done)


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


def _words(attribute: str, answer: "Answer") -> str:
    if answer.unsure:
        return f"not sure. {answer.doubt(attribute)}"
    return ", ".join(f"{one.name} {one.probability:.0%}" for one in answer.labels[:3])


def _reader(model: Path | None, device: str | None) -> Any:
    from artextract.attributes.model_bundle import Bundle
    from artextract.attributes.reader import Reader
    from artextract.vision.device import find_device

    return Reader(Bundle.open(model) if model else None, find_device(device))
