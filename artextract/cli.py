"""The command line: every job as a command.

Exit status: 0 done; 1 it could not be done, and a sentence on stderr says why; 2 the command was
given wrongly; 130 stopped by the person, what was finished is kept.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer

from artextract.errors import ArtExtractError, Stopped
from artextract.progress import Report, Step
from artextract.vision.backbones import DEFAULT_BACKBONE

app = typer.Typer(
    name="artextract",
    help="Look at paintings with machine eyes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
collect_app = typer.Typer(help="Bring works from a source into a collection.", no_args_is_help=True)
app.add_typer(collect_app, name="collect")
evaluate_app = typer.Typer(help="Measure how good the program is.", no_args_is_help=True)
app.add_typer(evaluate_app, name="evaluate")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Name = Annotated[str, typer.Argument(help="The collection's name.")]
Backbone = Annotated[str, typer.Option(help="The backbone, by its name.")]
WeightsFile = Annotated[Path | None, typer.Option(help="A weights file instead of the usual one.")]
ModelFolder = Annotated[
    Path | None, typer.Option("--model", help="A trained model's folder instead of the shipped.")
]
P = ParamSpec("P")


def spoken(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what a person can act on into one sentence on stderr and an exit status."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ArtExtractError as error:
            print(error, file=sys.stderr)
            if kwargs.get("as_json"):
                print(json.dumps({"error": str(error)}, ensure_ascii=False))
            raise typer.Exit(1) from error
        except (Stopped, KeyboardInterrupt) as stop:
            print("Stopped; what was finished is kept.", file=sys.stderr)
            raise typer.Exit(130) from stop

    return run


@collect_app.command("demo")
@spoken
def collect_demo(as_json: Json = False) -> None:
    """Make the embedded demo collection: 300 generated pictures in many manners."""
    from artextract.sources.demo import DEMO_NAME, DemoSource

    _collect(DemoSource(), DEMO_NAME, as_json)


@collect_app.command("folder")
@spoken
def collect_folder(
    folder: Annotated[Path, typer.Argument(help="A folder of pictures, nested or not.")],
    name: Annotated[str, typer.Option(help="The collection's name.")],
    metadata: Annotated[
        Path | None, typer.Option(help="CSV with a column `file` and titles, artists, dates …")
    ] = None,
    as_json: Json = False,
) -> None:
    """Collect any folder of pictures."""
    from artextract.sources.folder import FolderSource

    _collect(FolderSource(folder, metadata), name, as_json)


@collect_app.command("wikiart")
@spoken
def collect_wikiart(
    images: Annotated[Path, typer.Option(help="The folder with <Style>/<artist>_<title>.jpg.")],
    labels: Annotated[Path, typer.Option(help="The folder with Style, Genre and Artist lists.")],
    name: Annotated[str, typer.Option(help="The collection's name.")] = "wikiart",
    as_json: Json = False,
) -> None:
    """Collect a copy of the ArtGAN WikiArt data set, whole or partial, with its labels."""
    from artextract.sources.wikiart import WikiArtSource

    _collect(WikiArtSource(images, labels), name, as_json)


@collect_app.command("nga")
@spoken
def collect_nga(
    limit: Annotated[
        int | None, typer.Option(min=1, help="Works at the most, the lowest object ids first.")
    ] = None,
    classification: Annotated[
        str, typer.Option(help="Which objects, as the gallery classifies them.")
    ] = "Painting",
    size: Annotated[int, typer.Option(help="Long side of the pictures, px.")] = 640,
    opendata: Annotated[
        str | None, typer.Option(help="Folder or address of the tables; the gallery's own if none.")
    ] = None,
    all_rights: Annotated[
        bool, typer.Option("--all-rights", help="Not open access alone: for private study.")
    ] = False,
    starter: Annotated[
        bool, typer.Option("--starter", help="Two hundred open-access works that show its breadth.")
    ] = False,
    name: Annotated[str, typer.Option(help="The collection's name.")] = "nga",
    as_json: Json = False,
) -> None:
    """Collect works of the National Gallery of Art from its open data and image server."""
    from artextract.sources.nga.source import NgaSource

    with _progress() as report:
        source = NgaSource(classification, limit, size, opendata, all_rights, starter, report)
    _collect(source, name, as_json)


@app.command("collections")
@spoken
def list_collections(as_json: Json = False) -> None:
    """List the collections, with their embeddings and maps."""
    from artextract.collection import survey
    from artextract.maps import stored_maps
    from artextract.vision.features import stored_keys

    found = survey()
    listed = [
        {
            "name": collection.name,
            "title": collection.about.title,
            "source": collection.about.source,
            "works": collection.count(),
            "embeddings": stored_keys(collection),
            "maps": stored_maps(collection),
        }
        for collection in found.collections
    ]
    if as_json:
        _print_json({"collections": listed, "damaged": found.damaged})
        return
    for row in listed:
        print(f"{row['name']}: {row['title']}, {row['works']:,} works")
        print(f"  embeddings: {', '.join(row['embeddings']) or 'none'}")  # type: ignore[arg-type]
        print(f"  maps: {', '.join(row['maps']) or 'none'}")  # type: ignore[arg-type]
    for sentence in found.damaged.values():
        print(sentence)
    if not listed and not found.damaged:
        print("There are no collections yet: `artextract collect demo` makes one.")


@app.command()
@spoken
def embed(
    name: Name,
    backbone: Backbone = DEFAULT_BACKBONE,
    weights: WeightsFile = None,
    as_json: Json = False,
) -> None:
    """Embed a collection's pictures: computes what is missing, and goes on where it stopped."""
    from artextract.collection import Collection
    from artextract.vision.embedding import embed_collection

    collection = Collection.open(name)
    with _progress() as report:
        done = embed_collection(collection, backbone, weights, report)
    if as_json:
        _print_json(done)
        return
    rate = f", {done.images_per_second:.0f} a second" if done.images_per_second else ""
    print(f"{done.works:,} works: {done.computed:,} computed{rate}, {done.reused:,} reused.")
    print(f"Weights of {done.backbone} from: {done.weights_from}. Took {done.seconds:.0f} s.")
    for work, why in done.failed.items():
        print(f"Left out {work}: {why}")


