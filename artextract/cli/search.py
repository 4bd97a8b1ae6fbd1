"""`artextract search`: the works most similar to a work, a picture, words or a face."""

from pathlib import Path
from typing import Annotated

import typer

from artextract.cli.common import Backbone, DeviceName, Name, Output, command, open_searcher
from artextract.cli.detection import search_faces
from artextract.cli.text import TextQuery, search_text


@command
def search(
    name: Name,
    work: Annotated[str | None, typer.Option(help="Search with this work, by its ID.")] = None,
    image: Annotated[Path | None, typer.Option(help="Search with this picture file.")] = None,
    words: Annotated[str | None, typer.Option(help="Search with words, alone or with a work or picture.")] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Also compare the words with the pictures themselves.")
    ] = False,
    weight: Annotated[
        float, typer.Option(min=0, max=1, help="Weight of the words when combined with a work or picture (0 to 1).")
    ] = 0.5,
    k: Annotated[int, typer.Option("-k", min=1, help="Number of results.")] = 10,
    face: Annotated[
        int | None, typer.Option(min=1, help="Search with this face in the work or picture; 1 is the clearest.")
    ] = None,
    backbone: Backbone = None,
    device: DeviceName = None,
) -> Output:
    """Find the works most similar to a work, a picture, words or a face."""
    if words is None and work is None and image is None:
        raise typer.BadParameter("Give --words, or a query picture (--work or --image), or both.")
    if work is not None and image is not None:
        raise typer.BadParameter("Give --work or --image, not both.")
    if face is not None and words is not None:
        raise typer.BadParameter("--face cannot be combined with --words.")
    if words is not None:
        return search_text(name, TextQuery(words, k, pictures, work, image, weight, backbone, device))
    if face is not None:
        return search_faces(name, work, image, face, k)
    from artextract.similarity.metrics.registry import METRICS
    from artextract.vision.images import open_picture, read_picture

    if image is not None:
        content = read_picture(image)
        open_picture(content, image.name)  # finds a damaged picture before the long loading
        neighbours = open_searcher(name, backbone, device).near_image(content, k, name=image.name)
    else:
        neighbours = open_searcher(name, backbone, device).near_work(str(work), k)
    lines = ["  ".join(f"{metric.name:>6} {metric.arrow}" for metric in METRICS.values()) + "   work"]
    for neighbour in neighbours:
        cells = "  ".join("       –" if score is None else f"{score:8.3f}" for score in neighbour.scores.values())
        lines.append(f"{cells}   {neighbour.title or 'untitled'} · {neighbour.artist or 'unknown'} [{neighbour.id}]")
    query = {"work": work} if work is not None else {"image": str(image)}
    return Output({"query": query, "neighbours": [neighbour.record() for neighbour in neighbours]}, lines)
