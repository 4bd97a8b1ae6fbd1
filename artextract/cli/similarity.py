"""`artextract evaluate similarity` and `artextract find-duplicates`."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from artextract.cli.common import Name, Output, command, progress

if TYPE_CHECKING:
    from artextract.similarity.evaluation.results import SimilarityResults


@command
def evaluate_similarity(name: Name) -> Output:
    """Measure how often similar works have the same artist, style and genre.

    Evaluates every embedding of the collection against two baselines: random works, and the nearest works by
    pixels. The Model report shows the latest results.
    """
    from artextract.collection import Collection
    from artextract.similarity.evaluation import evaluate

    with progress() as report:
        results = evaluate.evaluate_similarity(Collection.open(name), report)
    return Output(results.model_dump(), _lines(results))


def _lines(results: "SimilarityResults") -> Iterator[str]:
    from artextract.similarity.evaluation.evaluate import PREVIOUS_SSIM, SAMPLE
    from artextract.similarity.evaluation.retrieval_task import RELEVANCES
    from artextract.similarity.metrics.registry import METRICS, PICTURE_METRICS

    yield results.sentence
    width = max(len(ranking.label) for ranking in results.rankings)
    for relevance, counted in results.counted.items():
        yield ""
        yield f"{RELEVANCES[relevance].label} ({counted:,} queries)"
        yield f"{'':{width}}    P@1    P@5   P@10 (95% interval)   mAP@10"
        for ranking in results.rankings:
            one, five, ten, average = (ranking.measures[relevance][key] for key in ("p1", "p5", "p10", "map10"))
            yield (
                f"{ranking.label:{width}}  {one.value:.3f}  {five.value:.3f}  {ten.value:.3f} "
                f"({ten.low:.3f} to {ten.high:.3f})   {average.value:.3f}"
            )
    yield ""
    yield f"Means over the ten nearest works of {SAMPLE} queries"
    yield " ".join([" " * width, *(f"{METRICS[name].label:>6} {METRICS[name].arrow}" for name in PICTURE_METRICS)])
    for ranking in results.rankings:
        cells = ("       –" if score is None else f"{score:8.4f}" for score in ranking.picture_scores.values())
        yield " ".join([f"{ranking.label:{width}}", *cells])
    yield f"The project that ArtExtract continues reported a mean SSIM of {PREVIOUS_SSIM}."


@command
def find_duplicates(
    name: Name, csv: Annotated[Path | None, typer.Option(help="Write the list to this CSV file.")] = None
) -> Output:
    """List works that show the same picture, a detail of it, or its mirror image."""
    from artextract.collection import Collection
    from artextract.files import write_bytes
    from artextract.similarity.duplicates import find
    from artextract.sources.tables.delimited import csv_bytes

    collection = Collection.open(name)
    with progress() as report:
        result = find.find_duplicates(collection, report)
    table = find.list_duplicates(collection)
    if csv is not None:
        write_bytes(csv, csv_bytes(table))
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    lines = [result.sentence()]
    for pair in rows:
        kind = f"{pair['kind']}{', mirrored' if pair['mirrored'] else ''}"
        lines.append(f"{pair['agreement']:.2f}  {kind:22}  {pair['work']}  |  {pair['other_work']}")
    return Output(asdict(result) | {"duplicates": rows}, lines)
