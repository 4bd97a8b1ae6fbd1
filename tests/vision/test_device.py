"""Any device: which one is taken, what is refused, and whether every tensor goes there.

There may be no GPU here. What goes to a device is shown on torch's "meta" device, which has shapes
and no values: an operation on it and the processor at once raises, as on a GPU, and so does the
moment in which values are asked for.
"""

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from artextract.attributes.labels import Classes
from artextract.attributes.model import AttributeModel, Shape
from artextract.cli import app
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.settings import DEVICE_VARIABLE
from artextract.sources.folder import FolderSource
from artextract.vision import device as devices
from artextract.vision.backbones import BACKBONES, weights_of
from artextract.vision.device import ARITHMETICS, Device, Kind, find_device
from artextract.vision.embedding import embed_collection, embedder_like, find_key, load_embeddings
from artextract.vision.feature_extractor import Embedder, FeatureMapper
from artextract.vision.feature_key import FeatureKey
from artextract.vision.feature_store import stored_keys
from artextract.vision.gabor import GaborBank
from artextract.vision.networks.load import arithmetic_of
from artextract.vision.networks.torch_network import TorchNetwork
from benchmarks import leaks
from tests.support.artgan_copy import make_copy
from tests.support.made import fill_folder, jpeg, made_picture
from tests.train.test_training import attribute_settings, data_of
from tests.ui.test_screens import screen, words
from train import backbone
from train.backbone import BackboneTraining
from train.checkpoints import Run
from train.config import BackboneSettings
from train.data.paintings import Paintings
from train.data.sequences import read_sequences
from train.losses import TrainingLoss
from train.sequence.fit import fit, logits_of

LITE = "efficientnet_lite2"
CPU = Device("cpu", "float32")
VALUES_ASKED = "meta tensor"
"""What torch says when values leave the meta device: all before it was computed there."""


class MetaDevice(Device):
    def autocast(self) -> AbstractContextManager[None]:
        return nullcontext()


META = MetaDevice("meta", "float32")


def on_meta(*shape: int) -> torch.Tensor:
    return torch.zeros(shape, device="meta")


# Every tensor goes where it should.


def test_a_network_is_on_its_device() -> None:
    network = TorchNetwork(BACKBONES[LITE], weights_of(BACKBONES[LITE]), META)
    found = network.module(on_meta(2, 3, 64, 64))
    assert (found.shape, found.device.type) == ((2, 1280), "meta")


def test_embeddings_and_maps_leave_the_device_last() -> None:
    pixels = np.zeros((2, 64, 64, 3), dtype=np.uint8)
    with pytest.raises(NotImplementedError, match=VALUES_ASKED):
        Embedder(BACKBONES[LITE], device=META).embed_prepared(pixels)
    with pytest.raises(NotImplementedError, match=VALUES_ASKED):
        FeatureMapper(BACKBONES[LITE], 64, device=META).maps(pixels)


def test_the_sequence_model_is_on_its_device() -> None:
    model = AttributeModel(Shape(8, 4, {"style": 3, "date": 5}, hidden=16)).to("meta")
    found = model(on_meta(2, 9, 8), on_meta(2, 9, 4))
    assert {name: value.device.type for name, value in found.items()} == {"style": "meta", "date": "meta"}


def test_gabor_filters_are_on_the_pictures_device() -> None:
    bank = GaborBank(wavelengths=(4.0,), directions=4)
    assert bank.magnitudes(on_meta(1, 64, 64)).device.type == "meta"
    with pytest.raises(NotImplementedError, match=VALUES_ASKED):
        bank.describe(np.zeros((1, 64, 64, 3), dtype=np.uint8), 7, META.torch)


def test_the_loss_is_on_its_device() -> None:
    attributes = ("style", "genre", "artist")
    targets = {name: np.array([0, 2, -1, 1]) for name in attributes}
    years = np.ones((4, 5), dtype=np.float32)
    spans = np.full((4, 2), np.nan, dtype=np.float32)
    paintings = Paintings(pd.DataFrame({"part": ["fit"] * 4}), Classes(*[("a", "b", "c")] * 3), targets, years, spans)
    loss = TrainingLoss(paintings, 0.1, META.torch)
    logits = {name: on_meta(2, 3) for name in attributes} | {"date": on_meta(2, 5)}
    assert loss(logits, np.array([1, 3])).device.type == "meta"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_copy(tmp_path_factory.mktemp("artgan"))


