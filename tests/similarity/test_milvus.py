"""The index in a vector database: Milvus Lite finds what FAISS finds, here and from the app."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from artextract import progress
from artextract.cli import app
from artextract.collection import Collection
from artextract.errors import ArtExtractError, Stopped
from artextract.progress import Step
from artextract.settings import CACHE_VARIABLE, INDEX_VARIABLE
from artextract.similarity.filters import Filters
from artextract.similarity.index import milvus_index
from artextract.similarity.index.faiss_index import FaissIndex
from artextract.similarity.index.milvus_index import MilvusIndex
from artextract.similarity.search import Searcher
from artextract.vision.embedding import embedder_like, load_embeddings
from tests.similarity.test_index import random_vectors
from tests.ui.test_screens import as_read

LITE = "efficientnet_lite2"
COUNT = 1_000
ROOT = Path(__file__).parents[2]


def hashes(count: int) -> list[str]:
    return [f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}{'0' * 48}" for number in range(count)]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Milvus Lite that lives as long as this file's tests."""
    address = str(tmp_path_factory.mktemp("milvus") / "vectors.db")
    yield address
    with suppress(KeyError):
        milvus_index._clients.pop(address).close()


@pytest.fixture
def made(database: str, tmp_path: Path, request: pytest.FixtureRequest):
    """Makes indexes under a name of the test's own."""

    def make(vectors: np.ndarray, named: list[str] | None = None, **options: int) -> MilvusIndex:
        stamp = tmp_path / "index" / "key.milvus"
        named = hashes(len(vectors)) if named is None else named
        return MilvusIndex(database, request.node.name, named, vectors, stamp, **options)

    return make


@pytest.mark.parametrize("share", [None, 0.5, 0.1, 0.01, 0.0], ids=str)
@pytest.mark.parametrize("most", [16_384, 200], ids=["one request", "blocks"])
def test_milvus_finds_what_faiss_finds(
    made, monkeypatch: pytest.MonkeyPatch, share: float | None, most: int, shared: MilvusIndex
) -> None:
    monkeypatch.setattr(milvus_index, "MAX_RESULTS", most)
    vectors = random_vectors(COUNT)
    allowed = None if share is None else np.random.default_rng(1).random(COUNT) < share
    exact = FaissIndex(vectors)
    for query in (vectors[17], *random_vectors(3, seed=2)):
        truth, true_cosines = exact.search(query, 10, allowed)
        found, cosines = shared.search(query, 10, allowed)
        assert found.tolist() == truth.tolist()
        assert (found.dtype, cosines.dtype) == (np.int64, np.float32)
        np.testing.assert_allclose(cosines, true_cosines, atol=1e-6)


def test_a_filter_that_admits_only_the_farthest_is_answered(
    monkeypatch: pytest.MonkeyPatch, shared: MilvusIndex
) -> None:
    monkeypatch.setattr(milvus_index, "MAX_RESULTS", 200)
    vectors = random_vectors(COUNT)
    order = np.argsort(vectors @ vectors[0])
    allowed = np.zeros(COUNT, dtype=bool)
    allowed[order[:500]] = True
    truth, _ = FaissIndex(vectors).search(vectors[0], 10, allowed)
    assert shared.search(vectors[0], 10, allowed)[0].tolist() == truth.tolist()


def test_the_nearest_of_all_are_those_of_faiss(shared: MilvusIndex) -> None:
    found = shared.nearest_of_all(5)
    np.testing.assert_array_equal(found, FaissIndex(random_vectors(COUNT)).nearest_of_all(5))


@pytest.fixture(scope="module")
def shared(database: str, tmp_path_factory: pytest.TempPathFactory) -> MilvusIndex:
    """An index of `random_vectors(COUNT)`, all sent."""
    stamp = tmp_path_factory.mktemp("shared") / "key.milvus"
    index = MilvusIndex(database, "shared", hashes(COUNT), random_vectors(COUNT), stamp)
    index.build()
    return index


def test_works_that_share_a_picture_are_all_found(made) -> None:
    vectors = np.repeat(random_vectors(20), 3, axis=0)
    index = made(vectors, [sha256 for sha256 in hashes(20) for _ in range(3)])
    index.build()
    allowed = np.arange(60) % 3 > 0
    for mask in (None, allowed):
        truth, _ = FaissIndex(vectors).search(vectors[4], 8, mask)
        assert index.search(vectors[4], 8, mask)[0].tolist() == truth.tolist()


