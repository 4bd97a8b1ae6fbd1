"""The similarity half of the Model report: its table and its button."""

import shutil
import time
from pathlib import Path

import pytest

from artextract.collection import Collection
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.evaluation import evaluate
from artextract.similarity.evaluation.evaluate import evaluate_similarity
from artextract.similarity.evaluation.results import SimilarityResults, read_results
from artextract.ui.jobs.job_queue import job_queue
from artextract.ui.report.similarity_panel import report_table
from tests.ui.test_screens import screen, words


@pytest.fixture(scope="module")
def evaluated_cache(ready_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache whose collection "small" was evaluated; not to be changed."""
    own = tmp_path_factory.mktemp("evaluated") / "cache"
    shutil.copytree(ready_cache, own)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(own))
        patch.setattr(evaluate, "SAMPLE", 2)
        evaluate_similarity(Collection.open("small"))
    return own


@pytest.fixture
def evaluated(evaluated_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    monkeypatch.setenv(CACHE_VARIABLE, str(evaluated_cache))
    return Collection.open("small")


def results_of(collection: Collection) -> SimilarityResults:
    results = read_results(collection)
    assert results is not None
    return results


def test_the_table_is_shown(evaluated: Collection) -> None:
    app = screen("model_report", collection="small", report="similarity")
    text = words(app)
    assert app.title[0].value == "How good are the similar works?"
    assert "Each of 24 works is a query among the others" in text
    assert "a mean SSIM of 0.2045" in text
    table = app.dataframe[0].value
    assert list(table["label"]) == ["efficientnet_lite2", "Random works", "Nearest by pixels"]
    app.segmented_control(key="_report").set_value("reading").run()
    assert app.title[0].value == "How good are the predictions?"


def test_the_table_is_in_per_cent(evaluated: Collection) -> None:
    results = results_of(evaluated)
    table, first = report_table(results, "genre"), results.rankings[0]
    ten = first.measures["genre"]["p10"]
    assert table["p10"].iloc[0] == pytest.approx(100 * ten.value)
    assert table["interval"].iloc[0] == f"{100 * ten.low:.1f} to {100 * ten.high:.1f}"
    assert table["ssim"].iloc[0] == first.picture_scores["ssim"]


def test_a_collection_is_evaluated_from_the_screen(
    ready_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_queue.clear()
    shutil.copytree(ready_cache, tmp_path / "own")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "own"))
    monkeypatch.setattr(evaluate, "SAMPLE", 2)
    app = screen("model_report", collection="small", report="similarity")
    assert "have not been evaluated yet" in words(app)
    next(button for button in app.button if button.label == "Evaluate").click().run()
    deadline = time.monotonic() + 60
    while any(job.running for job in job_queue().jobs()) and time.monotonic() < deadline:
        time.sleep(0.05)
    app.run()
    assert "Evaluated 3 ways to rank the works of small." in words(app)
    assert len(app.dataframe) == 1
    works = Collection.open("small").works()
    Collection.open("small").write_works(works.assign(title="Another"))
    app.run()
    assert "The works have changed since" in words(app)


def test_a_collection_without_labels_gets_a_sentence(collection: Collection) -> None:
    works = collection.works().assign(artist=None, style=None, genre=None)
    collection.write_works(works)
    app = screen("model_report", collection="small", report="similarity")
    assert "These works have no such label" in words(app)
    assert not any(button.label.startswith("Evaluate") for button in app.button)


def test_without_a_collection_there_is_a_sentence() -> None:
    assert "No collection to evaluate" in words(screen("model_report", report="similarity"))
