"""Backbones by name alone, their weights from the model hub (a local stand-in)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch
import typer
import yaml
from safetensors.torch import save_file
from typer.testing import CliRunner

from artextract.attributes.model_bundle import Bundle
from artextract.attributes.reader import Reader
from artextract.cli import app
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.sources.folder import FolderSource
from artextract.vision.backbones import BACKBONES
from artextract.vision.embedding import embed_collection
from artextract.vision.feature_key import FeatureKey
from artextract.vision.feature_store import FeatureStore, stored_keys
from tests.support.artgan_copy import make_copy
from tests.support.hub import serving
from tests.support.made import fill_folder, made_picture
from train.attributes import main

NOWHERE = "http://127.0.0.1:9"
COUNT = 4
"""Pictures: these are larger networks than the embedded one."""


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    collect(FolderSource(fill_folder(tmp_path / "pictures", COUNT)), "small")
    return Collection.open("small")


def random_weights(name: str, path: Path, seed: int) -> Path:
    """A checkpoint of the backbone's real names and shapes, with its classifier, untrained."""
    with torch.device("meta"):
        shapes = timm.create_model(BACKBONES[name].timm_name, pretrained=False).state_dict()
    random = torch.Generator().manual_seed(seed)
    save_file({k: torch.randn(v.shape, generator=random) * 0.05 for k, v in shapes.items()}, path)
    return path


def run(arguments: list[str], hub: str, home: Path) -> tuple[int, dict[str, Any], str]:
    """The command line in a process of its own, which knows no other hub and no other cache."""
    environment = os.environ | {"HF_ENDPOINT": hub, "HF_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "artextract.cli", *arguments, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def run_here(patch: pytest.MonkeyPatch, arguments: list[str], hub: str, home: Path) -> tuple[int, dict[str, Any], str]:
    """The same in this process, which has the networks' libraries already."""
    patch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(home / "hub"))
    patch.setattr("huggingface_hub.constants.ENDPOINT", hub)
    template = f"{hub}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    patch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    done = CliRunner().invoke(app, [*arguments, "--json"])
    return done.exit_code, json.loads(done.stdout or "{}"), done.stderr


def test_a_backbone_embeds_by_its_name_alone(collection: Collection, tmp_path: Path) -> None:
    name = "convnext_tiny"
    weights = random_weights(name, tmp_path / "one.safetensors", seed=1)
    with serving({BACKBONES[name].repository: weights}) as hub:
        status, said, errors = run(["embed", "small", "--backbone", name], hub, tmp_path / "hf")
    assert status == 0, errors
    assert said["weights_from"] == "hub"
    assert said["works"] == said["computed"] == COUNT
    vectors = of_key(collection, said["key"])
    assert [str(key) for key in stored_keys(collection)] == [said["key"]]
    assert all(v.shape == (BACKBONES[name].dimension,) for v in vectors.values())
    assert len({v.tobytes() for v in vectors.values()}) == COUNT


def test_other_weights_give_new_vectors_that_never_mix(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "dinov2_small"
    homes = (tmp_path / "first", tmp_path / "second")
    weights = random_weights(name, tmp_path / "1.safetensors", seed=1)
    with serving({BACKBONES[name].repository: weights}) as hub:
        status, said, _ = run_here(monkeypatch, ["embed", "small", "--backbone", name], hub, homes[0])
    assert (status, said["computed"]) == (0, COUNT)
    keep_in_hub_cache(homes[1], name, seed=2)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(homes[1] / "hub"))
    other = embed_collection(collection, name)
    assert (other.weights_from, other.computed) == ("hub cache", COUNT)
    assert other.key != said["key"]
    first, second = (of_key(collection, key) for key in (said["key"], other.key))
    assert first.keys() == second.keys()
    assert not any(np.array_equal(first[sha], second[sha]) for sha in first)
    assert all(v.shape == (BACKBONES[name].dimension,) for v in first.values())
    # The hub is gone; what it gave is in its local cache.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(homes[0] / "hub"))
    again = embed_collection(collection, name)
    assert (again.key, again.weights_from, again.computed) == (said["key"], "hub cache", 0)


def keep_in_hub_cache(home: Path, name: str, seed: int) -> None:
    """Lay down untrained weights as the hub's client keeps what it downloaded."""
    kept = home / "hub" / f"models--{BACKBONES[name].repository.replace('/', '--')}"
    snapshot = kept / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text(snapshot.name)
    random_weights(name, snapshot / "model.safetensors", seed)


def of_key(collection: Collection, key: str) -> dict[str, np.ndarray]:
    parsed = FeatureKey.parse(key)
    assert parsed is not None
    return FeatureStore(collection, parsed).read()


def test_without_hub_and_cache_there_is_one_sentence(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["embed", collection.name, "--backbone", "convnext_tiny"]
    status, said, errors = run_here(monkeypatch, arguments, NOWHERE, tmp_path / "hf")
    assert status == 1
    assert "Traceback" not in errors
    assert errors.strip() == said["error"]
    assert said["error"].startswith("The weights of convnext_tiny could not be downloaded")
    assert "hf download timm/convnext_tiny.in12k_ft_in1k model.safetensors" in said["error"]


def test_a_file_the_hub_does_not_have_is_one_sentence(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving({}) as hub:
        arguments = ["embed", collection.name, "--backbone", "dinov2_small"]
        status, said, _ = run_here(monkeypatch, arguments, hub, tmp_path / "hf")
    assert status == 1
    assert "the model hub has no such file" in said["error"]


@pytest.mark.parametrize(("name", "size"), [("convnext_tiny", 64), ("dinov2_small", 56)])
def test_a_model_is_trained_on_a_backbone_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: int
) -> None:
    images, labels = make_copy(tmp_path, each=12)
    config = {
        "name": "by-name",
        "backbone": name,
        "size": size,
        "epochs": 1,
        "batch": 4,
        "hidden": 8,
        "ood_pictures": 24,
        "data": {"copies": [{"images": str(images), "labels": str(labels)}], "aside": 0.3, "artist_at_least": 2},
        "output": str(tmp_path / "run"),
    }
    keep_in_hub_cache(tmp_path, name, seed=1)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    command = typer.Typer()
    command.command()(main)
    done = CliRunner().invoke(command, ["--config", str(tmp_path / "config.yaml")])
    assert done.exit_code == 0, done.output
    bundle = Bundle.open(tmp_path / "run" / "model")
    reading = Reader(bundle).read(made_picture(1))
    assert bundle.facts.shape.features == BACKBONES[name].dimension
    assert reading.style.labels[0].name in bundle.facts.classes.style
