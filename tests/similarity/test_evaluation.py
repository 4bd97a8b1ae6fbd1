"""Measuring likeness: right by hand and by plain Python, on the command line, kept and stopped."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collection import Collection
from artextract.errors import NotReadyError, Stopped
from artextract.progress import Stage, Step, silent
from artextract.settings import CACHE_VARIABLE
from artextract.similarity import fusion
from artextract.similarity.corrections import CORRECTIONS, look_around
from artextract.similarity.evaluation import evaluate, pictures
from artextract.similarity.evaluation.figures import Bootstrap, hubness, measures
from artextract.similarity.evaluation.results import read_results, results_file
from artextract.similarity.evaluation.rivals import Ranking, Space, best
from artextract.similarity.evaluation.trial import LEAST, QUESTIONS, Trial
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


def made_vectors() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(COUNT, 4)).astype(np.float32) + 0.8


def ranking_of(trial: Trial) -> Ranking:
    vectors = made_vectors()
    stage = Stage("", 1, silent)
    spaces = {
        "one": Space(vectors, trial, stage),
        "two": Space(vectors[:, ::-1] ** 3, trial, stage),
    }
    small = np.random.default_rng(2).integers(0, 256, (COUNT, 2, 2, 3), dtype=np.uint8)
    return Ranking(trial, spaces, small)


def plainly(trial: Trial, scores: np.ndarray, question: str) -> tuple[list[float], list[float]]:
    """Precision@10 and average precision of each counted query, in plain Python."""
    works, what = trial.works.to_dict("records"), QUESTIONS[question]
    precisions, averages = [], []
    for place, row in enumerate(trial.queries):
        asked = works[row]
        ranked = []
        for column in np.argsort(-scores[place], kind="stable"):
            other = works[trial.gallery[column]]
            if other["id"] == asked["id"] or pd.isna(other[what.column]):
                continue
            if what.but_same and (pd.isna(other["artist"]) or other["artist"] == asked["artist"]):
                continue
            ranked.append(other[what.column] == asked[what.column])
        if pd.isna(asked[what.column]) or (what.but_same and pd.isna(asked["artist"])):
            continue
        if sum(ranked) < LEAST:
            continue
        ten = ranked[:10]
        precisions.append(sum(ten) / 10)
        averages.append(sum(sum(ten[: i + 1]) / (i + 1) for i in range(10) if ten[i]) / 10)
    return precisions, averages


@pytest.mark.parametrize("split", [True, False])
@pytest.mark.parametrize("question", ["artist", "style", "other_artist"])
def test_the_figures_are_those_of_plain_python(split: bool, question: str) -> None:
    trial = Trial(made_works(split))
    assert trial.kept_apart == split
    assert [one.name for one in trial.questions] == ["artist", "style", "other_artist"]
    what = QUESTIONS[question]
    counted = trial.counted(what)
    for rival, scores in ranking_of(trial).scores(trial.queries):
        if rival.name == "fused_ranks":  # two that swap places are equal: either may be the tenth
            continue
        places = best(scores, trial.answers(what, trial.queries), 10)
        right = trial.right(what, trial.gallery[places])[counted]
        found = measures(right)
        precisions, averages = plainly(trial, scores, question)
        assert found["p10"].tolist() == pytest.approx(precisions), rival.name
        assert found["map10"].tolist() == pytest.approx(averages), rival.name


def test_corrections_follow_their_papers() -> None:
    from scipy.stats import norm

    trial = Trial(made_works(False))
    units = made_vectors().astype(np.float64)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    cosines = units @ units.T
    np.fill_diagonal(cosines, np.nan)
    near = np.sort(np.nan_to_num(cosines, nan=-1), axis=1)[:, -10:].mean(axis=1)
    chance = norm.cdf((cosines - np.nanmean(cosines, axis=1)[:, None]) / np.nanstd(cosines, axis=1)[:, None])
    expected = {"one": cosines, "one_csls": 2 * cosines - near[None], "one_proximity": np.log(chance * chance.T)}
    found = {rival.name: scores for rival, scores in ranking_of(trial).scores(trial.queries)}
    for name, scores in expected.items():
        np.testing.assert_allclose(found[name], scores, atol=1e-4)
    assert all(np.isnan(scores.diagonal()).all() for scores in found.values())


def test_whitened_vectors_of_the_gallery_differ_as_much_in_every_direction() -> None:
    trial = Trial(made_works(True))
    units = unit(made_vectors())
    gallery = units[trial.gallery].astype(np.float64)
    inverse = np.linalg.inv(np.cov(gallery.T, bias=True))
    apart = units - gallery.mean(axis=0)
    product = apart @ inverse @ apart[trial.gallery].T  # Mahalanobis's
    lengths = np.sqrt(np.einsum("nd,de,ne->n", apart, inverse, apart))
    expected = product / lengths[:, None] / lengths[trial.gallery]
    around = look_around(units, trial.gallery, Stage("", 1, silent))
    cosines = units @ units[trial.gallery].T
    whitened = CORRECTIONS["whitened"].made(units[trial.gallery], around.of(trial.gallery))
    np.testing.assert_allclose(whitened(units, cosines), expected, atol=1e-3)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.integers(0, 10_000))
def test_fusing_a_ranking_with_itself_changes_nothing(count: int, seed: int) -> None:
    scores = np.random.default_rng(seed).permutation(count).astype(np.float32)[None]
    for fused in (fusion.reciprocal_ranks, fusion.standardised):
        assert fusion.ranks(fused([scores, 3 * scores + 1])).tolist() == (fusion.ranks(scores).tolist())


def test_reciprocal_ranks_by_hand() -> None:
    one, two = np.array([[0.9, 0.5, 0.1]]), np.array([[0.2, 0.8, np.nan]])
    one[0, 2] = np.nan
    fused = fusion.reciprocal_ranks([one, two])
    assert fused[0, :2] == pytest.approx([1 / 61 + 1 / 62, 1 / 62 + 1 / 61])
    assert np.isnan(fused[0, 2])


def test_intervals_are_by_artist() -> None:
    hands = np.repeat(np.arange(10), 50)
    by_artist = Bootstrap(hands).figure((hands % 2).astype(float), np.ones(500, bool))
    by_query = Bootstrap(np.arange(500)).figure((hands % 2).astype(float), np.ones(500, bool))
    assert by_artist.value == by_query.value == 0.5
    assert by_artist.high - by_artist.low > 4 * (by_query.high - by_query.low)
    assert by_artist.low < 0.5 < by_artist.high


def test_a_hub_is_seen() -> None:
    even = np.arange(100).reshape(10, 10)
    hub = np.concatenate([np.zeros((10, 5), int), np.arange(50).reshape(10, 5) + 1], axis=1)
    assert hubness(even, np.arange(100)).skew == 0
    found = hubness(hub, np.arange(100))
    assert found.skew > 5
    assert (found.most, found.never) == (50, 0.49)


def test_works_without_labels_are_one_sentence() -> None:
    bare = made_works(False).assign(artist=None, style=None).astype("str")
    with pytest.raises(NotReadyError, match="there is nothing to measure by"):
        Trial(bare.mask(bare == "None"))


@pytest.fixture
def own(ready_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """A copy of "small" to write to. Its two genres have twelve works each."""
    shutil.copytree(ready_cache, tmp_path / "own")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "own"))
    monkeypatch.setattr(pictures, "ASKED", 3)
    return Collection.open("small")


def test_a_collection_is_measured_kept_and_told(own: Collection) -> None:
    assert read_results(own) is None
    done = CliRunner().invoke(app, ["evaluate", "similarity", "small", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["asked"] == {"genre": 24}
    by_name = {row["name"]: row for row in said["rows"]}
    assert list(by_name) == [
        "efficientnet_lite2",
        "efficientnet_lite2_centred",
        "efficientnet_lite2_whitened",
        "efficientnet_lite2_csls",
        "efficientnet_lite2_proximity",
        "random",
        "pixels",
    ]
    for row in said["rows"]:
        ten = row["figures"]["genre"]["p10"]
        assert 0 <= ten["low"] <= ten["value"] <= ten["high"] <= 1
        assert set(row["figures"]["genre"]) == {"p1", "p5", "p10", "map10"}
        assert -1 <= row["pictures"]["ssim"] <= 1
    rmse = {name: row["pictures"]["rmse"] for name, row in by_name.items()}
    assert min(rmse, key=lambda name: rmse[name]) == "pixels"
    assert by_name["random"]["pictures"]["cosine"] is None
    kept = read_results(own)
    assert kept is not None
    assert json.loads(json.dumps(kept.summary())) == said
    lists = kept.neighbours["efficientnet_lite2.genre"]
    assert lists.shape == (24, 10)
    assert not (lists == kept.query_rows[:, None]).any()
    people = CliRunner().invoke(app, ["evaluate", "similarity", "small"]).stdout
    assert "Same genre (24 queries)" in people
    assert "0.2045" in people


def test_a_stop_keeps_what_was_measured_before(own: Collection) -> None:
    evaluate.evaluate_likeness(own)
    before = results_file(own).read_bytes()

    def stop(step: Step) -> None:
        if step.stage == "Ranking":
            raise Stopped

    with pytest.raises(Stopped):
        evaluate.evaluate_likeness(own, stop)
    assert results_file(own).read_bytes() == before
    results_file(own).write_bytes(b"nonsense")
    assert read_results(own) is None


def test_several_embeddings_are_fused_and_say_who_found_what(own: Collection) -> None:
    from artextract.vision.embedding import embed_collection

    embed_collection(own, "style")
    found = evaluate.evaluate_likeness(own)
    assert {"fused_ranks", "fused_scores"} < {row.name for row in found.rows}
    fused = found.row("fused_ranks")
    assert fused is not None
    assert fused.against == "style"
    kept = read_results(own)
    assert kept is not None
    np.testing.assert_array_equal(kept.surroundings["style"].near, found.surroundings["style"].near)
    ranks = found.fused_ranks["fused_ranks.genre"]
    assert ranks.shape == (24, 10, 2)
    sums = (1 / (60 + ranks)).sum(axis=2)
    assert (np.diff(sums, axis=1) <= 1e-6).all()  # the order comes from those ranks
