"""`artextract collect …`: works from a source into a collection."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from artextract.cli.common import Json, errors_as_sentences, print_json, progress

if TYPE_CHECKING:
    from artextract.sources.base import Source

collect_app = typer.Typer(help="Bring works from a source into a collection.", no_args_is_help=True)


@collect_app.command("demo")
@errors_as_sentences
def collect_demo(as_json: Json = False) -> None:
    """Make the embedded demo collection: 300 generated pictures in many manners."""
    from artextract.sources.demo import DEMO_NAME, DemoSource

    _collect(DemoSource(), DEMO_NAME, as_json)


@collect_app.command("folder")
@errors_as_sentences
def collect_folder(
    folder: Annotated[Path, typer.Argument(help="A folder of pictures, nested or not.")],
    name: Annotated[str, typer.Option(help="The collection's name.")],
    metadata: Annotated[Path | None, typer.Option(help="CSV with a column `file` and titles, artists, dates …")] = None,
    as_json: Json = False,
) -> None:
    """Collect any folder of pictures."""
    from artextract.sources.folder import FolderSource

    _collect(FolderSource(folder, metadata), name, as_json)


@collect_app.command("wikiart")
@errors_as_sentences
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
@errors_as_sentences
def collect_nga(
    limit: Annotated[int | None, typer.Option(min=1, help="Works at the most, the lowest object ids first.")] = None,
    classification: Annotated[str, typer.Option(help="Which objects, as the gallery classifies them.")] = "Painting",
    size: Annotated[int, typer.Option(help="Long side of the pictures, px.")] = 640,
    opendata: Annotated[
        str | None, typer.Option(help="Folder or address of the tables; the gallery's own if none.")
    ] = None,
    all_rights: Annotated[bool, typer.Option("--all-rights", help="Not open access alone: for private study.")] = False,
    starter: Annotated[
        bool, typer.Option("--starter", help="Two hundred open-access works that show its breadth.")
    ] = False,
    name: Annotated[str, typer.Option(help="The collection's name.")] = "nga",
    as_json: Json = False,
) -> None:
    """Collect works of the National Gallery of Art from its open data and image server."""
    from artextract.sources.nga.source import Choice, NgaSource

    choice = Choice(classification, limit, size, opendata, all_rights, starter)
    with progress() as report:
        source = NgaSource(choice, report)
    _collect(source, name, as_json)


def _collect(source: "Source", name: str, as_json: bool) -> None:
    from artextract.collecting import collect

    with progress() as report:
        done = collect(source, name, report)
    if as_json:
        print_json(done)
        return
    print(done.sentence())
