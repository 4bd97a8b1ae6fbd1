"""Fixtures: a cache folder for each test, a small embedded collection, the app and a browser.

Fixtures import what they need themselves: a test of a module that needs no network and no browser
runs without them.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import settings

from artextract.collection import Collection
from artextract.settings import CACHE_VARIABLE, HOSTS_VARIABLE
from tests.support.made import PLACES, WORKS_A_PLACE, collected, fill_folder, jpeg, made_picture, somebody, two_people

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.support.gallery_server import StandIn
    from tests.support.world import World

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")  # what a test proves does not depend on how fast the machine is


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    folder = tmp_path / "cache"
    monkeypatch.setenv(CACHE_VARIABLE, str(folder))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with `SMALL_COUNT` pictures and a metadata table."""
    return fill_folder(tmp_path / "pictures")


@pytest.fixture
def collection(folder: Path) -> Collection:
    """The folder collected as "small"."""
    return collected(folder, "small")


@pytest.fixture
def few(tmp_path: Path) -> Collection:
    """Six works, collected as "small", in a cache of the test's own."""
    folder = fill_folder(tmp_path / "pictures", 6)
    return collected(folder, "small")


SLOWEST = ("browser", "features", "ui", "vision", "train", "maps")
"""The folders with the longest files."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: otherwise one process of `make test` would wait for the other at the end."""
    order = {name: place for place, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: order.get(item.path.parent.name, len(order)))


@pytest.fixture(autouse=True)
def no_job_outlives_its_test() -> Iterator[None]:
    """What a screen started beside the test is stopped: it would work on in the next one's time."""
    yield
    if (module := sys.modules.get("artextract.ui.jobs.job_queue")) is not None:
        running = [job for job in module.job_queue().jobs() if job.running]
        for job in running:
            job.stop()
        deadline = time.monotonic() + 30
        while any(job.running for job in running) and time.monotonic() < deadline:
            time.sleep(0.01)


@pytest.fixture(autouse=True)
def the_main_module_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest puts its script in the place of `__main__`; a process that a later test spawns would run that script."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def ready_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the collection "small", embedded and mapped; not to be changed."""
    return _made_once(tmp_path_factory, "ready", _make_ready)


def _made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A cache that `make` puts into a folder: made by the first process, copied by the others."""
    own = tmp_path_factory.mktemp(name) / "cache"
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    shared = tmp_path_factory.getbasetemp().parent / f"made-{name}" if parallel else own.parent
    with FileLock(f"{shared}.lock"):
        if not (shared / "done").exists():
            make(shared)
            (shared / "done").touch()
    if parallel:
        shutil.copytree(shared / "cache", own)
    return own


def _make_ready(root: Path) -> None:
    """With scores: without them, each server and each test of a screen starts a job that computes them."""
    from artextract.maps.gallery_map import compute_map
    from artextract.similarity.neighbour_scores import score_neighbours
    from artextract.similarity.search import Searcher
    from artextract.vision.embedding import embed_collection, load_embeddings

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(root / "cache"))
        small = collected(fill_folder(root / "pictures"), "small")
        embed_collection(small, "efficientnet_lite2")
        embeddings = load_embeddings(small, "efficientnet_lite2")
        compute_map(small, embeddings, "tsne")
        score_neighbours(Searcher(small, embeddings, lambda: pytest.fail("nothing is embedded")))


@pytest.fixture(scope="session")
def places_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the collection "places": four painters, whose works lie apart on the map."""
    return _made_once(tmp_path_factory, "places", _make_places)


