"""`artextract regions` and `artextract path`: the regions of a map, and paths between works."""

from typing import Annotated

import typer

from artextract.cli.common import Backbone, Json, Name, errors_as_sentences, print_json, progress, with_predictions


@errors_as_sentences
def regions(
    name: Name,
    method: Annotated[str, typer.Option(help="Method of the map: tsne or umap.")] = "tsne",
    backbone: Backbone = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A column that names must not use. Repeat it for more.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the regions of a collection's map with their names."""
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
            f"The present works of {name} have no {method} map yet: run `artextract map {name} --method {method}`."
        )
    works = with_predictions(collection, embeddings)
    with progress() as report:
        levels = find_regions(collection, drawn, embeddings.key, report)
    named = name_regions(levels, drawn.positions, works, without or ())
    if as_json:
        ids = works["id"].to_numpy()
        content = [region.summary() | {"ids": ids[region.rows].tolist()} for region in named]
        print_json({"collection": name, "method": method, "regions": content})
        return
    for region in named:
        label = f"{region.name}: {region.names[0].counts.text}" if region.names else "no name"
        print(f"{region.level}  {len(region.rows):6,} works  {label}")


@errors_as_sentences
def path(
    name: Name,
    start: Annotated[str, typer.Argument(metavar="FROM", help="Id of the first work.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="Id of the last work.")],
    count: Annotated[int, typer.Option(min=1, help="How many paths; they share no work between their ends.")] = 1,
    backbone: Backbone = None,
    as_json: Json = False,
) -> None:
    """Find a path of seven works from one work to another, each similar to the one before."""
    from artextract.collection import Collection
    from artextract.similarity.paths.neighbour_graph import neighbour_graph
    from artextract.similarity.paths.work_path import find_path
    from artextract.similarity.search import Searcher
    from artextract.vision.embedding import embedder_like, load_embeddings

    collection = Collection.open(name)
    embeddings = load_embeddings(collection, backbone)
    searcher = Searcher(collection, embeddings, lambda: embedder_like(embeddings))
    ends = searcher.row_of(start), searcher.row_of(end)
    with progress() as report:
        graph = neighbour_graph(searcher, report)
    used: list[int] = []
    paths = []
    for _ in range(count):
        paths.append(find_path(embeddings.vectors, graph, *ends, without=used))
        used += paths[-1].rows[1:-1]
    if as_json:
        content = [{"works": [embeddings.ids[row] for row in one.rows], "steps": list(one.steps)} for one in paths]
        print_json({"collection": name, "paths": content})
        return
    titles = searcher.works["title"].fillna("untitled")
    for work_path in paths:
        for row, step in zip(work_path.rows, (None, *work_path.steps), strict=True):
            print(f"{'step ↓' if step is None else f'{step:6.3f}'}   {titles.iloc[row]} [{embeddings.ids[row]}]")
        print()
