"""Search: the right works in the right order, with four scores."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import ArtExtractError, BadImageError
from artextract.similarity.compare import compare_works
from artextract.similarity.filters import Filters
from artextract.similarity.index import interface
from artextract.similarity.index.faiss_index import FaissIndex
from artextract.similarity.metrics.pixels import comparison_picture, rmse
from artextract.similarity.metrics.ssim import ssim_with_each
from artextract.similarity.pair_scores import PairScores
from artextract.similarity.search import Searcher
from artextract.sources.folder import FolderSource
from artextract.vectors import unit
from artextract.vision.backbones import find_backbone
from artextract.vision.embedding import Embedder, embed_collection, load_embeddings
from tests.support.made import SMALL_COUNT, jpeg, made_picture

LITE = "efficientnet_lite2"


@pytest.fixture
def searcher(ready: Collection, monkeypatch: pytest.MonkeyPatch) -> Searcher:
    """Computes what it says: nothing is known ahead."""
    nothing = PairScores(np.empty(0, np.uint64), np.empty((0, 3)))
    monkeypatch.setattr(PairScores, "read", lambda _collection: nothing)
    return Searcher(ready, load_embeddings(ready, LITE), lambda: Embedder(find_backbone(LITE)))


def test_neighbours_are_those_of_plain_numpy(searcher: Searcher) -> None:
    vectors = searcher.embeddings.vectors
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for row in (0, 7):
        cosines = units @ units[row]
        cosines[row] = -2
        expected = [searcher.embeddings.ids[i] for i in np.argsort(-cosines)[:5]]
        found = searcher.near_work(searcher.embeddings.ids[row], 5)
        assert [neighbour.id for neighbour in found] == expected
        assert [n.cosine for n in found] == pytest.approx(sorted(cosines)[::-1][:5], abs=1e-5)


def test_the_picture_of_a_work_finds_what_the_work_finds(searcher: Searcher) -> None:
    work = searcher.works.iloc[3]
    content = searcher.collection.image_path(work["image"]).read_bytes()
    assert searcher.find_picture(content) == 3
    by_image, by_work = searcher.near_image(content, 10), searcher.near_work(work["id"], 10)
    assert [n.id for n in by_image] == [n.id for n in by_work]
    for one, other in zip(by_image, by_work, strict=True):
        assert one.cosine == pytest.approx(other.cosine, abs=1e-6)
        assert one.scores["lpips"] == pytest.approx(other.scores["lpips"], abs=1e-4)


def test_a_foreign_picture_is_embedded_and_placed_among_the_works(searcher: Searcher) -> None:
    first = searcher.collection.image_path(searcher.works["image"].iloc[5])
    with Image.open(first) as image:
        content = jpeg(image.convert("RGB").resize((90, 70)))
    found = searcher.near_image(content, 3)
    assert searcher.find_picture(content) is None
    assert found[0].id == searcher.works["id"].iloc[5]
    assert 0.8 < found[0].cosine < 1


def test_a_large_work_is_found_by_a_copy_that_was_saved_again(cache: Path, tmp_path: Path) -> None:
    """A work of 3,000 pixels is decoded at a reduced scale, and the query must be, too."""
    strokes = np.random.default_rng(0).integers(0, 256, (2250, 3000, 3), dtype=np.uint8)
    picture = Image.blend(made_picture(1, 3000, 2250), Image.fromarray(strokes), 0.6)
    (tmp_path / "works").mkdir()
    (tmp_path / "works" / "large.jpg").write_bytes(jpeg(picture))
    collect(FolderSource(tmp_path / "works"), "large")
    collection = Collection.open("large")
    embed_collection(collection, LITE)
    searcher = Searcher(collection, load_embeddings(collection, LITE), lambda: Embedder(find_backbone(LITE)))
    found = searcher.near_image(jpeg(picture, comment="saved again"), 1)[0]
    assert (found.id, found.cosine) == ("large.jpg", pytest.approx(1, abs=1e-5))


def test_scores_are_those_between_the_two_pictures(searcher: Searcher) -> None:
    found = searcher.near_work("a/work-01.jpg", 4)
    query = comparison_picture(_picture(searcher, "a/work-01.jpg"))
    for neighbour in found:
        other = comparison_picture(_picture(searcher, neighbour.id))
        assert neighbour.scores["ssim"] == pytest.approx(ssim_with_each(query, [other])[0], abs=1e-6)
        assert neighbour.scores["rmse"] == pytest.approx(rmse(query, other), abs=1e-6)


def test_filters_are_applied_in_the_search(searcher: Searcher) -> None:
    found = searcher.near_work("a/work-01.jpg", 8, Filters(style=("Rococo",)))
    assert len(found) == 8  # all eight there are, though none need be among the nearest of all
    assert {searcher.works.loc[n.id, "style"] for n in found} == {"Rococo"}
    assert len(searcher.near_work("a/work-01.jpg", 500)) == SMALL_COUNT - 1
    assert searcher.near_work("a/work-01.jpg", 5, Filters(artist=("Nobody",))) == []


def test_filters_combine_and_missing_years_do_not_pass() -> None:
    works = pd.DataFrame({
        "id": ["a", "b", "c", "d"],
        "artist": ["Monet", "Monet", "Degas", None],
        "title": ["Lilies", "Haystack", "Dancers", None],
        "style": ["I", "I", "I", None],
        "genre": [None] * 4,
        "classification": [None] * 4,
        "year_begin": pd.array([1880, 1890, None, None], dtype="Int32"),
        "year_end": pd.array([1885, 1890, 1870, None], dtype="Int32"),
    })

    def passing(filters: Filters) -> str:
        return "".join(works["id"][filters.allowed(works)])

    assert passing(Filters()) == "abcd"
    assert passing(Filters(artist=("Monet",), year_from=1886)) == "b"
    assert passing(Filters(year_to=1879)) == "c"
    assert passing(Filters(year_from=1882, year_to=1883)) == "a"
    assert passing(Filters(text="monet LIL")) == "a"
    assert passing(Filters(text="d")) == "c"
    assert passing(Filters(style=("I",), text="(")) == ""


def test_a_lost_picture_has_no_pixel_scores_but_is_found(searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = searcher.near_work("a/work-01.jpg", 1)[0].id
    row = searcher.row_of(lost)

    def read(at: int) -> np.ndarray | None:
        return None if at == row else comparison_picture(made_picture(at))

    monkeypatch.setattr(searcher, "picture_at", read)
    nearest = searcher.near_work("a/work-01.jpg", 2)
    assert (nearest[0].id, nearest[0].scores["ssim"], nearest[0].scores["lpips"]) == (lost, None, None)
    assert nearest[1].scores["ssim"] is not None
    with pytest.raises(BadImageError, match="missing or damaged: collect small again"):
        compare_works(searcher, "a/work-01.jpg", lost)


def test_comparing_gives_the_neighbours_numbers_and_pictures(searcher: Searcher) -> None:
    neighbour = searcher.near_work("a/work-01.jpg", 1)[0]
    comparison = compare_works(searcher, "a/work-01.jpg", neighbour.id)
    assert comparison.scores["cosine"] == pytest.approx(neighbour.cosine, abs=1e-5)
    assert comparison.scores["ssim"] == pytest.approx(neighbour.scores["ssim"])
    assert comparison.scores["lpips"] == pytest.approx(neighbour.scores["lpips"])
    units = unit(searcher.embeddings.vectors)
    cosines = (units @ units.T)[~np.eye(len(units), dtype=bool)]
    assert comparison.nearer_than == pytest.approx((cosines < neighbour.cosine - 1e-6).mean(), abs=0.02)
    assert searcher.share_of_pairs_below(-1.1) == 0
    assert comparison.difference.shape == comparison.ssim_map.shape == (256, 256)


def test_a_large_collection_keeps_its_graph_and_mends_it(
    ready: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ready.root, tmp_path / "cache" / "collections" / "small")
    monkeypatch.setenv("ARTEXTRACT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(
        interface, "FaissIndex", lambda vectors, file, digest: FaissIndex(vectors, file, exact_limit=10, digest=digest)
    )
    small = Collection.open("small")
    embeddings = load_embeddings(small, LITE)

    def opened() -> Searcher:
        return Searcher(small, embeddings, lambda: Embedder(find_backbone(LITE)))

    def nearest(searcher: Searcher) -> list[str]:
        return [neighbour.id for neighbour in searcher.near_work("a/work-01.jpg", 5)]

    searcher = opened()
    assert searcher.index.needs_building
    exact = nearest(searcher)
    searcher.index.build()
    assert not searcher.index.needs_building
    assert nearest(searcher) == exact
    graph = next((small.root / "index").glob("*.hnsw"))
    again = opened()
    assert not again.index.needs_building
    assert nearest(again) == exact
    graph.write_bytes(graph.read_bytes()[:100])
    damaged = opened()
    assert damaged.index.needs_building
    assert nearest(damaged) == exact


def test_an_unknown_work_is_one_sentence(searcher: Searcher) -> None:
    with pytest.raises(ArtExtractError, match="has no embedded work 'x': check the id"):
        searcher.near_work("x", 3)


def _picture(searcher: Searcher, work: str) -> Image.Image:
    image = searcher.works.loc[work, "image"]
    return Image.open(searcher.collection.image_path(str(image))).convert("RGB")
