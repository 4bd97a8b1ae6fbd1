"""EfficientNet-Lite2 by ONNX Runtime: PyTorch's results, without PyTorch."""

import collections
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from artextract.collection import Collection
from artextract.errors import WeightsError
from artextract.network_queue import NOW
from artextract.vectors import unit
from artextract.vision.backbones import BACKBONES, Backbone, build, weights_of
from artextract.vision.device import Device
from artextract.vision.feature_extractor import Embedder, FeatureMapper
from artextract.vision.networks.efficientnet_lite import OnnxNetwork
from artextract.vision.networks.load import load_network
from artextract.vision.networks.torch_network import TorchNetwork
from artextract.vision.weights import SHIPPED, Weights

CPU = Device("cpu", "float32")
LITE, STYLE = BACKBONES["efficientnet_lite2"], BACKBONES["style"]


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)


@pytest.mark.parametrize("backbone", [LITE, STYLE], ids=["lite", "style"])
@pytest.mark.parametrize("size", [(64, 64), (97, 83), (130, 131)], ids=str)
def test_both_libraries_agree(backbone: Backbone, size: tuple[int, int]) -> None:
    weights, pixels = weights_of(backbone), noise(2, *size)
    here = load_network(backbone, weights, CPU)
    assert isinstance(here, OnnxNetwork)
    there = TorchNetwork(backbone, weights, CPU)
    found, wanted = here.embed(pixels, NOW), there.embed(pixels, NOW)
    assert found.dtype == np.float32
    assert (unit(found) * unit(wanted)).sum(axis=1).min() >= 0.99999
    np.testing.assert_allclose(here.maps(pixels, NOW), there.maps(pixels, NOW), atol=1e-3)


def test_a_result_does_not_depend_on_its_batch() -> None:
    network, pixels = load_network(STYLE, weights_of(STYLE), CPU), noise(5, 64, 64)
    together = network.maps(pixels, NOW)
    assert np.array_equal(network.maps(pixels[3:4], NOW)[0], together[3])


def test_the_pickled_weights_are_those_that_torch_reads() -> None:
    weights = weights_of(LITE)
    assert weights.path.suffix == ".pth"
    found, wanted = weights.load(), torch.load(weights.path, weights_only=True)
    assert list(found) == list(wanted)
    assert all(np.array_equal(found[name], wanted[name].numpy()) for name in wanted)


def test_a_pickle_of_anything_else_is_not_opened(tmp_path: Path) -> None:
    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path / 'run'}",)

    file = tmp_path / "weights.pth"
    parts: list[object] = [1, 2, {}, collections.OrderedDict(a=Harmful()), []]
    file.write_bytes(b"".join(map(pickle.dumps, parts)))
    with pytest.raises(pickle.UnpicklingError, match="system is not allowed"):
        Weights(file, "package", "").load()
    assert not (tmp_path / "run").exists()


def test_a_file_of_the_users_may_be_pickled_by_torch(tmp_path: Path) -> None:
    file = tmp_path / "tuned.pth"
    torch.save(build(STYLE, weights_of(STYLE)).state_dict(), file)
    pixels = noise(1, 64, 64)
    found = FeatureMapper(STYLE, 64, file, CPU).maps(pixels)
    assert np.array_equal(found, FeatureMapper(STYLE, 64, None, CPU).maps(pixels))


@pytest.mark.parametrize("change", ["missing", "shape", "cut"])
def test_weights_of_another_network_are_one_sentence(tmp_path: Path, change: str) -> None:
    tensors, file = load_file(SHIPPED / "style.safetensors"), tmp_path / "other.safetensors"
    name = "blocks.3.1.conv_pwl.weight"
    changed = {**tensors, name: tensors[name][:-1]} if change == "shape" else dict(tensors)
    if change == "missing":
        del changed[name]
    save_file(changed, file)
    if change == "cut":
        file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(WeightsError, match=r"other\.safetensors is not a checkpoint of style"):
        Embedder(STYLE, file, CPU)


def python(script: str, *arguments: str) -> None:
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_search_by_picture_does_not_import_pytorch(ready: Collection) -> None:
    script = """
import sys
from artextract.cli import app

app(["search", sys.argv[1], "--image", sys.argv[2], "--device", "cpu"], standalone_mode=False)
found = {"torch", "timm", "sklearn", "scipy"} & sys.modules.keys()
assert not found, found
"""
    python(script, ready.name, str(ready.image_path(ready.works()["image"].iloc[0])))


def test_embedding_does_not_import_pytorch() -> None:
    script = """
import sys
import numpy as np
from artextract.vision.backbones import find_backbone
from artextract.vision.device import find_device
from artextract.vision.feature_extractor import Embedder, FeatureMapper

pixels = np.zeros((1, 64, 64, 3), np.uint8)
assert Embedder(find_backbone("paintings"), device=find_device("cpu")).embed_prepared(pixels).shape == (1, 512)
assert FeatureMapper(find_backbone("style"), 64, device=find_device("cpu")).maps(pixels).shape == (1, 4, 1280)
found = {"torch", "timm", "sklearn", "scipy"} & sys.modules.keys()
assert not found, found
"""
    python(script)
