"""Training from beginning to end on a small made copy: it learns, resumes, and is read again."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file
from typer.testing import CliRunner

from artextract.attributes.evaluation.evaluate import evaluate
from artextract.attributes.model_bundle import Bundle
from artextract.attributes.reader import Reader
from artextract.cli import app
from artextract.errors import ArtExtractError, SourceError, StorageError, WeightsError
from artextract.vision.images import open_picture
from benchmarks import unknown_styles
from benchmarks.ablation import AblationSettings
from tests.support.artgan_copy import make_copy
from tests.support.made import made_picture
from train import attributes, backbone, config
from train.config import AttributeSettings, BackboneSettings, ConcatenationSettings, TextProjectionSettings
from train.losses import TrainingLoss
from train.sequence.calibrate import unknown_pictures


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_copy(tmp_path_factory.mktemp("artgan"))


def data_of(copy: tuple[Path, Path]) -> dict[str, Any]:
    return {"copies": [{"images": str(copy[0]), "labels": str(copy[1])}], "aside": 0.2, "artist_at_least": 4}


def attribute_settings(copy: tuple[Path, Path], output: Path, **changes: Any) -> AttributeSettings:
    plain = {
        "name": "made",
        "data": data_of(copy),
        "backbone": "efficientnet_lite2",
        "size": 64,
        "hidden": 16,
        "epochs": 6,
        "batch": 8,
        "learning_rate": 0.005,
        "output": str(output),
        "patience": 6,
        "ood_pictures": 24,
    }
    return AttributeSettings.model_validate(plain | changes)


@pytest.fixture(scope="module")
def trained(copy: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[AttributeSettings, Bundle]:
    """A model trained on the made copy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTEXTRACT_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings = attribute_settings(copy, tmp_path_factory.mktemp("run") / "left-alone")
        return settings, attributes.train(settings)


def test_it_learns_what_the_pictures_show(trained: tuple[AttributeSettings, Bundle], copy: tuple[Path, Path]) -> None:
    found = evaluate(Reader(trained[1]), *copy, "val")["attributes"]
    assert found["style"]["n"] == 18
    assert found["style"]["accuracy"] > 0.8  # guessing gives a third
    assert found["genre"]["n"] == 12
    assert found["artist"]["classes"] == 1  # who painted the held-out ones
    assert found["date"]["n"] == 18
    assert 0 <= found["style"]["ece"] <= 1
    assert found["date"]["median_abs_error_years"] < 100


def test_a_run_writes_checkpoints_and_results(trained: tuple[AttributeSettings, Bundle]) -> None:
    output = trained[0].output
    assert (output / "epoch_1.safetensors").is_file()
    assert (output / "final.safetensors").is_file()
    assert list((output / "events").glob("events.*"))
    for name in ("style", "genre", "artist"):
        folder = output / "results" / name
        assert (folder / "confusion_matrix.png").read_bytes().startswith(b"\x89PNG")
        assert "precision" in (folder / "classification_report.txt").read_text()
        metrics = json.loads((folder / "metrics.json").read_text())
        assert f"accuracy {metrics['accuracy']:.4f}" in (folder / "scores.txt").read_text()
    table = trained[1].validation
    said = json.loads((output / "results/style/metrics.json").read_text())
    assert (table["style"] == table["style_predicted"]).mean() == pytest.approx(said["accuracy"])


def test_unknown_styles_are_asked_about_in_the_half_that_set_nothing(
    trained: tuple[AttributeSettings, Bundle], tmp_path: Path
) -> None:
    for number, style in enumerate(("Dada", "Op_Art", "Tonalism", "Vorticism")):
        (tmp_path / style).mkdir()
        for copy_number in range(2):
            made_picture(10 * number + copy_number, 64, 64).save(tmp_path / style / f"one_{copy_number}.jpg")
    rows = unknown_styles.measure(trained[1], tmp_path)
    setting, measuring = unknown_pictures(tmp_path, trained[1].facts.seed)
    assert {file.parent.name.replace("_", " ") for file in measuring} == {row["style"] for row in rows}
    assert not {file.parent.name for file in setting} & {file.parent.name for file in measuring}
    assert [row["paintings"] for row in rows] == [2, 2]
    assert all(0 <= float(str(row["sure"])) <= 1 for row in rows)


