"""`artextract evaluate similarity` and `duplicates`: trust in neighbours, and copies."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from artextract.cli.common import Json, Name, errors_as_sentences, print_json, progress

if TYPE_CHECKING:
    from artextract.similarity.evaluation.results import SimilaritySummary


@errors_as_sentences
def evaluate_similarity(name: Name, as_json: Json = False) -> None:
    """Measure how often similar works have the same artist, style and genre.

    Evaluates every embedding of the collection beside two baselines: random works, and the nearest works by
    pixels. The Model report shows the latest results.
    """
    from artextract.collection import Collection
    from artextract.similarity.evaluation import evaluate

    with progress() as report:
        summary = evaluate.evaluate_similarity(Collection.open(name), report).summary
    if as_json:
        print_json(summary.model_dump())
    else:
        _print(summary)


def _print(summary: "SimilaritySummary") -> None:
    from artextract.similarity.evaluation.evaluate import FORERUNNER_SSIM, SAMPLE
    from artextract.similarity.evaluation.retrieval_task import RELEVANCES
    from artextract.similarity.metrics.registry import METRICS, PICTURE_METRICS

    print(summary.sentence)
    width = max(len(ranking.label) for ranking in summary.rankings)
    for relevance, counted in summary.counted.items():
        print(f"\n{RELEVANCES[relevance].label} ({counted:,} queries)")
        print(f"{'':{width}}    P@1    P@5   P@10 (95 % interval)   mAP@10")
        for ranking in summary.rankings:
            one, five, ten, average = (ranking.measures[relevance][key] for key in ("p1", "p5", "p10", "map10"))
            print(
                f"{ranking.label:{width}}  {one.value:.3f}  {five.value:.3f}  {ten.value:.3f} "
                f"({ten.low:.3f} to {ten.high:.3f})   {average.value:.3f}"
            )
    print(f"\nMeans over the ten nearest works of {SAMPLE} queries")
    print(f"{'':{width}}", *(f"{METRICS[name].label:>6} {METRICS[name].arrow}" for name in PICTURE_METRICS))
    for ranking in summary.rankings:
        cells = ("       –" if score is None else f"{score:8.4f}" for score in ranking.picture_scores.values())
        print(f"{ranking.label:{width}}", *cells)
    print(f"The forerunner of this program reported a mean SSIM of {FORERUNNER_SSIM}.")


@errors_as_sentences
def find_duplicates(
    name: Name,
    csv: Annotated[Path | None, typer.Option(help="Write the list to this CSV file.")] = None,
    as_json: Json = False,
) -> None:
    """List the works of a collection that show the same: twice, as a detail, mirrored."""
    from artextract.collection import Collection
    from artextract.files import write_bytes
    from artextract.similarity.duplicates import find

    collection = Collection.open(name)
    with progress() as report:
        done = find.find_duplicates(collection, report)
    table = find.list_duplicates(collection)
    if csv is not None:
        write_bytes(csv, table.to_csv(index=False).encode("utf-8-sig"))
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        print_json(asdict(done) | {"duplicates": rows})
        return
    print(done.sentence())
    for pair in table.to_dict("records"):
        how = f"{pair['kind']}{', mirrored' if pair['mirrored'] else ''}"
        print(f"{pair['agreement']:.2f}  {how:22}  {pair['work']}  |  {pair['other_work']}")
