"""`artextract differences`: two collections or two filters side by side."""

from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from artextract.comparison.compare_subsets import Compared, Mapped
    from artextract.comparison.subsets import Side
    from artextract.similarity.filters import Filters

KEYS = "style, school, theme, artist, genre, medium, classification, read_…, custom_label_…, from, to, q"


@errors_as_sentences
def differences(
    name: Name,
    second: Annotated[str | None, typer.Argument(help="The other side's collection, if it is another.")] = None,
    one: Annotated[
        list[str] | None,
        typer.Option(
            help="What the first side's works have in common, as KEY=VALUE, such as "
            f"style=Baroque; as often as you like. Keys as in the app's addresses: {KEYS}."
        ),
    ] = None,
    other: Annotated[list[str] | None, typer.Option(help="The same of the second side's works.")] = None,
    count: Annotated[int, typer.Option("-k", min=1, help="How many typical works a side.")] = 12,
    method: Annotated[str, typer.Option(help="Of the shared map: tsne or umap.")] = "tsne",
    no_map: Annotated[bool, typer.Option("--no-map", help="Without regions: no map has to be laid out.")] = False,
    backbone: Backbone = None,
    as_json: Json = False,
) -> None:
    """Say what is typical of one side and not of the other: works, terms, regions of a map.

    A side is a collection, or those of its works that pass a filter. Where the sides' shared map
    isn't there yet it is laid out and kept.
    """
    asked = [filters_of(given or []) for given in (one, other)]
    from artextract.collection import Collection
    from artextract.comparison.compare_subsets import compare, locate
    from artextract.comparison.shared_map import find_levels, make_ground
    from artextract.comparison.subsets import common_backbone, face

    collections = [Collection.open(name), Collection.open(second or name)]
    by = backbone or common_backbone(collections[0], collections[1])
    opened = [_side(of, by, filters) for of, filters in zip(collections, asked, strict=True)]
    sides = face(opened[0], opened[1])
    with progress() as report:
        found = compare(sides, report)
        mapped = None
        if not no_map:
            drawn = make_ground(sides.parts, method, report)
            mapped = locate(sides, drawn, find_levels(sides.parts, drawn, report))
    if as_json:
        print_json(_as_json(found, mapped, count))
    else:
        _print(found, mapped, count)


def filters_of(given: list[str]) -> "Filters":
    """The filters that KEY=VALUE pairs spell.

    Raises:
        typer.BadParameter: one is none, or has a key that there isn't.
    """
    from artextract.attributes.custom_labels.linear_head import CUSTOM_LABEL
    from artextract.similarity.filters import CATEGORIES, Filters

    chosen: dict[str, list[str]] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not value.strip():
            raise typer.BadParameter(f"{pair!r} is not KEY=VALUE, such as style=Baroque")
        if key not in (*CATEGORIES, "from", "to", "q") and not key.startswith(CUSTOM_LABEL):
            raise typer.BadParameter(f"{key!r} is no key of a filter; there are {KEYS}")
        chosen.setdefault(key, []).append(value.strip())
    return Filters(
        **{column: tuple(chosen.get(column, ())) for column in CATEGORIES},
        custom_labels=tuple((key, tuple(of)) for key, of in chosen.items() if key.startswith(CUSTOM_LABEL)),
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
        raise typer.BadParameter(f"{values[-1]!r} is no year") from None


def _side(collection: Any, backbone: str, filters: "Filters") -> "Side":
    from artextract.comparison.subsets import Side
    from artextract.errors import CollectionError
    from artextract.vision.embedding import load_embeddings

    embeddings = load_embeddings(collection, backbone)
    works = with_predictions(collection, embeddings)
    for column, _ in filters.custom_labels:
        if column not in works:
            raise CollectionError(f"{collection.name} has no column {column}: run `artextract fit-labels`.")
    return Side(collection, works, embeddings, filters)


def _as_json(found: "Compared", mapped: "Mapped | None", count: int) -> dict[str, Any]:
    from dataclasses import asdict

    from artextract.comparison.typicality import probability

    sides = found.sides
    told = []
    for side, (name, rows) in enumerate(zip(sides.names, sides.sides, strict=True)):
        typical = [
            dict(zip(("collection", "id"), sides.work(row), strict=True))
            | {"typicality": value, "probability": probability(value)}
            for row, value in found.works(side, count)
        ]
        terms = [
            {"kind": term.trait.kind, "as_read": term.trait.as_read, "text": term.text} | asdict(term.figures)
            for term in found.terms[side]
        ]
        places = (
            None
            if mapped is None
            else [
                {"name": place.name, "ids": [sides.work(row)[1] for row in place.rows.tolist()]} | asdict(place.figures)
                for place in mapped.places[side]
            ]
        )
        told.append({"name": name, "works": len(rows), "typical": typical, "terms": terms, "regions": places})
    return {
        "sides": told,
        "on_both": sides.on_both,
        "remark": sides.remark,
        "backbone": sides.one.embeddings.key.backbone,
        "told_apart": found.typical.told_apart,
    }


def _print(found: "Compared", mapped: "Mapped | None", count: int) -> None:
    from artextract.comparison.typicality import probability

    sides = found.sides
    if sides.remark:
        print(sides.remark)
    print(f"{found.typical.told_apart:.0%} of the works lie denser on their own side (50% where the sides are alike).")
    for side, (name, rows) in enumerate(zip(sides.names, sides.sides, strict=True)):
        print(f"\n{name}: {len(rows):,} works")
        print("  typical works")
        for row, value in found.works(side, count):
            work = sides.works.iloc[row].fillna({"title": "untitled", "artist": "unknown"})
            told = f"{work['title']} · {work['artist']} [{sides.work(row)[1]}]"
            print(f"    {value:6.2f}  {probability(value):4.0%}  {told}")
        print("  said more often")
        for term in found.terms[side]:
            print(f"    {term.trait.kind:14}  {term.text}: {term.figures.text}")
        if mapped is not None:
            print("  regions of the map")
            for place in mapped.places[side]:
                print(f"    {place.name or 'no name'}: {place.figures.text}")
