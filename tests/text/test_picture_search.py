"""Pictures searched by words: with the text projection, and with dual encoders from a stand-in hub."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import CLIPConfig, CLIPModel, PreTrainedTokenizerFast, SiglipConfig, SiglipModel
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import NotReadyError, SourceError, WeightsError
from artextract.sources.wikiart import WikiArtSource
from artextract.text import projection
from artextract.text.index import index_text
from artextract.text.projection import (
    TENSORS,
    PictureSearch,
    ProjectedPictures,
    ProjectionFacts,
    TextProjection,
    embed_texts,
    open_picture_search,
    projection_to,
)
from artextract.text.text_embedding import text_embedder
from artextract.vectors import unit
from artextract.vision.backbones import BACKBONES, weights_of
from artextract.vision.embedding import embed_collection, embedder_like, load_embeddings
from artextract.vision.feature_key import FeatureKey
from tests.support.artgan_copy import make_copy
from tests.support.hub import serving
from tests.support.made import SMALL_COUNT
from tests.ui.test_screens import screen, words
from tests.vision.test_hub import run_here
from train.config import TextProjectionSettings
from train.text_projection import fit_projection

WORDS = ("a", "ship", "in", "storm", "picture", "red")


def tiny_model(name: str, folder: Path) -> Path:
    """A network of the backbone's kind and size of embedding, untrained, as the hub keeps it."""
    dimension = BACKBONES[name].dimension
    torch.manual_seed(0)
    few: dict[str, Any] = {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    sees = few | {"image_size": 224, "patch_size": 112}
    reads = few | {"vocab_size": 16, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    if name == "siglip2_base":
        wide = {"hidden_size": dimension}
        SiglipModel(SiglipConfig(vision_config=sees | wide, text_config=reads | wide | few)).save_pretrained(folder)
    else:
        wide = {"hidden_size": 8}
        CLIPModel(
            CLIPConfig(vision_config=sees | wide, text_config=reads | wide, projection_dim=dimension)
        ).save_pretrained(folder)
    vocabulary = {word: 3 + number for number, word in enumerate(WORDS)}
    vocabulary |= {"<pad>": 0, "<s>": 1, "</s>": 2}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>"
    ).save_pretrained(folder)
    return folder


def test_a_dual_encoder_is_downloaded_by_its_name(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "clip_base"
    with serving({BACKBONES[name].repository: tiny_model(name, tmp_path / "model")}) as hub:
        status, said, errors = run_here(monkeypatch, ["embed", "small", "--backbone", name], hub, tmp_path / "hf")
    assert status == 0, errors
    assert (said["weights_from"], said["computed"]) == ("hub", SMALL_COUNT)


@pytest.mark.parametrize("name", ["siglip2_base", "clip_base"])
def test_a_dual_encoder_searches_pictures_by_words(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    kept = tmp_path / "hub" / f"models--{BACKBONES[name].repository.replace('/', '--')}"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("0" * 40)
    tiny_model(name, kept / "snapshots" / ("0" * 40))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    done = embed_collection(collection, name)
    assert (done.weights_from, done.computed) == ("hub cache", SMALL_COUNT)
    embeddings = load_embeddings(collection, name)
    assert embeddings.vectors.shape == (SMALL_COUNT, BACKBONES[name].dimension)
    search = open_picture_search(embeddings, lambda: embedder_like(embeddings))
    storm, shout, ship = (search.cosines(words) for words in ("a storm", "A STORM", "ship red"))
    assert storm.shape == (SMALL_COUNT,)
    assert np.abs(storm).max() <= 1.001
    assert np.array_equal(storm, shout)
    assert not np.allclose(storm, ship)
    asked = ["search", "small", "--words", "a storm", "--backbone", name, "--json"]
    answer = json.loads(CliRunner().invoke(app, asked).stdout)
    found = [*answer["exact"], *answer["near"], *answer["by_picture"]]
    by_id = dict(zip(embeddings.ids, storm, strict=True))
    assert all(one["picture"] == pytest.approx(by_id[one["id"]], abs=1e-5) for one in found)


def test_without_the_weights_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(WeightsError, match="hf download google/siglip2-base-patch16-224 config"):
        weights_of(BACKBONES["siglip2_base"])


@pytest.fixture
def paintings(tmp_path: Path) -> Collection:
    """A made copy of WikiArt whose titles say what is seen, embedded."""
    images, labels = make_copy(tmp_path / "copy", each=28)
    collect(WikiArtSource(images, labels), "paintings")
    collection = Collection.open("paintings")
    works = collection.works()
    says = {"Cubism": "upright fence", "Impressionism": "calm sea", "Ukiyo e": "round moon"}
    works["title"] = [f"{says[style]} {n}" for n, style in enumerate(works["style"])]
    collection.write_works(works)
    embed_collection(collection, "efficientnet_lite2")
    return collection


def test_a_projection_is_fitted_and_finds_pictures_by_their_titles(
    paintings: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "text_projection.safetensors"
    settings = tmp_path / "text_projection.yaml"
    settings.write_text(
        yaml.safe_dump({"collection": "paintings", "backbone": "efficientnet_lite2", "output": str(file)})
    )
    facts = fit_projection(TextProjectionSettings.read(settings))
    assert facts.chance == pytest.approx(10 / facts.validated_on)
    assert facts.recall > 1.4 * facts.chance  # there are three kinds of pictures
    assert facts.both > 1.4 * facts.chance
    assert file.stat().st_size < 2_000_000
    first = TextProjection.read(file)
    fit_projection(TextProjectionSettings.read(settings))
    read = TextProjection.read(file)
    assert read.facts == first.facts
    assert all(np.array_equal(read.tensors[name], first.tensors[name]) for name in TENSORS)
    embeddings = load_embeddings(paintings, "efficientnet_lite2")
    styles = paintings.works().set_index("id").loc[embeddings.ids, "style"].to_numpy()
    weights = read.tensors["picture.weight"], read.tensors["picture.bias"]
    moon = ProjectedPictures(embeddings.vectors, *weights).cosines(embed_texts(["The Moon"], read.tensors)[0])
    assert (styles[np.argsort(-moon)[:10]] == "Ukiyo e").mean() > 0.8
    monkeypatch.setattr(projection, "shipped_projection", lambda: read)
    asked = CliRunner().invoke(app, ["search", "paintings", "--words", "moon", "--json", "-k", "5"])
    assert asked.exit_code == 0, asked.output
    found = json.loads(asked.stdout)["exact"]
    assert len(found) == 5
    assert all(one["picture"] is not None and one["similarity"] is None for one in found)
    asked = CliRunner().invoke(
        app, ["search", "paintings", "--words", "moon", "--work", embeddings.ids[0], "--weight", "0"] + ["--json"]
    )
    found = json.loads(asked.stdout)["matches"]
    likeness = [one["similarity"] for one in found]
    assert likeness == sorted(likeness, reverse=True)
    assert embeddings.ids[0] not in [one["id"] for one in found]


def test_a_collection_without_a_split_is_refused(ready: Collection, tmp_path: Path) -> None:
    settings = TextProjectionSettings.model_validate({
        "collection": "small",
        "backbone": "efficientnet_lite2",
        "output": tmp_path / "b",
    })
    with pytest.raises(SourceError, match="0 embedded training works with a title"):
        fit_projection(settings)


def test_a_projection_to_another_embedding_is_not_used(tmp_path: Path) -> None:
    key = FeatureKey("style", "0" * 12, "256px-whole", "float32")
    with pytest.raises(NotReadyError, match="needs the embedding paintings"):
        projection_to(key)
    with pytest.raises(WeightsError, match="is not a text projection"):
        TextProjection.read(tmp_path / "none.safetensors")
    facts = ProjectionFacts(
        picture_embedding="x",
        text_embedding="another",
        fitted_on=1,
        validated_on=1,
        recall=0,
        chance=0,
        baseline=0,
        both=0,
    )
    TextProjection(facts, dict.fromkeys(TENSORS, np.zeros(1, np.float32))).write(tmp_path / "b.safetensors")
    with pytest.raises(WeightsError, match="another text embedding"):
        TextProjection.read(tmp_path / "b.safetensors")


def test_the_shipped_projection_fits_the_shipped_embedding() -> None:
    """Fails where the embedding was changed and `python -m train.text_projection` wasn't run after it."""
    backbone = BACKBONES["paintings"]
    key = FeatureKey("paintings", weights_of(backbone).fingerprint, backbone.preprocessing.key, "bfloat16")
    facts = projection_to(key).facts
    assert facts.text_embedding == text_embedder().fingerprint
    assert facts.recall > facts.chance


def test_the_screen_says_where_no_projection_leads(few: Collection) -> None:
    embed_collection(few, "efficientnet_lite2")
    index_text(few)
    shown = screen("similar", collection="small", words="picture")
    assert "needs the embedding paintings" in words(shown)
    assert not shown.toggle


def test_pictures_are_seen_from_their_mean() -> None:
    random = np.random.default_rng(0)
    vectors, weight = random.normal(0.3, 1, (20, 5)).astype(np.float32), random.normal(size=(3, 5)).astype(np.float32)
    bias = np.array([1.0, -2.0, 0.5], np.float32)
    projected = unit(unit(vectors) @ weight.T + bias)
    wanted = unit(projected - projected.mean(axis=0))
    asked = unit(random.normal(size=3))
    pictures = ProjectedPictures(vectors, weight, bias)
    assert pictures.cosines(asked) == pytest.approx(wanted @ asked, abs=1e-5)
    assert pictures.mean([2, 7], np.array([1.0, 3.0])) == pytest.approx(unit(wanted[2] + 3 * wanted[7]), abs=1e-5)
    plain = unit(vectors) - unit(vectors).mean(axis=0)
    asked = unit(random.normal(size=5))
    assert ProjectedPictures(vectors).cosines(asked) == pytest.approx(unit(plain) @ asked, abs=1e-5)


def test_works_with_matching_titles_are_examples() -> None:
    """The words say nothing of the pictures; a picture like that of the work with the title comes next."""
    vectors = np.array([[1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    search = PictureSearch(list("abcd"), ProjectedPictures(vectors), lambda words: np.zeros(3, np.float32), "")
    assert np.argsort(-search.cosines("x", {"a": 2.0, "unknown": 1.0}))[:2].tolist() == [0, 1]
    assert not search.cosines("x").any()
