"""`artextract evaluate similarity` and `duplicates`: trust in neighbours, and copies."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from artextract.cli.common import Json, Name, errors_as_sentences, print_json, progress

if TYPE_CHECKING:
    from artextract.similarity.evaluation.results import Results


@errors_as_sentences
def evaluate_similarity(name: Name, as_json: Json = False) -> None:
    """Measure how often a work's neighbours share its artist, style and genre.

    Each embedding that the collection has, their fusions and corrections, beside random works and
    the nearest by pixels. The Model report shows what was measured last.
    """
    from artextract.collection import Collection
    from artextract.similarity.evaluation.evaluate import evaluate_likeness

    with progress() as report:
        found = evaluate_likeness(Collection.open(name), report)
    if as_json:
        print_json(found.summary())
        return
    _print(found)


def _print(found: "Results") -> None:
    from artextract.similarity.evaluation.pictures import FORERUNNER_SSIM, SENTENCE
    from artextract.similarity.evaluation.trial import QUESTIONS

    print(found.sentence())
    width = max(len(row.label) for row in found.rows)
    for question, asked in found.asked.items():
        print(f"\n{QUESTIONS[question].label} ({asked:,} queries)")
        print(f"{'':{width}}    P@1    P@5   P@10 (95 % interval)   mAP@10   gain at P@10")
        for row in found.rows:
            figures, gain = row.figures[question], row.gains.get(question)
            ten = figures["p10"]
            told = f"{gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})" if gain else ""
            print(
                f"{row.label:{width}}  {figures['p1'].value:.3f}  {figures['p5'].value:.3f}  "
                f"{ten.value:.3f} ({ten.low:.3f} to {ten.high:.3f})   "
                f"{figures['map10'].value:.3f}   {told}".rstrip()
            )
    print("\nHubs, and the pixels of the ten nearest of fifty queries")
    print(f"{'':{width}}   skew   most  never   SSIM ↑  RMSE ↓  LPIPS ↓ cosine ↑")
    for row in found.rows:
        cells = [row.pictures[metric] for metric in ("ssim", "rmse", "lpips", "cosine")]
        told = "  ".join("      –" if cell is None else f"{cell:7.4f}" for cell in cells)
        hubs = row.hubness
        print(f"{row.label:{width}}  {hubs.skew:5.2f}  {hubs.most:5,}  {hubs.never:5.1%}  {told}")
    print(f"The forerunner reached a mean SSIM of {FORERUNNER_SSIM}. {SENTENCE}")


@errors_as_sentences
def duplicates(
    name: Name,
    csv: Annotated[Path | None, typer.Option(help="Write the list to this CSV file.")] = None,
    as_json: Json = False,
) -> None:
    """List the works of a collection that show the same: twice, as a detail, mirrored."""
    from artextract.collection import Collection
    from artextract.files import write_bytes
    from artextract.similarity.duplicates.find import find_duplicates, list_duplicates

    collection = Collection.open(name)
    with progress() as report:
        done = find_duplicates(collection, report)
    table = list_duplicates(collection)
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