def _make_places(root: Path) -> None:
    """The embeddings are made up: no network sees the pictures. No job computes scores ahead."""
    from artextract.features.shards import picture_key
    from artextract.maps.gallery_map import compute_map
    from artextract.similarity.search import Searcher
    from artextract.vision.backbones import find_backbone, weights_of
    from artextract.vision.embedding import load_embeddings
    from artextract.vision.feature_key import embedding_key
    from artextract.vision.feature_store import FeatureStore

    folder, count = root / "pictures", PLACES * WORKS_A_PLACE
    folder.mkdir(parents=True)
    lines = ["file,title,artist,year,genre"]
    for number in range(count):
        (folder / f"{number:03}.jpg").write_bytes(jpeg(made_picture(number, 48, 36)))
        painter = number // WORKS_A_PLACE
        genre = ("portrait", "landscape")[painter % 2]
        lines.append(f"{number:03}.jpg,Work {number},Painter {painter},{1600 + 50 * painter},{genre}")
    (folder / "table.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(root / "cache"))
        places = collected(folder, "places")
        backbone = find_backbone("efficientnet_lite2")
        key = embedding_key(backbone, weights_of(backbone), "float32")
        random = np.random.default_rng(0)
        centres = random.normal(size=(PLACES, 32)).repeat(WORKS_A_PLACE, axis=0)
        vectors = centres + random.normal(scale=0.4, size=(count, 32))
        hashes = places.works()["image_sha256"]
        FeatureStore(places, key).append([*map(picture_key, hashes)], {"vectors": vectors.astype(np.float16)})
        embeddings = load_embeddings(places, "efficientnet_lite2")
        compute_map(places, embeddings, "tsne")
        Searcher(places, embeddings, lambda: pytest.fail("nothing is embedded")).complete_scores()


@pytest.fixture
def ready(ready_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collection]:
    """The collection "small", embedded and mapped; a test that embeds or maps it anew fails."""
    monkeypatch.setenv(CACHE_VARIABLE, str(ready_cache))
    small = Collection.open("small")
    before = _embeddings_and_maps(small)
    yield small
    assert _embeddings_and_maps(small) == before


def _embeddings_and_maps(collection: Collection) -> list[Path]:
    found = [*collection.root.glob("features/*"), *collection.root.glob("maps/*")]
    return sorted(path for path in found if ".tmp" not in path.name)


@pytest.fixture(scope="session")
def people_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the collection "people": one person, the same twice, and nobody; all found."""
    return _made_once(tmp_path_factory, "people", _make_people)


def _make_people(root: Path) -> None:
    from artextract.detection.detect import DETECTORS, detect
    from artextract.vision.embedding import embed_collection

    folder = root / "pictures"
    folder.mkdir(parents=True)
    pictures = {"one": somebody(), "two": two_people(), "nobody": made_picture(7, 300, 200)}
    for name, image in pictures.items():
        (folder / f"{name}.jpg").write_bytes(jpeg(image))
    (folder / "table.csv").write_text(
        "file,title,artist,year\none.jpg,Alone,A,1990\ntwo.jpg,Two of them,B,1890\nnobody.jpg,Nothing,C,\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(root / "cache"))
        collection = collected(folder, "people")
        embed_collection(collection, "efficientnet_lite2")
        detect(collection, DETECTORS["poses"])


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[StandIn]":
    """A gallery of 60 paintings."""
    from tests.support.gallery_server import StandIn
    from tests.support.gallery_tables import many

    with StandIn(tmp_path_factory.mktemp("gallery")) as standing:
        many(standing.url, 70, 60).write(standing.tables)
        yield standing


@pytest.fixture(scope="session")
def server(
    ready_cache: Path,
    people_cache: Path,
    places_cache: Path,
    house: "StandIn",
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The app on "small", "people" and "places", in a cache of its own; gives its address."""
    from tests.support.running_app import running_app

    own = tmp_path_factory.mktemp("app") / "cache"
    shutil.copytree(ready_cache, own)
    shutil.copytree(people_cache / "collections" / "people", own / "collections" / "people")
    shutil.copytree(places_cache / "collections" / "places", own / "collections" / "places")
    with running_app(own, **{HOSTS_VARIABLE: house.host}) as app:
        yield app.url


@pytest.fixture(scope="module")  # not longer: its event loop would be in others' way
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    from tests.support.browser import CHROMIUM, FLAGS

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def context(browser: "Browser") -> "Iterator[BrowserContext]":
    """A profile of the browser. It keeps the compiled scripts of the app: a new profile compiles them for seconds."""
    made = browser.new_context(viewport={"width": 1440, "height": 1000})
    yield made
    made.close()


@pytest.fixture
def page(context: "BrowserContext") -> "Iterator[Page]":
    """A page of a new visitor."""
    context.clear_cookies()
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    yield opened
    opened.close()
    assert not failures


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> "Iterator[World]":
    """One local server that plays all hosts of the world."""
    from tests.support.world import World

    with World() as playing:
        playing.enter(monkeypatch)
        yield playing
