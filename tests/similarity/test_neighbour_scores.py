"""Scores of neighbours computed ahead: the same numbers, once for all, also after a kill."""

import hashlib
import itertools
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.collection import Collection
from artextract.errors import Stopped, StorageError
from artextract.features.shards import pair_key
from artextract.progress import Step
from artextract.similarity import neighbour_scores, search
from artextract.similarity.metrics.registry import PICTURE_METRICS
from artextract.similarity.neighbour_scores import neighbourly_order, score_neighbours
from artextract.similarity.pair_scores import PairScores, score_store
from artextract.similarity.search import Neighbour, Searcher
from artextract.vision.embedding import embedder_like, load_embeddings

LITE = "efficientnet_lite2"


@pytest.fixture
def own(ready: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """A copy of "small" without scores, to be changed."""
    ignored = shutil.ignore_patterns("scores")
    shutil.copytree(ready.root, tmp_path / "own" / "collections" / "small", ignore=ignored)
    monkeypatch.setenv("ARTEXTRACT_CACHE", str(tmp_path / "own"))
    return Collection.open("small")


def opened(collection: Collection) -> Searcher:
    embeddings = load_embeddings(collection, LITE)
    return Searcher(collection, embeddings, lambda: embedder_like(embeddings))


def store_scores(collection: Collection, pairs: list[tuple[str, str]], scores: list[tuple[float, ...]]) -> None:
    score_store(collection).append(
        [pair_key(*pair) for pair in pairs], dict(zip(PICTURE_METRICS, np.array(scores).T, strict=True))
    )


def numbers(neighbours: list[Neighbour]) -> np.ndarray:
    return np.array([tuple(n.scores.values()) for n in neighbours], dtype=float)


def test_a_click_gets_the_same_numbers_without_opening_a_picture(
    own: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = opened(own)
    assert searcher.needs_scores
    works = list(searcher.works["id"])[:3]
    before = {work: searcher.near_work(work, 10) for work in works}
    done = score_neighbours(searcher)
    assert not searcher.needs_scores
    assert done.works == 24
    assert 24 * 5 <= done.computed <= 24 * 10  # each pair once, both ways

    def opens(*_anything: object) -> None:
        raise AssertionError("a picture was compared")

    monkeypatch.setattr(search, "score_pictures", opens)
    for searched in (searcher, opened(own)):
        assert not searched.needs_scores
        for work in works:
            after = searched.near_work(work, 10)
            assert [one.id for one in after] == [one.id for one in before[work]]
            np.testing.assert_allclose(numbers(after), numbers(before[work]), atol=1e-6)


def test_what_is_not_stored_is_computed_beside_what_is(own: Collection) -> None:
    searcher = opened(own)
    work = str(searcher.works["id"].iloc[0])
    before = searcher.near_work(work, 20)
    score_neighbours(searcher)
    np.testing.assert_allclose(numbers(opened(own).near_work(work, 20)), numbers(before), atol=1e-6)


def test_a_stopped_run_keeps_its_shards_and_the_next_goes_on(own: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbour_scores.ScoreWorker, "shard", 30)
    monkeypatch.setattr("artextract.progress.INTERVAL", 0.0)

    def stop(step: Step) -> None:
        if step.stage.startswith("Comparing") and step.done >= 10:
            raise Stopped

    searcher = opened(own)
    with pytest.raises(Stopped):
        score_neighbours(searcher, stop)
    assert searcher.needs_scores
    kept = len(PairScores.read(own))
    assert kept > 0
    done = score_neighbours(searcher)
    assert done.computed > 0
    assert len(PairScores.read(own)) == kept + done.computed
    again = score_neighbours(searcher)
    assert again.computed == 0


def test_it_can_be_stopped_while_it_looks_for_the_nearest(own: Collection) -> None:
    stages = []

    def stop(step: Step) -> None:
        stages.append(step.stage)
        raise Stopped

    with pytest.raises(Stopped):
        score_neighbours(opened(own), stop)
    assert stages == ["Finding each work's nearest works"]


def test_few_pictures_in_memory_give_the_same_scores(own: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbour_scores, "POOL_BYTES", 10_000_000)  # some twenty pictures
    searcher = opened(own)
    work = str(searcher.works["id"].iloc[3])
    before = searcher.near_work(work, 10)
    score_neighbours(searcher)
    np.testing.assert_allclose(numbers(searcher.near_work(work, 10)), numbers(before), atol=1e-6)


def test_a_missing_picture_leaves_its_pairs_out(own: Collection) -> None:
    searcher = opened(own)
    row = 5
    path = own.image_path(str(searcher.works["image"].iloc[row]))
    path.unlink()
    score_neighbours(searcher)
    gone = str(searcher.works["id"].iloc[row])
    assert all(one.scores["lpips"] is None for one in searcher.near_work(gone, 5))
    other = next(work for work in searcher.works["id"] if work != gone)
    assert any(one.scores["lpips"] is not None for one in searcher.near_work(str(other), 5))


def test_other_works_want_their_scores_anew(own: Collection) -> None:
    score_neighbours(opened(own))
    works = own.works()
    own.write_works(works.iloc[:-1])
    assert opened(own).needs_scores


def test_what_another_process_stored_is_taken_over_and_while_it_is_at_it_one_hears_so(
    own: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = opened(own)
    with score_store(own).writing(), pytest.raises(StorageError, match="Another process"):
        score_neighbours(waiting)
    score_neighbours(opened(own))
    waiting.refresh_scores()
    monkeypatch.setattr(search, "score_pictures", lambda *_anything: pytest.fail("compared"))
    assert waiting.near_work(str(waiting.works["id"].iloc[0]), 10)[0].scores["lpips"] is not None


def test_a_damaged_shard_is_as_if_it_were_not_there(own: Collection) -> None:
    store_scores(own, [("a" * 64, "b" * 64)], [(0.1, 0.2, 0.3)])
    (score_store(own).folder / "shard-broken.safetensors").write_bytes(b"no tensors")
    assert len(PairScores.read(own)) == 1


def test_a_pair_is_found_either_way_and_no_other(own: Collection) -> None:
    hashes = [hashlib.sha256(bytes([n])).hexdigest() for n in range(40)]
    pairs = list(itertools.pairwise(hashes))
    scores = [(float(n), n / 7, n / 3) for n in range(len(pairs))]
    store_scores(own, pairs[:20], scores[:20])
    store_scores(own, [(other, one) for one, other in pairs[20:]], scores[20:])
    known = PairScores.read(own)
    for (one, other), score in zip(pairs, scores, strict=True):
        assert known.of(one, [other]) == known.of(other, [one]) == [score]
    assert known.of(hashes[0], [hashes[2], hashes[1]]) == [None, scores[0]]
    assert known.of(hashes[0], []) == []
    nothing = PairScores.read(Collection(own.root / "nowhere", own.about))
    assert nothing.of(hashes[0], hashes) == [None] * 40


@given(st.integers(2, 80), st.integers(1, 6), st.integers(0, 99))
def test_the_order_is_a_permutation(count: int, dimension: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    assert sorted(neighbourly_order(vectors).tolist()) == list(range(count))


def test_neighbours_stand_together_in_the_order() -> None:
    random = np.random.default_rng(0)
    centres = random.normal(size=(8, 24))
    kind = random.integers(0, 8, 400)
    vectors = (centres[kind] + 0.1 * random.normal(size=(400, 24))).astype(np.float32)
    ordered = kind[neighbourly_order(vectors)]
    changes = int((ordered[1:] != ordered[:-1]).sum())
    assert changes < 40  # of 350 in a random order
