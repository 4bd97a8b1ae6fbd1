"""Keypoint R-CNN by its name: an untrained network of its real form, in the published names."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models.detection import KeypointRCNN as Architecture
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from typer.testing import CliRunner

from artextract.cli import app as command_line
from artextract.collection import Collection
from artextract.detection import keypoint_rcnn, pose_finder
from artextract.detection.keypoint_rcnn import NAME, POINT_OF, URL, KeypointRCNN
from artextract.detection.pose_finder import BLAZEPOSE, PoseFinder
from artextract.detection.pose_similarity import LIMBS, PoseIndex, limbs_of
from artextract.errors import ArtExtractError, WeightsError
from artextract.settings import CACHE_VARIABLE
from artextract.vision import weights
from tests.support.made import somebody
from tests.ui.test_screens import screen, words


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint as torchvision's is: its older names of the pyramid and of the proposals."""
    torch.manual_seed(0)
    network = Architecture(resnet_fpn_backbone(backbone_name="resnet50", weights=None), 2)
    tensors = {
        re.sub(r"(fpn\.\w+_blocks\.\d|rpn\.head\.conv)((?:\.0)+)(?=\.(weight|bias)$)", r"\1", name): one.half()
        for name, one in network.state_dict().items()
    }
    assert "backbone.fpn.inner_blocks.0.weight" in tensors
    assert "rpn.head.conv.weight" in tensors
    path = tmp_path_factory.mktemp("weights") / URL.rpartition("/")[2]
    torch.save(tensors, path)
    return path


@pytest.fixture(autouse=True)
def small_and_blind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Small pictures; an untrained network is sure of nothing, so it is asked for whatever it has;
    torch hub's cache is empty and nobody answers."""
    monkeypatch.setattr(keypoint_rcnn, "SIDES", (64, 96))
    monkeypatch.setattr(keypoint_rcnn, "LEAST_SCORE", 0.0)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))

    def nobody(url: str, timeout: float) -> None:
        raise OSError("no route")

    monkeypatch.setattr(weights.urllib.request, "urlopen", nobody)
    pose_finder._keypoint_rcnn.cache_clear()


def test_its_points_are_those_that_are_compared(checkpoint: Path) -> None:
    network = KeypointRCNN(checkpoint)
    found = network.find(somebody())
    assert 0 < len(found) <= 8
    for pose in found:
        assert pose.points.shape == (33, 3)
        assert (np.delete(pose.points, POINT_OF, axis=0) == 0).all()
        assert ((pose.points[:, 2] >= 0) & (pose.points[:, 2] <= 1)).all()
    assert {point for limb in LIMBS for point in limb} <= set(POINT_OF)
    assert [pose.score for pose in found] == sorted((p.score for p in found), reverse=True)


def test_a_point_counts_as_seen_by_the_height_of_its_peak(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What torchvision would answer for one person with raised arms."""
    network = KeypointRCNN(checkpoint)
    places = np.array([(x, y) for x in (100, 60, 140) for y in (0, 20, 40, 60, 80, 100)][:17])
    answer = {
        "scores": torch.tensor([0.99, 0.4]),
        "keypoints": torch.tensor(np.dstack([*places.T, np.ones(17)]).repeat(2, axis=0)),
        "keypoints_scores": torch.tensor([[9.0] * 16 + [-3.0]] * 2),
    }
    monkeypatch.setattr(network, "_network", lambda pictures: [answer])
    monkeypatch.setattr(keypoint_rcnn, "LEAST_SCORE", 0.9)
    (pose,) = network.find(somebody().resize((200, 100)))
    np.testing.assert_allclose(pose.points[list(POINT_OF), :2] * (200, 100), places, rtol=1e-5)
    _, seen = limbs_of(pose.points, 2.0)
    ankle = [28 in limb for limb in LIMBS]
    assert (seen[ankle] == 0).all()
    assert (seen[~np.array(ankle)] > 0.9).all()


def test_it_looks_through_a_collection_by_its_name_and_the_screen_shows_it(
    people_cache: Path, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "copy"))
    shutil.copytree(people_cache, tmp_path / "copy")
    cached = tmp_path / "torch" / "hub" / "checkpoints" / checkpoint.name
    cached.parent.mkdir(parents=True)
    cached.hardlink_to(checkpoint)
    arguments = ["detect-poses", "people", "--finder", NAME, "--json"]
    said = json.loads(CliRunner().invoke(command_line, arguments).stdout)
    assert (said["computed"], said["reused"], said["kind"]) == (3, 0, "poses")
    assert json.loads(CliRunner().invoke(command_line, arguments).stdout)["reused"] == 3
    people = Collection.open("people")
    assert len(PoseIndex(people, PoseFinder(NAME)).poses) == said["found"] > 0
    assert pose_finder.finders_used(people) == [BLAZEPOSE, NAME]
    app = screen("faces", collection="people", look="poses", work="one.jpg")
    assert app.segmented_control(key="_finder").value == BLAZEPOSE
    assert "One person is found in it." in words(app)
    app.segmented_control(key="_finder").set_value(NAME).run()
    assert not app.exception
    assert app.query_params["finder"] in (NAME, [NAME])
    assert "people are found in it; number 1 is compared" in words(app)


def test_what_cannot_be_had_is_a_sentence(people_cache: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=rf"weights of {NAME} are not on .*run `curl .*{URL}`"):
        PoseFinder(NAME)
    with pytest.raises(WeightsError, match="There is no weights file"):
        PoseFinder(NAME, weights_file=tmp_path / "gone.pth")
    other = tmp_path / "other.pth"
    torch.save({"weight": torch.zeros(3)}, other)
    with pytest.raises(WeightsError, match="is not a checkpoint of keypointrcnn"):
        PoseFinder(NAME, weights_file=other)
    with pytest.raises(ArtExtractError, match="Nothing that finds poses is called 'hands'"):
        PoseFinder("hands")
