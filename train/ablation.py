"""What each part of the model is worth: one table, measured in one run.

python -m train.ablation --config train/configs/ablation.yaml
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from artextract.attributes.evaluation.evaluate import baselines, questions_of
from artextract.attributes.evaluation.metrics import Scores, score
from artextract.attributes.model_bundle import write_rows
from artextract.cli.common import errors_as_sentences
from artextract.vision.device import find_device
from train.checkpoints import Run
from train.config import AttributeSettings, Settings
from train.sequence.calibrate import calibrate
from train.sequence.fit import fit, logits_of
from train.sequence.prepare import prepare

BASELINES = {"majority": "majority", "logistic_regression": "logistic regression on pooled embeddings"}
"""How the table calls them."""


class AblationSettings(Settings):
    """`python -m train.ablation`."""

    models: dict[str, AttributeSettings] = Field(min_length=1)
    """What to call a row of the table → how its model is trained."""
    output: Path
    """The JSON file of the table."""


def measure(settings: AblationSettings) -> list[dict[str, object]]:
    """The rows of the table: model, attribute and scores on the validation paintings."""
    rows: list[dict[str, object]] = []
    for number, (label, model_settings) in enumerate(settings.models.items()):
        device = find_device(model_settings.device)
        prepared = prepare(model_settings, device)
        fit_table, val_table = (prepared.table.iloc[prepared.rows(part)] for part in ("fit", "val"))
        listed = fit_table["artist"].dropna().unique()
        questions = questions_of(val_table, prepared.classes, listed)
        if number == 0:
            learnt = questions_of(fit_table, prepared.classes, listed)
            for name, scores in baselines(fit_table, learnt, val_table, questions, device).items():
                rows += [_row(BASELINES[baseline], name, figures) for baseline, figures in scores.items()]
        model = fit(prepared, model_settings, Run(model_settings.output, model_settings), device)
        calibration = calibrate(model, prepared, model_settings)
        logits = logits_of(model, prepared, prepared.rows("val"))
        for name, question in questions.items():
            if len(question.rows):
                probabilities = calibration[name].probabilities(logits[name][question.rows])
                rows.append(_row(label, name, score(question.probabilities(probabilities), question.target)))
    return rows


def _row(model: str, attribute: str, scores: Scores) -> dict[str, object]:
    return {"model": model, "attribute": attribute} | asdict(scores)


@errors_as_sentences
def main(config: Annotated[Path, typer.Option(help="A YAML file: see train/configs.")]) -> None:
    """Measure what each part of the model is worth."""
    settings = AblationSettings.read(config)
    rows = measure(settings)
    write_rows(settings.output, rows)
    for row in rows:
        figures = "  ".join(f"{row[key]:.3f}" for key in _FIGURES)
        print(f"{row['model']!s:45} {row['attribute']!s:7} {figures}")
    print(f"Columns: {', '.join(_FIGURES)}. Written: {settings.output}")


_FIGURES = ("accuracy", "balanced_accuracy", "macro_f1", "top5", "ece")

if __name__ == "__main__":
    typer.run(main)
