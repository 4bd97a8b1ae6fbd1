"""How surely a style is named that the model has never seen.

    python -m train.left_out --config train/configs/left_out.yaml

For each of some styles a model is trained without its paintings, on the frozen features of the
tuned backbone, and then asked about the validation paintings of it and of the others.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field
from sklearn.metrics import roc_auc_score

from artextract.attributes.certainty.familiarity import NearestPaintings
from artextract.attributes.labels import Classes
from artextract.attributes.model_bundle import write_rows
from artextract.cli.common import errors_as_sentences
from artextract.errors import SourceError
from artextract.vision.device import Device, find_device
from train.checkpoints import Run
from train.config import AttributeSettings, Settings
from train.sequence.fit import fit, logits_of
from train.sequence.prepare import Prepared, prepare
from train.sequence.write_bundle import vectors_of, write_bundle


class LeftOutSettings(Settings):
    """`python -m train.left_out`."""

    model: AttributeSettings
    """How each is trained; the style's name is added to its name and output."""
    styles: list[str] = Field(min_length=1)
    """Each is left out in turn."""
    output: Path
    """The JSON file of the figures."""


def measure(settings: LeftOutSettings) -> list[dict[str, object]]:
    """A row a style: how surely its paintings and the others' are named.

    Raises:
        SourceError: a style has no validation paintings, or none of the other styles has.
    """
    device = find_device(settings.model.device)
    prepared = prepare(settings.model, device, mirrored=False)  # half the time, hardly a difference
    return [_without(style, prepared, settings.model, device) for style in settings.styles]


def _without(
    style: str, prepared: Prepared, settings: AttributeSettings, device: Device
) -> dict[str, object]:
    val = prepared.table.iloc[prepared.rows("val")]
    if not (val["style"] == style).any():
        raise SourceError(f"styles: no validation painting is {style!r}: check how it is written.")
    name = style.replace(" ", "_")
    own = settings.model_copy(
        update={"name": f"{settings.name} without {style}", "output": settings.output / name}
    )
    table = prepared.table.copy()
    table.loc[(table["style"] == style) & (table["part"] != "val"), "part"] = None
    classes = Classes.found_in(table[table["part"] == "fit"], settings.data.artist_at_least)
    less = replace(prepared, table=table, classes=classes, targets=classes.encode(table))
    model = fit(less, own, Run(own.output, own), device)
    bundle = write_bundle(own.output / "model", model, less, own, device)
    facts = bundle.facts

    asked = less.rows("val")[val["style"].notna().to_numpy()]
    logits = logits_of(model, less, asked)["style"]
    nearest = NearestPaintings(bundle.folder / "training.safetensors")
    knownness = facts.knownness.of(logits, nearest.familiarity(vectors_of(less)[asked]))
    probabilities = facts.calibration["style"].probabilities(logits)
    likeliest = probabilities.max(axis=1)
    sure = (likeliest >= facts.calibration["style"].threshold) & (
        knownness >= facts.knownness.threshold
    )
    unknown = (table["style"].iloc[asked] == style).to_numpy()
    right = probabilities.argmax(axis=1) == less.targets["style"][asked]
    return {
        "style": style,
        "n_unknown": int(unknown.sum()),
        "n_known": int((~unknown).sum()),
        "unknown_sure": float(sure[unknown].mean()),
        "unknown_sure_by_probability": float(
            (likeliest >= facts.calibration["style"].threshold)[unknown].mean()
        ),
        "known_sure": float(sure[~unknown].mean()),
        "known_right": float(right[~unknown & sure].mean()) if sure[~unknown].any() else None,
        "auroc": float(roc_auc_score(~unknown, knownness)),
        "auroc_of_probability": float(roc_auc_score(~unknown, likeliest)),
    }


@errors_as_sentences
def main(config: Annotated[Path, typer.Option(help="A YAML file: see train/configs.")]) -> None:
    """Measure how surely a style is named that the model has never seen."""
    settings = LeftOutSettings.read(config)
    rows = measure(settings)
    write_rows(settings.output, rows)
    for row in rows:
        print(
            ", ".join(
                f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()
            )
        )
    print(f"Written: {settings.output}")


if __name__ == "__main__":
    typer.run(main)
