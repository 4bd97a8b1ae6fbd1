"""`artextract regions` and `path`: what a map's regions are, and a way from work to work."""

from typing import Annotated

import typer

from artextract.cli.common import (
    Backbone,
    Json,
    Name,
    errors_as_sentences,
    print_json,
    progress,
    with_predictions,
)


@errors_as_sentences
def regions(
    name: Name,
    method: Annotated[str, typer.Option(help="Of the map: tsne or umap.")] = "tsne",
    backbone: Backbone = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="A column that no name may come from; as often as you like."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the regions of a collection's map, and what sets each apart."""
    from artextract.collection import Collection
    from artextract.errors import NotReadyError
    from artextract.maps.gallery_map import read_map
    from artextract.regions.regions import find_regions, name_regions
    from artextract.vision.embedding import load_embeddings

    collection = Collection.open(name)
    embeddings = load_embeddings(collection, backbone)
    drawn = read_map(collection, embeddings, method)
    if drawn is None:
        raise NotReadyError(
            f"The {method} map of {name} has not been laid out for its present works: run "
            f"`artextract map {name} --method {method}`."
        )
    works = with_predictions(collection, embeddings)
    with progress() as report:
        levels = find_regions(collection, drawn, embeddings.key, report)
    found = name_regions(levels, drawn.positions, works, without or ())
    if as_json:
        ids = works["id"].to_numpy()
        listed = [
            {
                "level": region.level,
                "works": len(region.rows),
                "x": region.x,
                "y": region.y,
                "name": region.name,
                "figures": region.figures,
                "more": region.more,
                "ids": ids[region.rows].tolist(),
            }
            for region in found
        ]
        print_json({"collection": name, "method": method, "regions": listed})
        return
    for region in found:
        said = f"{region.name}: {region.figures}" if region.name else "no name"
        print(f"{region.level}  {len(region.rows):6,} works  {said}")


@errors_as_sentences
def path(
    name: Name,
    start: Annotated[str, typer.Argument(metavar="FROM", help="The id of the work it begins at.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="The id of the work it leads to.")],
    ways: Annotated[int, typer.Option(min=1, help="So many ways, which share nothing with one another.")] = 1,
    backbone: Backbone = None,
    as_json: Json = False,
) -> None:
    """Find a path of seven works from one work to another, each near the one before."""
    from artextract.collection import Collection
    from artextract.similarity.paths.neighbour_graph import neighbour_graph
    from artextract.similarity.paths.work_path import find_path
    from artextract.similarity.search import Searcher
    from artextract.vision.embedding import embedder_like, load_embeddings

    collection = Collection.open(name)
    embeddings = load_embeddings(collection, backbone)
    searcher = Searcher(collection, embeddings, lambda: embedder_like(embeddings))
    one, other = searcher.row_of(start), searcher.row_of(end)
    with progress() as report:
        graph = neighbour_graph(searcher, report)
    taken: list[int] = []
    found = []
    for _ in range(ways):
        found.append(find_path(embeddings.vectors, graph, one, other, without=taken))
        taken += found[-1].rows[1:-1]
    if as_json:
        listed = [{"works": [embeddings.ids[row] for row in way.rows], "steps": list(way.steps)} for way in found]
        print_json({"collection": name, "paths": listed})
        return
    for way in found:
        for row, step in zip(way.rows, (None, *way.steps), strict=True):
            title = searcher.works["title"].fillna("untitled").iloc[row]
            told = "step ↓" if step is None else f"{step:6.3f}"
            print(f"{told}   {title} [{embeddings.ids[row]}]")
        print()
