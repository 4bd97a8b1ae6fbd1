"""A model's folder: facts that contradict the tensors or each other are refused before anything is made."""

import json
import math
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from typer.testing import CliRunner

from artextract.attributes.certainty.ood_score import NearestPaintings
from artextract.attributes.model_bundle import SHIPPED, Bundle, ModelFacts
from artextract.cli import app
from artextract.errors import WeightsError
from artextract.tensor_files import HEADER, read_facts
from tests.support.made import jpeg, made_picture

FILE = "attributes.safetensors"
Facts = dict[str, Any]


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Facts], Path]:
    """Writes the shipped model's tensors with other facts."""
    tensors = load_file(SHIPPED / FILE)

    def write(facts: Facts) -> Path:
        save_file(tensors, tmp_path / FILE, {HEADER: json.dumps(facts)})
        return tmp_path

    return write


def shipped_facts() -> Facts:
    return json.loads(read_facts(SHIPPED / FILE, ModelFacts).model_dump_json())


def numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where numbers stand in facts; of a list, only the first."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from numbers(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value[:1]:
            yield from numbers(inner, (*path, 0))
    elif isinstance(value, int | float):
        yield path


def changed(facts: Facts, path: tuple[Any, ...], value: Any) -> Facts:
    copy = deepcopy(facts)
    inner: Any = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copy


def test_the_shipped_facts_are_taken(written: Callable[[Facts], Path]) -> None:
    assert Bundle.open(written(shipped_facts())).facts == Bundle.open().facts


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_every_number_is_finite(written: Callable[[Facts], Path], value: float) -> None:
    facts = shipped_facts()
    for path in numbers(facts):
        with pytest.raises(WeightsError, match="is not a model of this program"):
            Bundle.open(written(changed(facts, path, value)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("size",), 0),
        (("size",), -5),
        (("size",), 60_000),
        (("shape", "features"), 1280 * 20_000),
        (("shape", "features"), 0),
        (("shape", "gabor"), 47),
        (("shape", "hidden"), -128),
        (("shape", "hidden"), 256),
        (("shape", "outputs", "style"), 17),
        (("shape", "outputs", "date"), 10**9),
        (("shape", "outputs"), {"style": 16}),
        (("classes", "style"), ["Cubism"]),
        (("classes", "genre"), []),
        (("calibration",), {}),
        (("calibration", "style", "shift"), [0.0]),
        (("calibration", "date", "temperature"), 0.0),
        (("in_set_from", "style"), [0.0]),
        (("max_ood",), {"style": 0.5}),
        (("date_margin",), -1.0),
        (("name",), 5),
        (("more",), "unknown"),
    ],
)
def test_facts_that_contradict_are_refused(
    written: Callable[[Facts], Path], path: tuple[str, ...], value: object
) -> None:
    with pytest.raises(WeightsError, match=r"attributes\.safetensors is not a model of this program\. Train it again"):
        Bundle.open(written(changed(shipped_facts(), path, value)))


def test_predict_refuses_such_a_model_in_one_line(written: Callable[[Facts], Path], tmp_path: Path) -> None:
    folder = written(changed(shipped_facts(), ("size",), 60_000))
    (tmp_path / "one.jpg").write_bytes(jpeg(made_picture(5)))
    done = CliRunner().invoke(app, ["predict", str(tmp_path / "one.jpg"), "--model", str(folder)])
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1


def test_tensors_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    facts, tensors = read_facts(SHIPPED / FILE, ModelFacts), load_file(SHIPPED / FILE)
    tensors["pooled_heads.style.bias"] = np.full_like(tensors["pooled_heads.style.bias"], np.nan)
    save_file(tensors, tmp_path / FILE, {HEADER: facts.model_dump_json()})
    with pytest.raises(WeightsError, match="is missing or damaged"):
        Bundle.open(tmp_path).heads()


@pytest.mark.parametrize("name", ["mean", "components", "vectors", "widths", "out_of_distribution"])
def test_training_vectors_of_another_shape_are_refused(tmp_path: Path, name: str) -> None:
    tensors = load_file(SHIPPED / "training.safetensors")
    for wrong in (tensors[name][..., :-1], np.full_like(tensors[name], np.inf), np.array(1.0)):
        save_file(tensors | {name: np.ascontiguousarray(wrong)}, tmp_path / "training.safetensors")
        with pytest.raises(WeightsError, match="is missing or damaged"):
            NearestPaintings(tmp_path / "training.safetensors")
