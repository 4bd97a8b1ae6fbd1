"""On an NVIDIA GPU: the same as on the processor, within what `vision.networks.load` asks for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from artextract.attributes.reader import Reader
from artextract.attributes.saliency import saliency
from artextract.sources.demo import DemoSource
from artextract.vision.backbones import BACKBONES
from artextract.vision.device import Device, fastest
from artextract.vision.feature_extractor import Embedder
from artextract.vision.images import open_picture
from artextract.vision.preprocessing import prepare
from tests.support.artgan_copy import make_copy
from tests.vision.test_device import LITE, tuning
from train.backbone import BackboneTraining

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU of NVIDIA's")


@pytest.fixture(scope="module")
def pictures() -> list[Any]:
    return [open_picture(work.read()).image for work in DemoSource(12).works()]


@pytest.mark.parametrize("own", [True, False])
def test_a_gpu_embeds_as_the_processor_does(pictures: list[Any], own: bool) -> None:
    arithmetic = fastest("cuda") if own else "float32"
    how = BACKBONES[LITE].preprocessing
    pixels = np.stack([prepare(picture, how) for picture in pictures])
    one, other = (
        Embedder(BACKBONES[LITE], device=Device(kind, arithmetic)).embed_prepared(pixels) for kind in ("cpu", "cuda")
    )
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    assert ((one * other).sum(axis=1) / lengths).min() >= 0.999


def test_a_gpu_reads_as_the_processor_does(pictures: list[Any]) -> None:
    arithmetic = fastest("cuda")
    one, other = (Reader(device=Device(kind, arithmetic)) for kind in ("cpu", "cuda"))
    found, again = one.predict(pictures), other.predict(pictures)
    for name, values in found.probabilities.items():
        np.testing.assert_allclose(values, again.probabilities[name], atol=0.01)
    for mine, theirs in zip(one.readings(found), other.readings(again), strict=True):
        for name in ("style", "genre", "artist"):
            assert mine.answer(name).labels[0].name == theirs.answer(name).labels[0].name
    cells = [saliency(reader, pictures[0], "style", [[0]])[0].cells.ravel() for reader in (one, other)]
    assert np.corrcoef(cells[0], cells[1])[0, 1] > 0.95


def test_a_run_of_the_processors_goes_on_on_a_gpu(tmp_path: Path) -> None:
    copy = make_copy(tmp_path)
    BackboneTraining(tuning(copy, tmp_path / "run")).epoch()
    training = BackboneTraining(tuning(copy, tmp_path / "run", "cuda"))
    before = training.model.state_dict()["heads.style.weight"].clone()
    training.epoch()
    assert training.done == 2
    assert before.device.type == "cuda"
    assert not torch.equal(before, training.model.state_dict()["heads.style.weight"])