def tuning(copy: tuple[Path, Path], output: Path, device: str = "cpu") -> BackboneSettings:
    return BackboneSettings.model_validate({
        "name": "made",
        "data": data_of(copy),
        "backbone": LITE,
        "batch": 8,
        "device": device,
        "stages": [{"epochs": 2, "size": 32}],
        "learning_rate": 1e-3,
        "head_learning_rate": 1e-2,
        "warm_up": 2,
        "output": str(output),
    })


def test_a_step_of_tuning_is_on_its_device(
    copy: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backbone, "find_device", lambda name: META)
    random = torch.Generator()  # the meta device has none; the moving average makes one
    monkeypatch.setattr(torch, "Generator", lambda device: random)
    training = BackboneTraining(tuning(copy, tmp_path / "run"))
    assert {tensor.device.type for tensor in training.average.module.state_dict().values()} == {"meta"}
    pixels, rows = torch.zeros(8, 32, 32, 3, dtype=torch.uint8), training.rows[:8]
    assert training._step(0, pixels, rows).device.type == "meta"
    with pytest.raises(RuntimeError, match=VALUES_ASKED):
        training._measure(training.paintings.rows("aside"), 32)


def test_a_step_of_the_sequence_model_is_on_its_device(copy: tuple[Path, Path], tmp_path: Path) -> None:
    asked = attribute_settings(copy, tmp_path / "run")
    real = read_sequences(asked, CPU)
    model = AttributeModel(real.shape(asked.hidden)).to("meta")
    with pytest.raises(NotImplementedError, match=VALUES_ASKED):
        logits_of(model, real, real.paintings.rows("aside"))
    with pytest.raises(RuntimeError, match=VALUES_ASKED):  # the first step is made, its loss told
        fit(real, asked, Run(asked.output, asked), META)


# A run goes on on another device.


def test_a_run_goes_on_on_another_device(
    copy: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Run(tmp_path / "run", tuning(copy, tmp_path / "run", "cuda"))
    with monkeypatch.context() as patch:  # as a GPU's tensors are stored
        patch.setattr(torch.serialization, "location_tag", lambda storage: "cuda:0")
        first.save_state({"model": torch.ones(3)})
    state = Run(tmp_path / "run", tuning(copy, tmp_path / "run")).load_state()
    assert state is not None
    assert state["model"].device.type == "cpu"
    said = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert said["device"] == "cpu"


# Which device is taken, and what is refused.


def set_machine(patch: pytest.MonkeyPatch, cuda: tuple[int, int] | None, mps: bool = False, fast: bool = False) -> None:
    """What torch says of the machine: its GPU's compute capability, bfloat16 of the processor."""
    patch.setattr(devices, "has_gpu_driver", lambda: cuda is not None or mps)
    patch.setattr(torch.cuda, "is_available", lambda: cuda is not None)
    patch.setattr(torch.cuda, "get_device_capability", lambda: cuda)
    patch.setattr(torch.backends.mps, "is_available", lambda: mps)
    patch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: fast)


