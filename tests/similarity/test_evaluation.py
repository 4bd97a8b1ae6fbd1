"""The evaluation of similar works: its measures in plain Python, its intervals, its command."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collection import Collection
from artextract.errors import NotReadyError, Stopped
from artextract.progress import Step
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.evaluation import evaluate
from artextract.similarity.evaluation.evaluate import best, evaluate_similarity, scores_of
from artextract.similarity.evaluation.measures import ArtistBootstrap, ranking_measures
from artextract.similarity.evaluation.results import read_results, results_file
from artextract.similarity.evaluation.retrieval_task import MIN_RELEVANT, RELEVANCES, RetrievalTask
from artextract.vectors import unit

COUNT = 90


def made_works(split: bool) -> pd.DataFrame:
    """Ninety works of two styles by six artists; one style is unknown, one artist too."""
    numbers = np.arange(COUNT)
    table = pd.DataFrame({
        "id": [f"w{n}" for n in numbers],
        "artist": [f"Maker {n % 6}" for n in numbers],
        "style": [("Cubism", "Rococo")[n % 2] for n in numbers],
        "genre": None,
        "split": [("val" if n < 20 else "train") if split else None for n in numbers],
    }).astype("str")
    table.loc[5, "style"] = None
    table.loc[7, "artist"] = None
    return table.mask(table == "None")


def all_scores(task: RetrievalTask) -> dict[str, np.ndarray]:
    vectors = np.random.default_rng(1).normal(size=(COUNT, 4)).astype(np.float32) + 0.8
    units = {"one": unit(vectors), "two": unit(vectors[:, ::-1] ** 3)}
    pixels = np.random.default_rng(2).random((COUNT, 12), dtype=np.float32)
    return dict(scores_of(task, units, pixels, task.queries))


def in_plain_python(task: RetrievalTask, scores: np.ndarray, name: str) -> tuple[list[float], list[float]]:
    """Precision@10 and average precision of each counted query."""
    works, relevance = task.works.to_dict("records"), RELEVANCES[name]
    precisions, averages = [], []
    for place, row in enumerate(task.queries):
        query = works[row]
        ranked = []
        for column in np.argsort(-scores[place], kind="stable"):
            answer = works[task.gallery[column]]
            if answer["id"] == query["id"] or pd.isna(answer[relevance.column]):
                continue
            if relevance.exclude and (pd.isna(answer["artist"]) or answer["artist"] == query["artist"]):
                continue
            ranked.append(answer[relevance.column] == query[relevance.column])
        if pd.isna(query[relevance.column]) or (relevance.exclude and pd.isna(query["artist"])):
            continue
        if sum(ranked) < MIN_RELEVANT:
            continue
        ten = ranked[:10]
        precisions.append(sum(ten) / 10)
        averages.append(sum(sum(ten[: i + 1]) / (i + 1) for i in range(10) if ten[i]) / 10)
    return precisions, averages


@pytest.mark.parametrize("split", [True, False])
@pytest.mark.parametrize("name", ["artist", "style", "other_artist"])
def test_the_measures_are_those_of_plain_python(split: bool, name: str) -> None:
    task = RetrievalTask(made_works(split))
    assert task.has_split == split
    assert [relevance.name for relevance in task.relevances] == ["artist", "style", "other_artist"]
    relevance = RELEVANCES[name]
    counted = task.counted(relevance)
    scores_by_ranking = all_scores(task)
    assert list(scores_by_ranking) == ["one", "two", "random", "pixels"]
    for ranking, scores in scores_by_ranking.items():
        places = best(scores, task.candidates(relevance, task.queries), 10)
        measures = ranking_measures(task.relevant(relevance, task.gallery[places])[counted])
        precisions, averages = in_plain_python(task, scores, name)
        assert measures["p10"].tolist() == pytest.approx(precisions), ranking
        assert measures["map10"].tolist() == pytest.approx(averages), ranking


def test_intervals_are_by_artist() -> None:
    artists = np.repeat(np.arange(10), 50)
    values, counted = {"value": (artists % 2).astype(float)}, np.ones(500, bool)
    by_artist = ArtistBootstrap(artists).estimates(values, counted)["value"]
    by_query = ArtistBootstrap(np.arange(500)).estimates(values, counted)["value"]
    assert by_artist.value == by_query.value == 0.5
    assert by_artist.high - by_artist.low > 4 * (by_query.high - by_query.low)
    assert by_artist.low < 0.5 < by_artist.high


def test_works_without_labels_are_one_sentence() -> None:
    bare = made_works(False).assign(artist=None, style=None).astype("str")
    with pytest.raises(NotReadyError, match="These works have no such label"):
        RetrievalTask(bare.mask(bare == "None"))


@pytest.fixture
def own(ready_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """A copy of "small" to write to. Its two genres have twelve works each."""
    shutil.copytree(ready_cache, tmp_path / "own")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "own"))
    monkeypatch.setattr(evaluate, "SAMPLE", 3)
    return Collection.open("small")


def test_a_collection_is_evaluated_stored_and_printed(own: Collection) -> None:
    assert read_results(own) is None
    done = CliRunner().invoke(app, ["evaluate", "similarity", "small", "--json"])
    assert done.exit_code == 0, done.output
    printed = json.loads(done.stdout)
    assert printed["counted"] == {"genre": 24}
    by_name = {ranking["name"]: ranking for ranking in printed["rankings"]}
    assert list(by_name) == ["efficientnet_lite2", "random", "pixels"]
    for ranking in printed["rankings"]:
        ten = ranking["measures"]["genre"]["p10"]
        assert 0 <= ten["low"] <= ten["value"] <= ten["high"] <= 1
        assert set(ranking["measures"]["genre"]) == {"p1", "p5", "p10", "map10"}
        assert set(ranking["picture_scores"]) == {"ssim", "rmse", "lpips"}
        assert -1 <= ranking["picture_scores"]["ssim"] <= 1
    rmse = {name: ranking["picture_scores"]["rmse"] for name, ranking in by_name.items()}
    assert min(rmse, key=lambda name: rmse[name]) == "pixels"
    stored = read_results(own)
    assert stored is not None
    assert stored.model_dump() == printed
    text = CliRunner().invoke(app, ["evaluate", "similarity", "small"]).stdout
    assert "Same genre (24 queries)" in text
    assert "0.2045" in text


def test_a_stop_keeps_earlier_results(own: Collection) -> None:
    evaluate_similarity(own)
    before = results_file(own).read_bytes()

    def stop(step: Step) -> None:
        if step.stage == "Ranking":
            raise Stopped

    with pytest.raises(Stopped):
        evaluate_similarity(own, stop)
    assert results_file(own).read_bytes() == before
    results_file(own).write_bytes(b"nonsense")
    assert read_results(own) is None