@app.command("map")
@spoken
def make_map(
    name: Name,
    method: Annotated[str, typer.Option(help="tsne or umap.")] = "tsne",
    backbone: Backbone = DEFAULT_BACKBONE,
    anew: Annotated[
        bool, typer.Option("--anew", help="Move the works that have a place already, too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Lay out a collection's map; new works are placed among those that are on it."""
    from artextract.collection import Collection
    from artextract.maps import compute_map
    from artextract.vision.embedding import load_embeddings

    collection = Collection.open(name)
    embeddings = load_embeddings(collection, backbone)
    with _progress() as report:
        done = compute_map(collection, embeddings, method, report, anew)
    placed = int(done.placed.sum())
    if as_json:
        counts = {"works": len(done.ids), "placed": placed}
        _print_json({"collection": name, "method": method, **counts, "key": done.key})
        return
    later = f", {placed:,} of them placed later (--anew lays it out anew)" if placed else ""
    print(f"The {method} map of {name} has {len(done.ids):,} works{later}.")


@app.command()
@spoken
def manifest(
    name: Name,
    work: Annotated[
        list[str] | None, typer.Option(help="A work's id; give it as often as you like.")
    ] = None,
) -> None:
    """Print a IIIF manifest of a collection's works, all or some, for any IIIF viewer."""
    from artextract.collection import Collection
    from artextract.errors import CollectionError
    from artextract.manifest import make_manifest

    collection = Collection.open(name)
    works = collection.works()
    if work:
        absent = sorted(set(work) - set(works["id"]))
        if absent:
            raise CollectionError(f"{name} has no work {absent[0]!r}.")
        works = works[works["id"].isin(work)]
    _print_json(make_manifest(collection, works))


@app.command()
@spoken
def search(
    name: Name,
    work: Annotated[str | None, typer.Option(help="Search by this work's id.")] = None,
    image: Annotated[Path | None, typer.Option(help="Search by this picture file.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many neighbours.")] = 10,
    backbone: Backbone = DEFAULT_BACKBONE,
    as_json: Json = False,
) -> None:
    """Find the works most like a work of the collection, or like any picture."""
    if (work is None) == (image is None):
        raise typer.BadParameter("give either --work or --image")
    from artextract.collection import Collection
    from artextract.similarity.search import Searcher
    from artextract.vision.backbones import find_backbone
    from artextract.vision.embedding import Embedder, load_embeddings
    from artextract.vision.images import open_picture

    collection = Collection.open(name)
    content = None
    if image is not None:
        open_picture(image)  # says in a sentence what is wrong, before anything is loaded
        content = image.read_bytes()
    embeddings = load_embeddings(collection, backbone)
    searcher = Searcher(collection, embeddings, lambda: Embedder(find_backbone(backbone)))
    if work is not None:
        neighbours = searcher.near_work(work, k)
    else:
        neighbours = searcher.near_image(content or b"", k, name=image.name if image else "")
    if as_json:
        query = {"work": work} if work is not None else {"image": str(image)}
        _print_json({"query": query, "neighbours": [asdict(found) for found in neighbours]})
        return
    print("cosine ↑   SSIM ↑   RMSE ↓  LPIPS ↓   work")
    for found in neighbours:
        scores = (found.cosine, found.ssim, found.rmse, found.lpips)
        cells = "  ".join("     –" if s is None else f"{s:6.3f}" for s in scores)
        print(f"{cells}   {found.title or 'untitled'} · {found.artist or 'unknown'} [{found.id}]")


@app.command()
@spoken
def predict(
    images: Annotated[list[Path], typer.Argument(help="Picture files.")],
    model: ModelFolder = None,
    as_json: Json = False,
) -> None:
    """Read paintings: style, genre, artist and date, each with its probability."""
    from artextract.attributes.reader import open_to_read

    for image in images:
        open_to_read(image)  # says in a sentence what is wrong, before anything is loaded
    reader = _reader(model)
    readings = [reader.read(open_to_read(image)) for image in images]
    if as_json:
        named = [
            {"image": str(image)} | asdict(reading)
            for image, reading in zip(images, readings, strict=True)
        ]
        _print_json({"model": reader.facts.name, "readings": named})
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


@app.command("read")
@spoken
def read_works(name: Name, model: ModelFolder = None, as_json: Json = False) -> None:
    """Read all works of a collection, so that the map can be coloured by what was read."""
    from artextract.attributes.readings import read_collection
    from artextract.collection import Collection

    collection = Collection.open(name)
    reader = _reader(model)
    with _progress() as report:
        done = read_collection(collection, reader, report)
    if as_json:
        _print_json(done)
        return
    print(f"{done.works:,} pictures: {done.computed:,} read, {done.reused:,} had been read.")
    for work, why in done.failed.items():
        print(f"Left out {work}: {why}")


@evaluate_app.command("attributes")
@spoken
def evaluate_attributes(
    images: Annotated[Path, typer.Option(help="The folder with <Style>/<artist>_<title>.jpg.")],
    labels: Annotated[Path, typer.Option(help="The folder with Style, Genre and Artist lists.")],
    split: Annotated[str, typer.Option(help="train or val.")] = "val",
    model: ModelFolder = None,
    as_json: Json = False,
) -> None:
    """Measure style, genre, artist and date on an ArtGAN copy, whole or partial."""
    if split not in ("train", "val"):
        raise typer.BadParameter("--split is train or val")
    from artextract.attributes.evaluation import evaluate

    with _progress() as report:
        found = evaluate(_reader(model), images, labels, split, report)
    if as_json:
        _print_json(found)
        return
    for name, figures in found["attributes"].items():
        told = (
            f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}"
            for key, value in figures.items()
            if key != "baselines"
        )
        print(f"{name}: {', '.join(told)}")
        for baseline, scores in figures.get("baselines", {}).items():
            print(
                f"  {baseline.replace('_', ' ')}: accuracy {scores['accuracy']:.3f}, "
                f"balanced accuracy {scores['balanced_accuracy']:.3f}"
            )


def _reader(model: Path | None) -> Any:
    from artextract.attributes.bundle import Bundle
    from artextract.attributes.reader import Reader

    return Reader(Bundle.open(model) if model else None)


def _collect(source: Any, name: str, as_json: bool) -> None:
    from artextract.collecting import collect

    with _progress() as report:
        done = collect(source, name, report)
    if as_json:
        _print_json(done)
        return
    print(
        f"{done.collection}: {done.works:,} works ({done.new:,} new, {done.updated:,} updated, "
        f"{done.unchanged:,} unchanged, {done.kept:,} kept that the source lacks)."
    )
    for remark in done.remarks:
        print(remark)
    if done.skipped:
        print(
            f"{done.skipped:,} pictures can't be had or read and were left out; {done.report_file} "
            "says why. Running it again tries them again."
        )


@contextmanager
def _progress() -> Iterator[Report]:
    """A progress bar on stderr with rate and time left; a line a tenth where it's no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain_report()
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def report(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(step.stage, total=step.total or None, rate="")
            rate = " ".join(part for part in (_per_second(step.rate), step.note) if part)
            bars.update(tasks[step.stage], completed=step.done, rate=rate)

        yield report


def _plain_report() -> Report:
    told: dict[str, int] = {}

    def report(step: Step) -> None:
        tenth = step.done * 10 // step.total if step.total else 0
        if told.get(step.stage) == tenth:
            return
        told[step.stage] = tenth
        left = step.seconds_left
        rest = f", {_per_second(step.rate)}, {left:.0f} s left" if step.rate and left else ""
        note = f" ({step.note})" if step.note else ""
        line = f"{step.stage}: {step.done:,} of {step.total:,}{note}{rest}"
        print(line, file=sys.stderr, flush=True)

    return report


def _per_second(rate: float | None) -> str:
    if not rate:
        return ""
    return f"{rate:.0f} a second" if rate >= 10 else f"{rate:.1f} a second"


def _print_json(content: Any) -> None:
    """One JSON object on stdout."""
    plain = asdict(content) if is_dataclass(content) and not isinstance(content, type) else content
    print(json.dumps(plain, ensure_ascii=False, allow_nan=False, default=str))


if __name__ == "__main__":
    app()