@pytest.mark.parametrize(
    ("cuda", "mps", "fast", "kind", "lite", "other"),
    [
        ((9, 0), False, True, "cuda", "bfloat16", "bfloat16"),
        ((8, 0), True, False, "cuda", "bfloat16", "bfloat16"),
        ((7, 5), False, True, "cuda", "float16", "float16"),
        (None, True, True, "mps", "float32", "float32"),
        (None, False, True, "cpu", "float32", "bfloat16"),  # the network that ONNX Runtime runs, and another
        (None, False, False, "cpu", "float32", "float32"),
    ],
)
def test_auto_takes_the_gpu_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, cuda: Any, mps: bool, fast: bool, kind: Kind, lite: str, other: str
) -> None:
    set_machine(monkeypatch, cuda, mps, fast)
    monkeypatch.delenv(DEVICE_VARIABLE, raising=False)
    found = Device(kind)
    assert find_device() == find_device("auto") == find_device(kind) == found
    assert arithmetic_of(BACKBONES[LITE], found) == arithmetic_of(BACKBONES["paintings"], found) == lite
    assert arithmetic_of(BACKBONES["convnext_tiny"], found) == other
    assert arithmetic_of(BACKBONES[LITE], found.in_arithmetic("bfloat16")) == "bfloat16"
    monkeypatch.setenv(DEVICE_VARIABLE, " CPU ")
    assert find_device().kind == "cpu"
    assert find_device("auto") == found
    assert tuning((Path("images"), Path("labels")), Path("run"), "auto").device == "auto"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("cuda", "This machine has no device 'cuda' that PyTorch can use: choose auto or cpu"),
        ("abacus", "There is no device called 'abacus': choose auto, cpu, cuda, mps"),
    ],
)
def test_a_device_that_is_not_there_is_one_sentence(
    ready: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, sentence: str
) -> None:
    set_machine(monkeypatch, None)
    picture = tmp_path / "one.jpg"
    picture.write_bytes(jpeg(made_picture(1)))
    places = ["--images", str(tmp_path), "--labels", str(tmp_path)]
    commands = (
        ["embed", "small"],
        ["search", "small", "--work", "a/work-01.jpg"],
        ["predict-collection", "small"],
        ["predict", str(picture)],
        ["evaluate", "attributes", *places],
    )
    for command in commands:
        for environment, option in (("auto", ["--device", name]), (name, [])):
            monkeypatch.setenv(DEVICE_VARIABLE, environment)
            done = CliRunner().invoke(app, [*command, *option, "--json"])
            assert done.exit_code == 1, command
            assert sentence in json.loads(done.stdout)["error"]
            assert done.stderr.strip() == json.loads(done.stdout)["error"]
    monkeypatch.setenv(DEVICE_VARIABLE, name)
    assert sentence in words(screen("explore", collection="small"))
    here = ["embed", "small", "--backbone", LITE, "--device", "cpu"]
    assert CliRunner().invoke(app, here).exit_code == 0
    training = typer.Typer()
    training.command("leaks")(leaks.main)
    training.command("backbone")(backbone.main)
    config = tmp_path / "x.yaml"
    config.write_text(tuning(make_copy(tmp_path), tmp_path / "run", name).model_dump_json())
    for command in (["leaks", *places, "--device", name], ["backbone", "--config", str(config)]):
        done = CliRunner().invoke(training, command)
        assert done.exit_code == 1
        assert sentence in str(done.exception)


# The arithmetic is in the key of features.

keys = st.builds(
    FeatureKey,
    st.sampled_from(sorted(BACKBONES)),
    st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{1,3}px-(whole|crop0\.[0-9]{1,4}|crop1)", fullmatch=True),
    st.sampled_from(ARITHMETICS),
)


@given(keys)
@settings(max_examples=50, deadline=None)
def test_a_key_is_read_as_it_was_written(key: FeatureKey) -> None:
    assert FeatureKey.parse(str(key)) == key
    assert FeatureKey.parse(str(key).removesuffix(f"-{key.arithmetic}")) is None


def test_vectors_of_another_arithmetic_are_used_but_never_mixed(tmp_path: Path) -> None:
    collect(FolderSource(fill_folder(tmp_path / "pictures", 3)), "few")
    few, other = Collection.open("few"), CPU.in_arithmetic("bfloat16")
    embed_collection(few, LITE, device=other)
    embeddings = load_embeddings(few, LITE, CPU)  # only the others are there
    assert embeddings.key.arithmetic == "bfloat16"
    embedder = embedder_like(embeddings, CPU)
    assert embedder.key == embeddings.key
    picture = few.image_path(few.works()["image"].iloc[0])
    assert np.array_equal(embedder.embed(picture).astype(np.float16), embeddings.vectors[0])

    assert embed_collection(few, LITE, device=CPU).computed == 3
    assert {key.arithmetic for key in stored_keys(few)} == {"bfloat16", "float32"}
    for device in (CPU, other):
        found = find_key(few, LITE, device)
        assert found is not None
        assert found.arithmetic == device.arithmetic
    own = load_embeddings(few, LITE, CPU).vectors
    assert not np.array_equal(own, embeddings.vectors)
    assert np.array_equal(load_embeddings(few, LITE, other).vectors, embeddings.vectors)
