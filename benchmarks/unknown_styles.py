"""How often the model is sure about paintings of styles that it does not know, where every sure style is wrong.

    python -m benchmarks.unknown_styles --pictures <folder with a folder for each unknown style>

Measured on the half of the styles that did not set the OOD score. The shipped model's rows stand in its folder, in
`unknown_styles.json`.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from artextract.attributes.model_bundle import SHIPPED, Bundle
from artextract.attributes.reader import Reader, read_files
from artextract.files import write_bytes
from train.config import run
from train.sequence.calibrate import unknown_pictures


def measure(bundle: Bundle, pictures: Path) -> list[dict[str, object]]:
    """One row per unknown style: `style`, `paintings`, `sure` and `out_of_distribution`, shares 0…1.

    Raises SourceError if there are no such styles, WeightsError if the model is damaged.
    """
    reader = Reader(bundle)
    files = unknown_pictures(pictures, bundle.facts.seed)[1]
    readings = reader.readings(read_files(reader, files))
    styles = [file.parent.name.replace("_", " ") for file in files]
    counts = Counter(styles)
    sure = Counter(style for style, one in zip(styles, readings, strict=True) if not one.style.unsure)
    outside = Counter(style for style, one in zip(styles, readings, strict=True) if one.out_of_distribution)
    return [
        {"style": style, "paintings": count, "sure": sure[style] / count, "out_of_distribution": outside[style] / count}
        for style, count in counts.items()
    ]


def main(
    pictures: Annotated[Path, typer.Option(help="The folder with a folder for each unknown style.")],
    model: Annotated[Path, typer.Option(help="The folder of a trained model.")] = SHIPPED,
    output: Annotated[Path | None, typer.Option(help="A JSON file to write.")] = None,
) -> None:
    """Measure how often the model is sure about paintings of unknown styles."""
    rows = measure(Bundle.open(model), pictures)
    if output is not None:
        write_bytes(output, json.dumps(rows, indent=1).encode())
    for row in rows:
        print(", ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))
    total = sum(int(str(row["paintings"])) for row in rows)
    sure = sum(float(str(row["sure"])) * int(str(row["paintings"])) for row in rows)
    print(f"All {total} paintings: {sure / total:.3f} with a sure style")


if __name__ == "__main__":
    run(main)
