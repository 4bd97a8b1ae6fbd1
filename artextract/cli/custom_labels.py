"""`artextract fit-labels`: custom labels from a column of a collection."""

from typing import Annotated

import typer

from artextract.cli.common import Backbone, Json, Name, errors_as_sentences, print_json, progress


@errors_as_sentences
def fit_custom_labels(
    name: Name,
    column: Annotated[str, typer.Option(help="The column: style, school, theme, or a column of your own table.")],
    backbone: Backbone = None,
    as_json: Json = False,
) -> None:
    """Fit a classifier to a column, and measure it on held-out works."""
    from artextract.attributes.custom_labels.fit import fit_labels
    from artextract.collection import Collection
    from artextract.vision.embedding import load_embeddings

    collection = Collection.open(name)
    embeddings = load_embeddings(collection, backbone)
    with progress() as report:
        facts = fit_labels(collection, column, embeddings, report).facts
    if as_json:
        print_json(facts.model_dump())
        return
    print(facts.sentence())
    for term, pictures in sorted(zip(facts.terms, facts.pictures, strict=True), key=lambda pair: -pair[1]):
        print(f"  {term}: {pictures:,} pictures")
