"""`artextract compare-subsets`: two collections, or two filters of one, compared."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from artextract.cli.common import Backbone, Name, Output, command, open_embeddings, progress, with_predictions

if TYPE_CHECKING:
    from artextract.comparison.compare_subsets import SubsetComparison
    from artextract.comparison.shared_map import TypicalRegion
    from artextract.comparison.subsets import Subset
    from artextract.similarity.filters import Filters

    Regions = tuple[list[TypicalRegion], list[TypicalRegion]] | None

KEYS = "style, school, theme, artist, genre, medium, classification, read_…, custom_label_…, from, to, q"


@command
def compare_subsets(
    name: Name,
    second: Annotated[str | None, typer.Argument(help="Second collection. Default: the first one.")] = None,
    left: Annotated[
        list[str] | None,
        typer.Option(
            help="Filter for the first side, as KEY=VALUE, such as style=Baroque. Repeat it for more. "
            f"The keys are those of the app's addresses: {KEYS}."
        ),
    ] = None,
    right: Annotated[list[str] | None, typer.Option(help="Filter for the second side, same syntax as --left.")] = None,
    count: Annotated[int, typer.Option("-k", min=1, help="Typical works per side.")] = 12,
    method: Annotated[str, typer.Option(help="Method of the shared map: tsne or umap.")] = "tsne",
    no_map: Annotated[bool, typer.Option("--no-map", help="Skip the shared map and its regions.")] = False,
    backbone: Backbone = None,
) -> Output:
    """Compare two subsets of works: typical works, terms and map regions of each.

    A subset is a collection, or its works that pass filters. The shared map is laid out if it is missing.
    """
    filters = [parse_filters(given or []) for given in (left, right)]
    from artextract.collection import Collection
    from artextract.comparison.compare_subsets import compare_subsets as compare
    from artextract.comparison.shared_map import compute_shared_map, named_regions, typical_regions
    from artextract.comparison.subsets import common_backbone, pair_subsets

    names = [name, second or name]
    by = backbone or common_backbone(*map(Collection.open, names))
    pair = pair_subsets(*(_subset(*each, by) for each in zip(names, filters, strict=True)))
    regions = None
    with progress() as report:
        comparison = compare(pair, report)
        if not no_map:
            layout, levels = compute_shared_map(pair.sources, method, report)
            regions = typical_regions(pair, named_regions(pair, layout, levels), layout.positions)
    return _output(comparison, regions, count)


def parse_filters(pairs: list[str]) -> "Filters":
    """The filters that KEY=VALUE pairs spell. Raises BadParameter if a pair has no value or an unknown key."""
    from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
    from artextract.similarity.filters import CATEGORIES, Filters

    chosen: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not value.strip():
            raise typer.BadParameter(f"{pair!r} is not KEY=VALUE, such as style=Baroque")
        if key not in (*CATEGORIES, "from", "to", "q") and not key.startswith(CUSTOM_LABEL):
            raise typer.BadParameter(f"unknown key {key!r}; the keys are {KEYS}")
        chosen.setdefault(key, []).append(value.strip())
    return Filters(
        **{column: tuple(chosen.get(column, ())) for column in CATEGORIES},
        custom_labels=tuple((key, tuple(values)) for key, values in chosen.items() if key.startswith(CUSTOM_LABEL)),
        year_from=_year(chosen.get("from")),
        year_to=_year(chosen.get("to")),
        text=" ".join(chosen.get("q", ())),
    )


def _year(values: list[str] | None) -> int | None:
    if values is None:
        return None
    try:
        return int(values[-1])
    except ValueError:
        raise typer.BadParameter(f"{values[-1]!r} is not a year") from None


def _subset(name: str, filters: "Filters", backbone: str) -> "Subset":
    from artextract.comparison.subsets import Subset
    from artextract.errors import CollectionError

    collection, embeddings = open_embeddings(name, backbone)
    works = with_predictions(collection, embeddings)
    for column, _ in filters.custom_labels:
        if column not in works:
            raise CollectionError(f"{collection.name} has no column {column}: run `artextract fit-labels`.")
    return Subset(collection, works, embeddings, filters)


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
