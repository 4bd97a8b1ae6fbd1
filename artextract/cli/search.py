"""`artextract search`: the works most similar to a work, a picture or words; `artextract index-text`."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from artextract.cli.common import Backbone, DeviceName, Name, Output, command, open_searcher, print_line, progress
from artextract.errors import NotReadyError, WeightsError


@command
def search(
    name: Name,
    work: Annotated[str | None, typer.Option(help="Search with this work, by its ID.")] = None,
    image: Annotated[Path | None, typer.Option(help="Search with this picture file.")] = None,
    words: Annotated[str | None, typer.Option(help="Search with words, alone or with a work or picture.")] = None,
    weight: Annotated[
        float, typer.Option(min=0, max=1, help="Weight of the words when combined with a work or picture (0 to 1).")
    ] = 0.5,
    k: Annotated[int, typer.Option("-k", min=1, help="Number of results.")] = 10,
    backbone: Backbone = None,
    device: DeviceName = None,
) -> Output:
    """Find the works most similar to a work, a picture or words."""
    if words is None and work is None and image is None:
        raise typer.BadParameter("Give --words, or a query picture (--work or --image), or both.")
    if work is not None and image is not None:
        raise typer.BadParameter("Give --work or --image, not both.")
    if words is not None:
        query = {"words": words, "k": k, "work": work, "image": image, "weight": weight}
        return _search_text(name, query | {"backbone": backbone, "device": device})
    from artextract.similarity.metrics.registry import METRICS
    from artextract.vision.images import open_picture, read_picture

    lines, query = [], {"work": work} if work is not None else {"image": str(image)}
    if image is not None:
        content = read_picture(image)
        open_picture(content, image.name)  # finds a damaged picture before the long loading
        searcher = open_searcher(name, backbone, device)
        neighbours = searcher.near_image(content, k, name=image.name)
        if (row := searcher.find_picture(content)) is not None:
            query["work"] = searcher.embeddings.ids[row]
            lines.append(f"This picture is in the collection: {query['work']}")
    else:
        neighbours = open_searcher(name, backbone, device).near_work(str(work), k)
    lines.append("  ".join(f"{metric.name:>6} {metric.arrow}" for metric in METRICS.values()) + "   work")
    for near in neighbours:
        cells = "  ".join("       –" if score is None else f"{score:8.3f}" for score in near.scores.values())
        lines.append(f"{cells}   {_label(near.title, near.artist, near.id)}")
    rows = [{"id": one.id, "title": one.title, "artist": one.artist, **one.scores} for one in neighbours]
    return Output({"query": query, "neighbours": rows}, lines)


def _label(title: object, artist: object, work: str) -> str:
    return f"{title or 'untitled'} · {artist or 'unknown'} [{work}]"


@command
def index_text(name: Name) -> Output:
    """Index the texts of a collection's works for text search."""
    from artextract.collection import Collection
    from artextract.text import index

    with progress() as report:
        result = index.index_text(Collection.open(name), report)
    return Output(result, [result.sentence()])


def _search_text(name: str, query: dict[str, Any]) -> Output:
    """The works nearest to words, or to words and a picture (`query`: the options); missing texts are indexed first."""
    from artextract.collection import Collection
    from artextract.text.index import index_text, is_indexed
    from artextract.text.query_words import query_words
    from artextract.text.search import TextSearcher

    query_words(query["words"])  # checks them before the long work begins
    collection = Collection.open(name)
    if not is_indexed(collection):
        with progress() as report:
            index_text(collection, report)
    searcher = TextSearcher(collection)
    pictures, ids, cosines = _compared(collection, query)
    works = collection.works().set_index("id")[["title", "artist"]].fillna("")
    if cosines is not None:
        similarity = searcher.aligned(ids, cosines)
        matches = searcher.search_beside(query["words"], query["k"], similarity, query["weight"], pictures)
        return Output({"query": query, "matches": [asdict(match) for match in matches]}, _table(matches, works))
    found = searcher.search(query["words"], query["k"], pictures)
    lines = [line for heading, matches in found.parts() for line in (heading, *_table(matches, works), "")]
    return Output({"query": query, **asdict(found)}, lines or ["Nothing similar found."])


def _table(matches: Sequence[Any], works: Any) -> list[str]:
    lines = ["BM25 ↑  meaning ↑  picture ↑  similarity ↑   work"]
    for match in matches:
        numbers = (match.bm25, match.meaning, match.picture, match.similarity)
        cells = "     ".join("    –" if number is None else f"{number:5.2f}" for number in numbers)
        lines.append(f"{cells}    {_label(works['title'][match.id], works['artist'][match.id], match.id)}")
        lines += [f"{'':43}{reason}" for reason in match.why]
    return lines


def _compared(collection: Any, query: dict[str, Any]) -> tuple[Any, list[str], Any]:
    """The `PictureSearch` or None, the works' ids, and the cosines with the work or picture or None: float [works]."""
    import numpy as np

    from artextract.text.projection import open_picture_search
    from artextract.vision.device import find_device
    from artextract.vision.embedding import embedded_by, embedder_like
    from artextract.vision.images import read_picture

    image, work = query["image"], query["work"]
    if image is None and work is None and not embedded_by(collection):
        return None, [], None
    near = open_searcher(collection.name, query["backbone"], query["device"])
    embeddings, pictures, cosines = near.embeddings, None, None
    try:
        pictures = open_picture_search(embeddings, lambda: embedder_like(embeddings, find_device(query["device"])))
        print_line(pictures.explanation, sys.stderr)
    except (NotReadyError, WeightsError) as error:
        print_line(str(error), sys.stderr)
    if image is not None:
        cosines = near.cosines_with(near.vector_of(read_picture(image), image.name))
    elif work is not None:
        row = near.row_of(work)
        cosines = near.cosines_with(embeddings.vectors[row])
        cosines[row] = np.nan
    return pictures, embeddings.ids, cosines
