"""The embedding for paintings: two networks concatenated, shipped, and the default."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from artextract.collection import Collection
from artextract.errors import SourceError, WeightsError
from artextract.vectors import unit
from artextract.vision import weights
from artextract.vision.backbones import BACKBONES, DEFAULT_BACKBONE, find_backbone, weights_of
from artextract.vision.concatenated import Projection, side_by_side
from artextract.vision.embedding import embed_collection, embedded_by, usual_backbone
from artextract.vision.feature_extractor import Embedder, FeatureMapper
from artextract.vision.preprocessing import Preprocessing, prepare, resized
from tests.support.artgan_copy import make_copy
from tests.support.made import made_picture
from train.concatenate import concatenate, fit_concatenation
from train.config import ConcatenationSettings


def test_a_projection_is_of_unit_vectors_scaled_side_by_side(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    components = np.linalg.qr(random.normal(size=(5, 5)))[0][:4].astype(np.float16).astype(np.float32)
    file = tmp_path / "concatenated.safetensors"
    Projection(np.array([8, 8]), np.array([2.0, 0.5], np.float32), np.full(5, 0.1, np.float32), components).write(file)
    projection = Projection.read(file)
    seen = [random.normal(size=(6, count)).astype(np.float32) for count in (3, 2)]
    beside = side_by_side(seen, (2.0, 0.5))
    assert np.linalg.norm(beside[:, :3], axis=1) == pytest.approx(2.0)
    assert np.linalg.norm(beside[:, 3:], axis=1) == pytest.approx(0.5)
    found = projection.project(seen)
    assert (found.shape, found.dtype) == ((6, 4), np.float32)
    np.testing.assert_allclose(found, (beside - 0.1) @ components.T, atol=1e-5)
    assert all(np.array_equal(projection.project([part[i : i + 1] for part in seen])[0], found[i]) for i in range(6))


def test_a_damaged_projection_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "concatenated.safetensors"
    file.write_bytes(b"nonsense")
    with pytest.raises(WeightsError, match="is not a projection of concatenated networks"):
        Projection.read(file)


def test_without_a_crop_the_whole_picture_is_seen() -> None:
    how = Preprocessing(8, None, (0.5,) * 3, (0.5,) * 3)
    assert how.key == "8px-whole"
    image = Image.new("RGB", (40, 10), "white")
    image.paste("black", (0, 0, 2, 10))  # a margin that a centre crop would lose
    pixels = prepare(image, how)
    assert pixels.shape == (8, 8, 3)
    assert pixels[:, 0].max() < 200
    assert pixels[:, -1].min() > 250


def test_a_network_may_see_another_size() -> None:
    pixels = np.zeros((2, 256, 256, 3), np.uint8)
    pixels[1, :, 128:] = 200
    smaller = resized(pixels, 224)
    assert (smaller.shape, smaller.dtype) == ((2, 224, 224, 3), np.uint8)
    assert smaller[1, :, :110].max() < 5
    assert smaller[1, :, 114:].min() > 195
    assert resized(pixels, 256) is pixels


def test_the_shipped_embedding_is_of_its_two_networks() -> None:
    backbone = find_backbone("paintings")
    assert backbone.name == DEFAULT_BACKBONE
    assert "non-commercial" in backbone.licence
    embedder = Embedder(backbone)
    pixels = np.stack([prepare(made_picture(i), backbone.preprocessing) for i in range(3)])
    found = embedder.embed_prepared(pixels)
    assert found.shape == (3, backbone.dimension)
    one = embedder.embed_prepared(pixels[1:2])
    assert np.array_equal(one[0], found[1])
    projection = Projection.read(embedder.weights.path)
    assert projection.sizes.tolist() == [256, 224]
    parts = [
        FeatureMapper(find_backbone(part), int(size)).maps(resized(pixels, int(size))).mean(1)
        for part, size in zip(backbone.parts, projection.sizes, strict=True)
    ]
    wanted = projection.project(parts)
    cosines = (unit(found) * unit(wanted)).sum(axis=1)
    assert cosines.min() > 0.99999


def test_other_weights_of_a_part_are_another_embedding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = weights_of(find_backbone("paintings")).fingerprint
    for file in weights.SHIPPED.glob("*.safetensors"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "style.safetensors").open("ab") as changed:
        changed.write(b" ")
    monkeypatch.setattr(weights, "SHIPPED", tmp_path)
    assert weights_of(find_backbone("paintings")).fingerprint != before
    (tmp_path / "style.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"style\.safetensors is missing"):
        weights_of(find_backbone("paintings"))


def test_the_best_embedding_that_is_there_is_the_usual_one(collection: Collection) -> None:
    assert usual_backbone(collection) == "paintings"
    embed_collection(collection, "efficientnet_lite2")
    assert usual_backbone(collection) == "efficientnet_lite2"
    embed_collection(collection, "paintings")
    assert embedded_by(collection) == ["paintings", "efficientnet_lite2"]
    assert usual_backbone(collection) == "paintings"


def test_an_embedding_by_weights_that_were_renewed_counts_no_more(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed_collection(collection, "efficientnet_lite2")
    embed_collection(collection, "style")
    assert embedded_by(collection) == ["style", "efficientnet_lite2"]
    for file in weights.SHIPPED.glob("*.safetensors"):
        (tmp_path / file.name).write_bytes(file.read_bytes() + b" ")
    monkeypatch.setattr(weights, "SHIPPED", tmp_path)
    assert embedded_by(collection) == ["efficientnet_lite2"]


def test_a_concatenation_is_fitted_on_the_training_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = make_copy(tmp_path / "copy")
    small = dataclasses.replace(find_backbone("paintings"), dimension=6, preprocessing=Preprocessing(64, None, *_HALF))
    monkeypatch.setitem(BACKBONES, "paintings", small)
    wanted: dict[str, Any] = {
        "data": {"copies": [{"images": images, "labels": labels}], "aside": 0.2},
        "backbone": "paintings",
        "sizes": [64, 48],
        "scales": [1, 1],
        "output": tmp_path / "concatenated.safetensors",
    }
    file = concatenate(ConcatenationSettings.model_validate(wanted))
    fitted = Projection.read(file)
    assert fitted.components.shape == (6, 2560)
    assert np.linalg.norm(fitted.mean) > 0
    np.testing.assert_allclose(fitted.components @ fitted.components.T, np.eye(6), atol=1e-2)
    with pytest.raises(SourceError, match="paintings needs 2, one for each network"):
        concatenate(ConcatenationSettings.model_validate(wanted | {"scales": [1]}))

    apart = Projection.read(concatenate(ConcatenationSettings.model_validate(wanted | {"directions": {"style": 2}})))
    assert np.linalg.norm(apart.components) > 1.5 * np.linalg.norm(fitted.components)
    with pytest.raises(SourceError, match="genre does not differ among these paintings"):
        same = pd.DataFrame({"genre": ["portrait"] * 8})
        settings = ConcatenationSettings.model_validate(wanted | {"directions": {"genre": 1}})
        fit_concatenation([np.eye(8, dtype=np.float32)] * 2, same, settings)


_HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
