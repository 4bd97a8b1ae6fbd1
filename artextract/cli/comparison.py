"""`artextract compare-subsets`: two collections compared."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from artextract.cli.common import Backbone, Name, Output, command, open_embeddings, progress, with_predictions

if TYPE_CHECKING:
    from artextract.comparison.compare_subsets import SubsetComparison
    from artextract.comparison.shared_map import TypicalRegion

    Regions = tuple[list[TypicalRegion], list[TypicalRegion]] | None


@command
def compare_subsets(
    name: Name,
    second: Annotated[str, typer.Argument(help="Second collection.")],
    count: Annotated[int, typer.Option("-k", min=1, help="Typical works per side.")] = 12,
    no_map: Annotated[bool, typer.Option("--no-map", help="Skip the shared map and its regions.")] = False,
    backbone: Backbone = None,
) -> Output:
    """Compare two collections: typical works, terms and map regions of each.

    The shared map is laid out if it is missing. The app also compares works that pass filters.
    """
    from artextract.collection import Collection
    from artextract.comparison.compare_subsets import compare_subsets as compare
    from artextract.comparison.shared_map import compute_shared_map, named_regions, typical_regions
    from artextract.comparison.subsets import Subset, common_backbone, pair_subsets
    from artextract.similarity.filters import NO_FILTERS

    by = backbone or common_backbone(*map(Collection.open, (name, second)))
    sides = [open_embeddings(side, by) for side in (name, second)]
    pair = pair_subsets(*(Subset(one, with_predictions(one, own), own, NO_FILTERS) for one, own in sides))
    regions = None
    with progress() as report:
        comparison = compare(pair, report)
        if not no_map:
            layout, levels = compute_shared_map(pair.sources, "tsne", report)
            regions = typical_regions(pair, named_regions(pair, layout, levels), layout.positions)
    return _output(comparison, regions, count)


def _output(comparison: "SubsetComparison", regions: "Regions", count: int) -> Output:
    from artextract.comparison.typicality import probability

    pair, separation = comparison.pair, comparison.typicality.separation
    sides = []
    lines = [pair.remark] if pair.remark else []
    lines.append(f"{separation:.0%} of the works fit their own side better (50% if the sides look the same).")
    for side, (name, rows) in enumerate(zip(pair.names, pair.rows, strict=True)):
        content: dict[str, Any] = {"name": name, "works": len(rows), "typical": [], "terms": [], "regions": None}
        sides.append(content)
        lines += ["", f"{name}: {len(rows):,} works", "  typical works"]
        for row, value in comparison.works(side, count):
            (collection, work), chance = pair.work(row), probability(value)
            numbers = {"typicality": value, "probability": chance}
            content["typical"].append({"collection": collection, "id": work} | numbers)
            about = pair.works.iloc[row].fillna({"title": "untitled", "artist": "unknown"})
            lines.append(f"    {value:6.2f}  {chance:4.0%}  {about['title']} · {about['artist']} [{work}]")
        lines.append("  more common terms")
        for typical in comparison.terms[side]:
            term, counts = typical.term, typical.counts
            content["terms"].append(
                {"kind": term.kind, "predicted": term.predicted, "text": term.text} | asdict(counts)
            )
            lines.append(f"    {term.kind:14}  {term.text}: {counts.text}")
        if regions is not None:
            content["regions"] = []
            lines.append("  regions of the map")
            for own in regions[side]:
                ids = [pair.work(row)[1] for row in own.rows.tolist()]
                content["regions"].append({"name": own.region.name, "ids": ids} | asdict(own.counts))
                lines.append(f"    {own.region.name or 'no name'}: {own.counts.text}")
    backbone = pair.subsets[0].embeddings.key.backbone
    shared = {"shared": pair.shared, "remark": pair.remark}
    return Output({"sides": sides, **shared, "backbone": backbone, "separation": separation}, lines)
