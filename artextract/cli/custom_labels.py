"""`artextract fit-labels`: custom labels from a column of a collection."""

from typing import Annotated

import typer

from artextract.cli.common import Backbone, Name, Output, command, open_embeddings, progress


@command
def fit_labels(
    name: Name,
    column: Annotated[str, typer.Option(help="The column: style, school, theme, or a column of your own table.")],
    backbone: Backbone = None,
) -> Output:
    """Fit a classifier to a column, and measure it on held-out works."""
    from artextract.attributes.custom_labels import fit

    collection, embeddings = open_embeddings(name, backbone)
    with progress() as report:
        facts = fit.fit_labels(collection, column, embeddings, report).facts
    terms = sorted(zip(facts.terms, facts.pictures, strict=True), key=lambda pair: -pair[1])
    return Output(facts.model_dump(), [facts.sentence(), *(f"  {term}: {count:,} pictures" for term, count in terms)])
