"""Embeddings: computed once, resumed after a kill, never the wrong one."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from PIL import Image

from artextract import progress
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import ArtExtractError, NotReadyError, Stopped, StorageError, WeightsError
from artextract.progress import Step
from artextract.sources.folder import FolderSource
from artextract.vision import feature_store
from artextract.vision.backbones import BACKBONES, find_backbone, weights_of
from artextract.vision.embedding import Embedder, EmbeddingWorker, embed_collection, load_embeddings
from artextract.vision.feature_extractor import BATCH
from artextract.vision.feature_store import FeatureStore, stored_keys
from artextract.vision.preprocessing import prepare
from tests.support.made import SMALL_COUNT, fill_folder, jpeg, made_picture

LITE = "efficientnet_lite2"


@pytest.mark.parametrize("size", [(96, 72), (300, 500), (1000, 261), (260, 260), (224, 224)])
def test_pictures_are_prepared_as_timm_does(size: tuple[int, int]) -> None:
    backbone = BACKBONES[LITE]
    model = timm.create_model(backbone.timm_name, pretrained=False)
    config = timm.data.resolve_model_data_config(model)
    theirs = timm.data.create_transform(**config, is_training=False)(made_picture(1, *size))
    ours = torch.from_numpy(prepare(made_picture(1, *size), backbone.preprocessing).copy())
    ours = ours.permute(2, 0, 1).float() / 127.5 - 1
    assert torch.allclose(ours, theirs, atol=1e-6)


def test_the_table_says_what_timm_says() -> None:
    for backbone in BACKBONES.values():
        if backbone.shipped or backbone.embeds_text:  # ours, or of another library
            continue
        config = timm.get_pretrained_cfg(backbone.timm_name)
        assert config is not None
        assert config.hf_hub_id == backbone.repository
        assert config.mean == backbone.preprocessing.mean
        assert config.std == backbone.preprocessing.std
        with torch.device("meta"):
            model = timm.create_model(backbone.timm_name, pretrained=False)
        assert model.num_features == backbone.dimension


def test_the_embedded_weights_recognise_a_cat() -> None:
    from skimage import data

    backbone = BACKBONES[LITE]
    weights = weights_of(backbone)
    assert weights.origin == "package"
    model = timm.create_model(backbone.timm_name, pretrained=False)
    stored = [torch.from_numpy(array) for array in weights.load().values()]
    model.load_state_dict(dict(zip(model.state_dict(), stored, strict=True)))
    pixels = prepare(Image.fromarray(data.cat()), backbone.preprocessing)
    batch = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
    assert model.eval()(batch).argmax().item() == 285  # Egyptian cat


def test_an_embedding_does_not_depend_on_its_batch() -> None:
    embedder = Embedder(BACKBONES[LITE])
    pixels = np.stack([prepare(made_picture(i), embedder.backbone.preprocessing) for i in range(5)])
    together = embedder.embed_prepared(pixels)
    assert np.array_equal(embedder.embed_prepared(pixels[3:4])[0], together[3])
    assert np.array_equal(embedder.embed_prepared(pixels[::-1].copy())[::-1], together)


def test_a_second_run_computes_nothing(collection: Collection) -> None:
    first = embed_collection(collection, LITE)
    assert (first.works, first.computed, first.reused) == (SMALL_COUNT, SMALL_COUNT, 0)
    vectors = load_embeddings(collection, LITE).vectors
    second = embed_collection(collection, LITE)
    assert (second.computed, second.reused) == (0, SMALL_COUNT)
    assert np.array_equal(load_embeddings(collection, LITE).vectors, vectors)
    assert vectors.shape == (SMALL_COUNT, 1280)


def test_vectors_are_stored_in_half_precision(ready: Collection) -> None:
    store = FeatureStore(ready, stored_keys(ready)[0])
    assert {vector.dtype for vector in store.read().values()} == {np.dtype(np.float16)}


def test_only_what_is_new_or_changed_is_computed(collection: Collection, folder: Path) -> None:
    embed_collection(collection, LITE)
    old = dict(zip(*_by_id(collection), strict=True))
    (folder / "a" / "work-01.jpg").write_bytes(jpeg(made_picture(500)))
    (folder / "b" / "new.jpg").write_bytes(jpeg(made_picture(501)))
    collect(FolderSource(folder), "small")
    report = embed_collection(collection, LITE)
    assert (report.computed, report.reused) == (2, SMALL_COUNT - 1)
    new = dict(zip(*_by_id(collection), strict=True))
    assert not np.array_equal(old["a/work-01.jpg"], new["a/work-01.jpg"])
    assert np.array_equal(old["a/work-03.jpg"], new["a/work-03.jpg"])


def test_one_picture_under_two_names_is_computed_once(folder: Path) -> None:
    (folder / "a" / "copy.jpg").write_bytes((folder / "a" / "work-01.jpg").read_bytes())
    collect(FolderSource(folder), "small")
    report = embed_collection(Collection.open("small"), LITE)
    assert (report.works, report.computed) == (SMALL_COUNT + 1, SMALL_COUNT)
    assert len(load_embeddings(Collection.open("small"), LITE).ids) == SMALL_COUNT + 1


def test_a_stopped_run_keeps_its_shards_and_goes_on(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbeddingWorker, "shard", BATCH)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)

    def stop_after_two_batches(step: Step) -> None:
        if step.done >= 2 * BATCH:
            raise Stopped

    with pytest.raises(Stopped):
        embed_collection(collection, LITE, report=stop_after_two_batches)
    report = embed_collection(collection, LITE)
    assert report.reused == 2 * BATCH
    assert report.computed == SMALL_COUNT - 2 * BATCH


def _embed(cache: str) -> None:
    os.environ["ARTEXTRACT_CACHE"] = cache
    EmbeddingWorker.shard = BATCH
    embed_collection(Collection.open("many"), LITE)


def test_a_killed_run_goes_on_to_the_same_vectors(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fill_folder(tmp_path / "many", 40)
    collect(FolderSource(folder), "many")
    collection = Collection.open("many")
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_embed, args=(str(cache),))
    process.start()
    _wait_for_shards(collection, 2)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    embed_collection(collection, LITE)
    resumed = dict(zip(*_by_id(collection), strict=True))
    monkeypatch.setenv("ARTEXTRACT_CACHE", str(tmp_path / "other"))
    collect(FolderSource(folder), "many")
    embed_collection(Collection.open("many"), LITE)
    alone = dict(zip(*_by_id(Collection.open("many")), strict=True))
    assert list(resumed) == list(alone)
    assert all(np.array_equal(resumed[work], alone[work]) for work in alone)


def _wait_for_shards(collection: Collection, count: int) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if len(list(collection.root.rglob("shard-*.safetensors"))) >= count:
            return
        time.sleep(0.01)
    raise AssertionError("the embedding never came to write its shards")


def test_a_damaged_shard_is_computed_anew(collection: Collection) -> None:
    embed_collection(collection, LITE)
    vectors = load_embeddings(collection, LITE).vectors
    shard = next(collection.root.rglob("shard-*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:200])
    with pytest.raises(NotReadyError, match="has no efficientnet_lite2 embedding yet"):
        load_embeddings(collection, LITE)
    assert embed_collection(collection, LITE).computed == SMALL_COUNT
    assert np.array_equal(load_embeddings(collection, LITE).vectors, vectors)


def test_pictures_lost_or_changed_by_hand_are_named_not_embedded(collection: Collection) -> None:
    works = collection.works()
    collection.image_path(works["image"].iloc[0]).unlink()
    collection.image_path(works["image"].iloc[1]).write_bytes(jpeg(made_picture(900)))
    report = embed_collection(collection, LITE)
    assert report.computed == SMALL_COUNT - 2
    assert set(report.failed) == set(works["id"].iloc[:2])
    assert "missing or unreadable" in report.failed[works["id"].iloc[0]]
    assert "changed after it was collected" in report.failed[works["id"].iloc[1]]
    assert len(load_embeddings(collection, LITE).ids) == SMALL_COUNT - 2


def test_an_unknown_backbone_lists_the_known() -> None:
    with pytest.raises(ArtExtractError, match=r"Unknown backbone 'resnet'\. Use one of: paintings, style, efficien"):
        find_backbone("resnet")


def test_a_file_that_is_no_checkpoint_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(b"nonsense")
    with pytest.raises(WeightsError, match=r"w\.safetensors is not a checkpoint of effic"):
        Embedder(BACKBONES[LITE], tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match="does not exist"):
        Embedder(BACKBONES[LITE], tmp_path / "none.safetensors")


def _by_id(collection: Collection) -> tuple[list[str], np.ndarray]:
    found = load_embeddings(collection, LITE)
    return found.ids, found.vectors


@pytest.fixture
def mapped(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """A collection whose vectors are mapped into memory, as those of a large one."""
    embed_collection(collection, LITE)
    monkeypatch.setattr(feature_store, "MAPPED_FROM", 1)
    return collection


def test_the_vectors_of_a_large_collection_are_mapped(mapped: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as small:
        small.setattr(feature_store, "MAPPED_FROM", SMALL_COUNT + 1)
        held = load_embeddings(mapped, LITE)
    for _ in range(2):  # written, then found
        found = load_embeddings(mapped, LITE)
        assert isinstance(found.vectors, np.memmap)
        assert np.array_equal(found.vectors, held.vectors)
        assert (found.ids, found.hashes) == (held.ids, held.hashes)


def test_mapped_vectors_follow_the_works(mapped: Collection, folder: Path) -> None:
    before = load_embeddings(mapped, LITE)
    (folder / "a" / "work-01.jpg").unlink()
    (folder / "b" / "new.jpg").write_bytes(jpeg(made_picture(501)))
    collect(FolderSource(folder), mapped.name)
    known = load_embeddings(mapped, LITE)  # the new work has none yet
    assert set(before.ids) >= set(known.ids)
    embed_collection(mapped, LITE)
    after = load_embeddings(mapped, LITE)
    assert set(after.ids) - set(known.ids) == {"b/new.jpg"}
    old = dict(zip(before.ids, before.vectors, strict=True))
    assert all(
        np.array_equal(old[work], vector) for work, vector in zip(after.ids, after.vectors, strict=True) if work in old
    )


def test_a_damaged_file_of_vectors_is_made_anew(mapped: Collection) -> None:
    vectors = np.array(load_embeddings(mapped, LITE).vectors)
    file = next(mapped.root.glob("features/*/mapped/*-vectors.npy"))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert np.array_equal(load_embeddings(mapped, LITE).vectors, vectors)


def test_vectors_that_cannot_be_written_are_held(mapped: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(feature_store, "write_atomic", refused)
    assert len(load_embeddings(mapped, LITE).vectors) == SMALL_COUNT