class Killed(Exception):  # noqa: N818 - as a signal is named
    pass


def test_a_killed_training_ends_as_one_left_alone(
    trained: tuple[AttributeSettings, Bundle], copy: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = attribute_settings(copy, tmp_path / "killed")
    real, steps = TrainingLoss.__call__, []

    def killed_in_the_third_epoch(*arguments: Any) -> torch.Tensor:
        steps.append(1)
        if len(steps) == 12:
            raise Killed
        return real(*arguments)

    monkeypatch.setattr(TrainingLoss, "__call__", killed_in_the_third_epoch)
    with pytest.raises(Killed):
        attributes.train(settings)
    assert (settings.output / "epoch_2.safetensors").is_file()
    assert not (settings.output / "final.safetensors").exists()
    monkeypatch.setattr(TrainingLoss, "__call__", real)
    attributes.train(settings)
    alone = load_file(trained[0].output / "final.safetensors")
    resumed = load_file(settings.output / "final.safetensors")
    assert all(torch.equal(alone[name], resumed[name]) for name in alone)


def test_a_tuned_backbone_resumes_and_reads(
    copy: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settings(name: str) -> BackboneSettings:
        return BackboneSettings.model_validate({
            "name": name,
            "data": data_of(copy),
            "backbone": "efficientnet_lite2",
            "stages": [{"epochs": 1, "size": 32}, {"epochs": 1, "size": 64}],
            "batch": 8,
            "learning_rate": 1e-3,
            "head_learning_rate": 1e-2,
            "warm_up": 2,
            "output": str(tmp_path / name),
        })

    final = backbone.train(settings("alone"))
    real, steps = backbone.BackboneTraining._step, []

    def killed_in_the_second_epoch(*arguments: Any) -> torch.Tensor:
        steps.append(1)
        if len(steps) == 7:
            raise Killed
        return real(*arguments)

    monkeypatch.setattr(backbone.BackboneTraining, "_step", killed_in_the_second_epoch)
    with pytest.raises(Killed):
        backbone.train(settings("killed"))
    monkeypatch.setattr(backbone.BackboneTraining, "_step", real)
    resumed = load_file(backbone.train(settings("killed")))
    alone = load_file(final)
    assert all(torch.equal(alone[name], resumed[name]) for name in alone)
    assert not torch.equal(
        alone["conv_head.weight"], load_file(tmp_path / "alone" / "epoch_1.safetensors")["conv_head.weight"]
    )
    bundle = attributes.train(attribute_settings(copy, tmp_path / "on-tuned", weights=str(final), epochs=1))
    assert Reader(bundle).mapper.weights.origin == "file"


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"backbone": "nothing"}, ArtExtractError, "Unknown backbone 'nothing'"),
        ({"weights": "nowhere.safetensors"}, WeightsError, "nowhere.safetensors does not exist"),
        ({"copy": {"images": "/nowhere", "labels": "LABELS"}}, SourceError, "no folder /nowhere"),
        ({"copy": {"images": "IMAGES", "labels": "/nowhere"}}, SourceError, "no folder /nowhere"),
    ],
)
def test_a_configuration_that_cannot_run_is_one_sentence(
    copy: tuple[Path, Path], tmp_path: Path, change: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    if "copy" in change:
        places = {"IMAGES": str(copy[0]), "LABELS": str(copy[1])}
        own = {key: places.get(text, text) for key, text in change["copy"].items()}
        change = {"data": data_of(copy) | {"copies": [own]}}
    with pytest.raises(error, match=sentence):
        attributes.train(attribute_settings(copy, tmp_path / "run", **change))


def test_another_configuration_does_not_go_on_in_the_same_folder(
    trained: tuple[AttributeSettings, Bundle], copy: tuple[Path, Path]
) -> None:
    with pytest.raises(StorageError, match="holds a run with another configuration"):
        attributes.train(attribute_settings(copy, trained[0].output, hidden=8))


def write_yaml(file: Path, content: Any) -> Path:
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return file


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("name: [", "is not YAML"), ({"name": "x", "wrong": 1}, "wrong|data"), ({"name": "x"}, "data: Field required")],
)
def test_a_wrong_configuration_file_is_one_sentence(tmp_path: Path, content: Any, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        AttributeSettings.read(write_yaml(tmp_path / "x.yaml", content))


def test_values_of_a_configuration_are_changed_on_the_command_line(tmp_path: Path) -> None:
    file = Path(attributes.__file__).parent / "configs" / "attributes.yaml"
    settings = AttributeSettings.read(file, ["epochs=3", "data.copies.0.images=/my/images", "heads=null"])
    assert (settings.epochs, settings.data.copies[0].images, settings.heads) == (3, Path("/my/images"), None)
    for change in ("epochs", "data.copies.9.images=x", "name.wrong=x"):
        with pytest.raises(SourceError, match="Write key=value"):
            AttributeSettings.read(file, [change])
    with pytest.raises(SourceError, match="wrong: Extra inputs"):
        AttributeSettings.read(file, ["wrong=1"])


def test_an_error_of_a_command_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["train", "--config", "nowhere.yaml"])
    with pytest.raises(SystemExit) as stopped:
        config.run(attributes.main)
    wanted = "The configuration nowhere.yaml can't be read (No such file or directory). See train/configs."
    assert stopped.value.code == wanted


