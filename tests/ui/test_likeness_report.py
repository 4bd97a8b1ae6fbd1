"""The likeness half of the Model report: what it says, offers, and opens."""

import shutil
import time
from pathlib import Path

import pytest

from artextract.collection import Collection
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.evaluation import pictures
from artextract.similarity.evaluation.evaluate import evaluate_likeness
from artextract.similarity.evaluation.results import Results, read_results
from artextract.ui.jobs.job_queue import job_queue
from artextract.ui.report import likeness
from artextract.ui.report.likeness_chart import precision_figure
from tests.ui.test_screens import screen, words


@pytest.fixture(scope="module")
def measured_cache(ready_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache whose collection "small" was measured; not to be changed."""
    own = tmp_path_factory.mktemp("measured") / "cache"
    shutil.copytree(ready_cache, own)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(own))
        patch.setattr(pictures, "ASKED", 2)
        evaluate_likeness(Collection.open("small"))
    return own


@pytest.fixture
def measured(measured_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    monkeypatch.setenv(CACHE_VARIABLE, str(measured_cache))
    return Collection.open("small")


def results_of(collection: Collection) -> Results:
    found = read_results(collection)
    assert found is not None
    return found


def test_the_table_the_chart_and_the_queries_are_shown(measured: Collection) -> None:
    app = screen("model_report", collection="small", report="likeness", row="pixels")
    said = words(app)
    assert app.title[0].value == "How good are the neighbours?"
    assert "Each of 24 works is a query among the others" in said
    assert "a mean SSIM of 0.2045" in said
    assert "of 10 are right." in said
    table = app.dataframe[0].value
    assert list(table["kind"]) == ["Embedding", *["Corrected"] * 4, "Floor", "Floor"]
    ten = results_of(measured).rows[0].figures["genre"]["p10"]
    assert table["p10"].iloc[0] == pytest.approx(100 * ten.value)
    assert app.selectbox(key="_row").value == "pixels"
    app.selectbox(key="_row").set_value("efficientnet_lite2").run()
    assert not app.exception
    assert app.query_params["row"] in ("efficientnet_lite2", ["efficientnet_lite2"])
    for order in ("wrong", "right"):
        app.selectbox(key="_order").set_value(order).run()
        assert not app.exception
    app.segmented_control(key="_report").set_value("reading").run()
    assert app.title[0].value == "How good is the model?"


def test_a_query_opens_with_right_and_wrong_marked(measured: Collection) -> None:
    works = measured.works()
    results = results_of(measured)
    queries = likeness.Queries(results, works, "efficientnet_lite2", "genre")
    best, worst = queries.in_order("right"), queries.in_order("wrong")
    assert sorted(best) == sorted(worst) == list(range(24))
    shares = [sum(queries.asked(place).right) for place in best]
    assert shares == sorted(shares, reverse=True)
    one = queries.asked(best[0])
    genre = works["genre"]
    assert one.right == [genre[row] == genre[one.query] for row in one.answers]
    query, *answers = queries.cards(measured, one)
    assert query.badge == "Query"
    assert query.picture_url.endswith(f"/thumb/small/{works['image_sha256'][one.query]}.jpg")
    assert [card.badge for card in answers] == [
        f"{n} {'✓ right' if right else '✗ wrong'}" for n, right in enumerate(one.right, start=1)
    ]


def test_the_chart_has_its_bars_intervals_and_units(measured: Collection) -> None:
    figure = precision_figure(results_of(measured), "genre")
    assert sum(len(bars.x) for bars in figure.data) == 7
    assert "%" in figure.layout.xaxis.title.text
    assert "same genre" in figure.layout.title.text
    for bars in figure.data:
        assert all(low >= 0 for low in bars.error_x.arrayminus)


def test_a_collection_not_measured_yet_is_measured_from_the_screen(
    ready_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_queue.clear()
    shutil.copytree(ready_cache, tmp_path / "own")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "own"))
    monkeypatch.setattr(pictures, "ASKED", 2)
    app = screen("model_report", collection="small", report="likeness")
    assert "have not been measured yet" in words(app)
    next(button for button in app.button if button.label == "Measure likeness").click().run()
    deadline = time.monotonic() + 60
    while any(job.running for job in job_queue().jobs()) and time.monotonic() < deadline:
        time.sleep(0.05)
    app.run()
    assert "7 ways to rank were measured on small." in words(app)
    assert len(app.dataframe) == 2
    works = Collection.open("small").works()
    Collection.open("small").write_works(works.assign(title="Another"))
    app.run()
    assert "The works have changed since" in words(app)


def test_a_collection_without_labels_gets_a_sentence(collection: Collection) -> None:
    works = collection.works().assign(artist=None, style=None, genre=None)
    collection.write_works(works)
    app = screen("model_report", collection="small", report="likeness")
    assert "there is nothing to measure by" in words(app)
    assert not any(button.label.startswith("Measure") for button in app.button)


def test_without_a_collection_there_is_a_sentence() -> None:
    assert "no collection whose neighbours" in words(screen("model_report", report="likeness"))
