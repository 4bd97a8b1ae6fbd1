"""`artextract map`, `regions` and `path`: a collection's map, the regions on it, and paths between works."""

from typing import Annotated

import typer

from artextract.cli.common import (
    Backbone,
    Name,
    Output,
    command,
    open_embeddings,
    open_searcher,
    progress,
    with_predictions,
)

Method = Annotated[str, typer.Option(help="Method of the map: tsne or umap.")]


@command
def make_map(
    name: Name,
    method: Method = "tsne",
    backbone: Backbone = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Recompute the whole map. All works move.")] = False,
) -> Output:
    """Lay out the map of a collection. New works are added to an existing map."""
    from artextract.maps.gallery_map import compute_map

    collection, embeddings = open_embeddings(name, backbone)
    with progress() as report:
        layout = compute_map(collection, embeddings, method, report, rebuild)
    works, placed = len(layout.ids), int(layout.placed.sum())
    later = f" {placed:,} of them were added later; --rebuild recomputes the whole map." if placed else ""
    content = {"collection": name, "method": method, "works": works, "placed": placed, "key": layout.key}
    return Output(content, [f"The {method} map of {name} has {works:,} works.{later}"])


@command
def regions(name: Name, method: Method = "tsne", backbone: Backbone = None) -> Output:
    """List the regions of a collection's map with their names."""
    from artextract.errors import NotReadyError
    from artextract.maps.gallery_map import read_map
    from artextract.regions.regions import find_regions, name_regions

    collection, embeddings = open_embeddings(name, backbone)
    layout = read_map(collection, embeddings, method)
    if layout is None:
        raise NotReadyError(
            f"The {method} map of {name} is missing or out of date. Run `artextract map {name} --method {method}`."
        )
    works = with_predictions(collection, embeddings)
    with progress() as report:
        levels = find_regions(collection, layout, embeddings.key, report)
    ids, summaries, lines = works["id"].to_numpy(), [], []
    for region in name_regions(levels, layout.positions, works):
        summaries.append(region.summary() | {"ids": ids[region.rows].tolist()})
        label = f"{region.name}: {region.names[0].counts.text}" if region.names else "no name"
        lines.append(f"{region.level}  {len(region.rows):6,} works  {label}")
    return Output({"collection": name, "method": method, "regions": summaries}, lines)


@command
def path(
    name: Name,
    start: Annotated[str, typer.Argument(metavar="FROM", help="ID of the first work.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="ID of the last work.")],
    count: Annotated[int, typer.Option(min=1, help="Number of paths. They share only their first and last work.")] = 1,
    backbone: Backbone = None,
) -> Output:
    """Find a path of seven works from one work to another, each similar to the one before."""
    from artextract.similarity.paths import find_path, neighbour_graph

    searcher = open_searcher(name, backbone)
    ids, titles = searcher.embeddings.ids, searcher.works["title"].fillna("untitled")
    ends = searcher.row_of(start), searcher.row_of(end)
    with progress() as report:
        graph = neighbour_graph(searcher, report)
    used: list[int] = []
    paths, lines = [], []
    for _ in range(count):
        work_path = find_path(searcher.embeddings.vectors, graph, *ends, without=used)
        used += work_path.rows[1:-1]
        paths.append({"works": [ids[row] for row in work_path.rows], "steps": list(work_path.steps)})
        for row, step in zip(work_path.rows, (None, *work_path.steps), strict=True):
            lines.append(f"{'step ↓' if step is None else f'{step:6.3f}'}   {titles.iloc[row]} [{ids[row]}]")
        lines.append("")
    return Output({"collection": name, "paths": paths}, lines)
