"""`artextract predict`, `predict-collection`, `fit-labels` and `evaluate attributes`."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from artextract.cli.common import (
    Address,
    Backbone,
    DeviceName,
    Engine,
    ModelFolder,
    Name,
    Output,
    command,
    engine_option,
    job_output,
    open_embeddings,
    progress,
)

if TYPE_CHECKING:
    from artextract.attributes.reader import Reader
    from artextract.attributes.reading import Answer

evaluate_app = typer.Typer(help="Measure how good predictions and similar works are.", no_args_is_help=True)


@command
def predict(
    images: Annotated[list[Path], typer.Argument(help="Picture files.")],
    model: ModelFolder = None,
    collection: Annotated[str | None, typer.Option(help="Also predict the custom labels of this collection.")] = None,
    device: DeviceName = None,
) -> Output:
    """Predict style, genre, artist and date of picture files, with probabilities."""
    from artextract.attributes.labels import LABELLED
    from artextract.attributes.reader import open_to_read

    for image in images:
        open_to_read(image)  # fails on a damaged picture before a model is loaded
    own = _custom_labels(collection, device) if collection else None
    reader = _reader(model, device)
    rows, lines = [], []
    for image in images:
        reading, labels = reader.read(open_to_read(image)), own(image) if own else {}
        row = {"image": str(image)} | asdict(reading)
        if own:
            row["custom_labels"] = {column: asdict(answer) for column, answer in labels.items()}
        rows.append(row)
        lines += [str(image), f"  {reading.summary()}"]
        lines += [f"  {name:7}{_words(reading.answer(name))}" for name in LABELLED]
        if (date := reading.date) is not None:
            lines.append(f"  date   about {date.median:.0f}, 80% between {date.low:.0f} and {date.high:.0f}")
        lines += [f"  {collection}'s {column}: {_words(answer)}" for column, answer in labels.items()]
    return Output({"model": reader.facts.name, "readings": rows}, lines)


@command
def predict_collection(
    name: Name, model: ModelFolder = None, device: DeviceName = None, engine: Engine = None, address: Address = None
) -> Output:
    """Predict style, genre, artist and date of all works in a collection, to colour and filter its map."""
    from artextract.attributes.collection_readings import read_collection
    from artextract.collection import Collection

    spread = engine_option(engine, address)
    collection = Collection.open(name)
    reader = _reader(model, device)
    with progress() as report:
        return job_output(read_collection(collection, reader, report, spread))


@command
def fit_labels(
    name: Name,
    column: Annotated[str, typer.Option(help="The column: style, school, theme, or a column of your own table.")],
    backbone: Backbone = None,
) -> Output:
    """Fit a classifier to a column, and measure it on held-out works."""
    from artextract.attributes.custom_labels import fit

    collection, embeddings = open_embeddings(name, backbone)
    with progress() as report:
        facts = fit.fit_labels(collection, column, embeddings, report).facts
    terms = sorted(zip(facts.terms, facts.pictures, strict=True), key=lambda pair: -pair[1])
    return Output(facts.model_dump(), [facts.sentence(), *(f"  {term}: {count:,} pictures" for term, count in terms)])


@evaluate_app.command("attributes")
@command
def evaluate_attributes(
    images: Annotated[Path, typer.Option(help="The folder with <Style>/<artist>_<title>.jpg.")],
    labels: Annotated[Path, typer.Option(help="The folder with the Style, Genre and Artist lists.")],
    split: Annotated[str, typer.Option(help="train or val.")] = "val",
    model: ModelFolder = None,
    device: DeviceName = None,
) -> Output:
    """Measure the predictions on a copy of the ArtGAN WikiArt data set, whole or partial."""
    if split not in ("train", "val"):
        raise typer.BadParameter("--split must be train or val")
    from artextract.attributes.evaluation.evaluate import evaluate

    with progress() as report:
        result = evaluate(_reader(model, device), images, labels, split, report)
    lines = []
    for name, figures in result["attributes"].items():
        numbers = (
            f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}" for key, value in figures.items()
        )
        lines.append(f"{name}: {', '.join(numbers)}")
    return Output(result, lines)


def _words(answer: "Answer") -> str:
    return answer.doubt() or ", ".join(f"{label.name} {label.probability:.0%}" for label in answer.labels[:3])


def _custom_labels(name: str, device: str | None) -> "Callable[[Path], dict[str, Answer]]":
    """Predicts the custom labels of a collection, by column, for a picture file."""
    from artextract.attributes.custom_labels.linear_head import heads_for
    from artextract.errors import NotReadyError
    from artextract.vision.device import find_device
    from artextract.vision.embedding import embedder_like

    collection, embeddings = open_embeddings(name, device=device)
    if not (heads := heads_for(collection, str(embeddings.key))):
        raise NotReadyError(
            f"{name} has no custom labels. Run `artextract fit-labels {name} --column …`, or use the "
            "Collections screen."
        )
    embedder = embedder_like(embeddings, find_device(device))

    def predict(image: Path) -> "dict[str, Answer]":
        vectors = embedder.embed(image)[None]
        return {head.facts.column: head.answers(vectors)[0] for head in heads}

    return predict


def _reader(model: Path | None, device: str | None) -> "Reader":
    from artextract.attributes.model_bundle import Bundle
    from artextract.attributes.reader import Reader
    from artextract.vision.device import find_device

    return Reader(Bundle.open(model) if model else None, find_device(device))