def test_the_configurations_that_come_with_the_program_are_right() -> None:
    root = Path(attributes.__file__).parents[1]
    files = [*root.glob("train/configs/*.yaml"), *root.glob("benchmarks/configs/*.yaml")]
    assert len(files) == 7
    for file in files:
        if file.stem.startswith("ablation"):
            assert AblationSettings.read(file).models
        elif file.stem.startswith("backbone"):
            assert BackboneSettings.read(file).stages
        elif file.stem == "concatenate":
            assert ConcatenationSettings.read(file).scales
        elif file.stem == "text_projection":
            assert TextProjectionSettings.read(file).collection
        else:
            assert AttributeSettings.read(file).name


def test_a_damaged_model_is_one_sentence(trained: tuple[AttributeSettings, Bundle], tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="There is no model in"):
        Bundle.open(tmp_path)
    (tmp_path / "attributes.safetensors").write_bytes(b"nonsense")
    with pytest.raises(WeightsError, match="is not a model of this program"):
        Bundle.open(tmp_path)
    for file in trained[1].folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "backbone.safetensors").write_bytes(b"nonsense")
    with pytest.raises(WeightsError, match="is not a checkpoint of efficientnet_lite2"):
        Reader(Bundle.open(tmp_path))
    (tmp_path / "training.safetensors").unlink()
    (tmp_path / "backbone.safetensors").write_bytes(trained[1].backbone_file.read_bytes())
    with pytest.raises(WeightsError, match="is missing or damaged"):
        Reader(Bundle.open(tmp_path))


def test_the_command_line_reads_and_evaluates_with_a_model_of_ones_own(
    trained: tuple[AttributeSettings, Bundle], copy: tuple[Path, Path]
) -> None:
    model = str(trained[1].folder)
    image = sorted(copy[0].glob("Cubism/*.jpg"))[0]
    done = CliRunner().invoke(app, ["predict", str(image), "--model", model, "--json"])
    said = json.loads(done.stdout)["readings"][0]
    reading = Reader(trained[1]).read(open_picture(image).image)
    assert said["style"]["labels"][0]["name"] == reading.style.labels[0].name
    assert said["style"]["labels"][0]["probability"] == reading.style.labels[0].probability
    places = ["--images", str(copy[0]), "--labels", str(copy[1]), "--model", model, "--json"]
    done = CliRunner().invoke(app, ["evaluate", "attributes", *places])
    assert json.loads(done.stdout)["attributes"]["style"]["n"] == 18


def test_an_empty_split_is_one_sentence(
    trained: tuple[AttributeSettings, Bundle], copy: tuple[Path, Path], tmp_path: Path
) -> None:
    only = tmp_path / "images" / "Cubism"
    only.mkdir(parents=True)
    first = next(p for p in sorted(copy[0].glob("Cubism/*.jpg")) if "picture-0-" in p.name)
    (only / first.name).write_bytes(first.read_bytes())
    places = ["--images", str(tmp_path / "images"), "--labels", str(copy[1])]
    model = ["--model", str(trained[1].folder)]
    done = CliRunner().invoke(app, ["evaluate", "attributes", *places, *model])
    assert done.exit_code == 1
    assert "is in the val lists" in done.stderr