def test_until_all_are_sent_searches_are_exact_and_sending_goes_on_where_it_was_stopped(
    made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus_index, "BLOCK", 100)
    monkeypatch.setattr(progress, "INTERVAL", 0)
    vectors = random_vectors(500)
    index = made(vectors)
    truth, true_cosines = FaissIndex(vectors).search(vectors[3], 7)

    def report(step: Step) -> None:
        if step.done >= 200:
            raise Stopped

    with pytest.raises(Stopped):
        index.build(report)
    assert index.needs_building
    found, cosines = index.search(vectors[3], 7)
    assert found.tolist() == truth.tolist()
    assert cosines == pytest.approx(true_cosines, abs=1e-6)
    told: list[Step] = []
    again = made(vectors)
    assert again.needs_building
    again.build(told.append)
    assert not again.needs_building
    assert told[-1].note == "300 new"
    assert again.search(vectors[3], 7)[0].tolist() == truth.tolist()
    assert not made(vectors).needs_building


def test_only_what_is_new_is_sent_and_what_went_is_not_found(made) -> None:
    vectors = random_vectors(300)
    made(vectors[:250], hashes(300)[:250]).build()
    later = made(vectors[50:], hashes(300)[50:])
    assert later.needs_building
    told: list[Step] = []
    later.build(told.append)
    assert told[-1].note == "50 new"
    truth, _ = FaissIndex(vectors[50:]).search(vectors[7], 10)
    assert later.search(vectors[7], 10)[0].tolist() == truth.tolist()


def test_other_weights_never_meet_these_vectors(database: str, tmp_path: Path) -> None:
    vectors = random_vectors(30)
    old = MilvusIndex(database, "x old-weights", hashes(30), vectors, tmp_path / "a" / "old")
    old.build()
    new = MilvusIndex(database, "x new-weights", hashes(30), -vectors, tmp_path / "a" / "new")
    assert new.needs_building
    new.build()
    assert new.search(vectors[0], 1)[0].tolist() != old.search(vectors[0], 1)[0].tolist()


def test_a_collection_that_vanished_from_the_database_is_sent_again(made) -> None:
    vectors = random_vectors(30)
    index = made(vectors)
    index.build()
    index._client.drop_collection(index.name)
    with pytest.raises(ArtExtractError, match="can't be used"):
        index.search(vectors[0], 3)
    assert made(vectors).needs_building


@pytest.fixture
def small(ready_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The collection "small" in a cache of its own."""
    shutil.copytree(ready_cache, tmp_path / "own cache")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "own cache"))
    return Collection.open("small")


def test_a_searcher_finds_the_same_by_either(small: Collection, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    embeddings = load_embeddings(small, LITE)

    def found() -> list[list[int]]:
        searcher = Searcher(small, embeddings, lambda: embedder_like(embeddings))
        if searcher.index.needs_building:
            searcher.index.build()
        filters = (Filters(), Filters(style=("Rococo",)), Filters(text="picture 5"))
        return [searcher.rows_near_work(embeddings.ids[2], 5, which) for which in filters]

    here = found()
    monkeypatch.setenv(INDEX_VARIABLE, database)
    assert found() == here
    assert len(list((small.root / "index").glob("*.milvus"))) == 1


def test_the_command_line_sends_and_says_what_is_wrong(
    small: Collection, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(INDEX_VARIABLE, database)
    runner = CliRunner()
    first = runner.invoke(app, ["build-index", "small", "--backbone", LITE])
    assert first.exit_code == 0
    assert "is ready: 24 works" in first.stdout
    assert "was up to date" in runner.invoke(app, ["build-index", "small", "--backbone", LITE]).stdout
    monkeypatch.setenv(INDEX_VARIABLE, "http://127.0.0.1:9")
    for command in (["build-index"], ["search", "--work", "a/work-01.jpg"]):
        failed = runner.invoke(app, [*command, "small", "--backbone", LITE])
        assert failed.exit_code == 1
        assert "The vector database http://127.0.0.1:9 can't be used" in failed.stderr
        assert "unset ARTEXTRACT_INDEX" in failed.stderr
        assert "Traceback" not in failed.stderr


def test_a_screen_says_that_the_database_is_away(small: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(INDEX_VARIABLE, "http://127.0.0.1:9")
    screen = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    assert not screen.exception
    assert any("http://127.0.0.1:9 can't be used" in as_read(warning.value) for warning in screen.warning)


def test_without_pymilvus_one_sentence_says_what_to_install() -> None:
    script = (
        "import sys; sys.modules['pymilvus'] = None\n"
        "from artextract.errors import ArtExtractError\n"
        "from artextract.similarity.index.milvus_index import MilvusIndex\n"
        "import numpy as np, pathlib\n"
        "try: MilvusIndex('x.db', 'x', [], np.ones((0, 2)), pathlib.Path('x'))\n"
        "except ArtExtractError as error: print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "run `pip install 'artextract[milvus]'`" in told.stdout
