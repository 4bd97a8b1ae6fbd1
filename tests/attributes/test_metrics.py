"""The figures of a model's answers, its dates as distributions, and its calibration."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, top_k_accuracy_score

from artextract.attributes.certainty.calibration import SURE_ENOUGH, Calibration, fit_temperature, unsure_threshold
from artextract.attributes.date_bins import BINS, EDGES, FIRST, LAST, WIDTH, quantiles, soft_targets
from artextract.attributes.evaluation.metrics import (
    calibration_error_by_chance,
    expected_calibration_error,
    mean_by_artist,
    reliability,
    score,
    score_dates,
)
from benchmarks.model_difference import accuracy_difference

some = settings(max_examples=30, deadline=None)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def answers(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and right classes, some of which have no painting."""
    random = np.random.default_rng(draw(seeds))
    n, classes = draw(st.integers(1, 60)), draw(st.integers(6, 12))
    probabilities = softmax(random.normal(0, draw(st.sampled_from([0.1, 1, 5])), (n, classes)), 1)
    target = random.integers(0, draw(st.integers(1, classes)), n)
    easy = random.random(n) < draw(st.sampled_from([0.0, 0.6, 1.0]))
    return probabilities, np.where(easy, probabilities.argmax(axis=1), target)


@st.composite
def confidences(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of answers, with ties and both ends, and which of them are right."""
    n = draw(st.integers(1, 60))
    random = np.random.default_rng(draw(seeds))
    confidence = random.integers(0, 1001, n) / 1000 if draw(st.booleans()) else random.random(n)
    return confidence, random.random(n) < draw(st.sampled_from([0.0, 0.3, 1.0])) + confidence / 2


@given(answers())
@some
def test_the_figures_are_scikit_learns(made: tuple[np.ndarray, np.ndarray]) -> None:
    probabilities, target = made
    said = probabilities.argmax(axis=1)
    found = score(probabilities, target, np.arange(len(target)))
    present = np.unique(target)
    assert (found.n, found.classes) == (len(target), len(present))
    assert found.accuracy == pytest.approx(accuracy_score(target, said))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn's, of classes said but not present
        balanced = balanced_accuracy_score(target, said)
    assert found.balanced_accuracy == pytest.approx(balanced)
    f1 = f1_score(target, said, labels=present, average="macro", zero_division=0.0)
    assert found.macro_f1 == pytest.approx(f1)
    every = np.arange(probabilities.shape[1])
    top5 = top_k_accuracy_score(target, probabilities, k=5, labels=every)
    assert found.top5 == pytest.approx(top5)


@given(answers())
@some
def test_every_figure_is_between_0_and_1(made: tuple[np.ndarray, np.ndarray]) -> None:
    found = score(*made, np.arange(len(made[1])) // 3)
    for figure in (found.balanced_accuracy, found.macro_f1, found.top5, found.ece, found.ece_by_chance):
        assert 0 <= figure <= 1
    assert 0 <= found.accuracy_low <= found.accuracy <= found.accuracy_high <= 1
    assert found.accuracy <= found.top5


def test_figures_worked_out_by_hand() -> None:
    said = [0, 0, 0, 1, 2]
    target = np.array([0, 0, 1, 1, 1])
    found = score(np.eye(7)[said], target, np.arange(5))
    assert (found.n, found.classes) == (5, 2)
    assert found.accuracy == pytest.approx(3 / 5)
    assert found.balanced_accuracy == pytest.approx((1 + 1 / 3) / 2)
    assert found.macro_f1 == pytest.approx((2 * 2 / 5 + 2 * 1 / 4) / 2)
    assert found.top5 == 1  # ties go to the lower class, so classes 0 to 4 are among the five
    assert found.ece == pytest.approx(2 / 5)


def test_a_perfect_model_has_perfect_figures() -> None:
    target = np.array([3, 1, 4, 1, 5])
    found = score(np.eye(6)[target], target, np.arange(5))
    assert (found.accuracy, found.balanced_accuracy, found.macro_f1, found.top5) == (1, 1, 1, 1)
    assert found.ece == 0


def test_the_right_class_in_sixth_place_is_not_among_the_five() -> None:
    probabilities = np.array([[0.3, 0.25, 0.2, 0.12, 0.08, 0.05]])
    assert score(probabilities, np.array([4]), np.zeros(1, int)).top5 == 1
    assert score(probabilities, np.array([5]), np.zeros(1, int)).top5 == 0


def test_nothing_to_score_is_refused() -> None:
    with pytest.raises(ValueError, match="no labelled paintings"):
        score(np.zeros((0, 3)), np.zeros(0, dtype=int), np.zeros(0, dtype=int))
    assert score_dates(np.zeros((2, 3)), np.full(2, np.nan)) is None


def test_the_calibration_error_worked_out_by_hand() -> None:
    confidence = np.array([0.95, 0.97, 0.5, 0.52, 0.1])
    right = np.array([True, False, True, True, False])
    # Of 15 bins: |1/2 - 0.96| twice, |1 - 0.51| twice, |0 - 0.1| once.
    by_hand = (2 * 0.46 + 2 * 0.49 + 0.1) / 5
    assert expected_calibration_error(confidence, right) == pytest.approx(by_hand)


def test_a_reliability_diagram_worked_out_by_hand() -> None:
    confidence = np.array([0.0, 0.2, 0.25, 0.26, 1.0])
    right = np.array([False, True, False, True, True])
    bars = reliability(confidence, right, bins=4)[["low", "high", "count", "confidence", "accuracy"]]
    low, middle, high = bars.to_numpy().tolist()
    assert low == pytest.approx([0, 0.25, 3, 0.15, 1 / 3])  # a bin holds its upper end
    assert middle[:3] == [0.25, 0.5, 1]
    assert high == [0.75, 1, 1, 1, 1]


@given(confidences(), st.integers(1, 20))
@some
def test_the_bins_hold_every_answer_once(made: tuple[np.ndarray, np.ndarray], bins: int) -> None:
    confidence, right = made
    bars = reliability(confidence, right, bins)
    assert bars["count"].sum() == len(confidence)
    assert (bars["count"] * bars["accuracy"]).sum() == pytest.approx(right.sum())
    assert (bars["count"] * bars["confidence"]).sum() == pytest.approx(confidence.sum())
    assert bars["low"].is_monotonic_increasing and bars["low"].is_unique
    assert bars["confidence"].between(bars["low"] - 1e-12, bars["high"] + 1e-12).all()


@given(confidences())
@some
def test_the_calibration_error_is_at_least_the_overall_one(made: tuple[np.ndarray, np.ndarray]) -> None:
    confidence, right = made
    found = expected_calibration_error(confidence, right)
    assert abs(right.mean() - confidence.mean()) - 1e-12 <= found <= 1


@given(
    st.lists(st.tuples(st.integers(0, 14), st.integers(1, 12)), min_size=1, max_size=6, unique_by=lambda pair: pair[0]),
    st.data(),
)
@some
def test_answers_as_often_right_as_they_say_have_no_calibration_error(
    counts: list[tuple[int, int]], data: st.DataObject
) -> None:
    confidence: list[float] = []
    right: list[bool] = []
    for number, size in counts:  # in each bin one probability: a share k/size inside the bin
        shares = [k for k in range(size + 1) if number < 15 * k / size <= number + 1]
        if shares:
            k = data.draw(st.sampled_from(shares))
            confidence += [k / size] * size
            right += [i < k for i in range(size)]
    found = expected_calibration_error(np.array(confidence), np.array(right, dtype=bool))
    assert found == pytest.approx(0, abs=1e-12)
    if confidence:
        wrong = np.zeros(len(right), dtype=bool)
        assert expected_calibration_error(np.array(confidence), wrong) > 0


@pytest.mark.parametrize("count", [100, 1000])
def test_the_calibration_error_by_chance_is_what_calibrated_answers_show(count: int) -> None:
    confidence = np.random.default_rng(1).uniform(0.2, 1, count)
    by_chance = calibration_error_by_chance(confidence)
    draws = [np.random.default_rng(seed).random(count) < confidence for seed in range(10, 40)]
    shown = np.mean([expected_calibration_error(confidence, right) for right in draws])
    assert by_chance == pytest.approx(shown, rel=0.15)
    assert 0.5 < by_chance * np.sqrt(count) < 2  # fewer answers, more chance


def test_the_difference_of_two_models_has_a_narrower_interval_than_each() -> None:
    random = np.random.default_rng(0)
    artists = np.repeat(np.arange(40), 20)
    easy = random.random(40)[artists]  # one artist is harder than another, for both models
    before = random.random(800) < easy
    after = np.where(random.random(800) < 0.1, True, before)
    alone, difference = mean_by_artist(after, artists), mean_by_artist(after * 1.0 - before, artists)
    assert alone.low < before.mean() < alone.high
    assert difference.value == pytest.approx(after.mean() - before.mean())
    assert difference.low > 0


def test_two_models_are_compared_on_the_paintings_that_both_predicted() -> None:
    truth = ["x", "x", "y", None, "y", "x"]
    after = pd.DataFrame({"file": list("abcdef"), "copy": 0, "style": truth, "painter": list("mmnnoo")})
    before = after[:5].assign(style_predicted=["x", "y", "x", "x", "y"])
    after["style_predicted"] = ["x", "x", "y", "y", "x", "y"]
    count, gain = accuracy_difference(before, after, "style")
    assert (count, gain.value) == (4, pytest.approx((2 - 1) / 4))
    assert gain.low < gain.value < gain.high


def test_date_figures_worked_out_by_hand() -> None:
    year = np.array([1880, 1900, 1700, 1650])
    median = np.array([1883.0, 1890.0, 1701.0, 1650.0])
    low = np.array([1880.5, 1850.0, 1700.6, 1640.0])  # the middle of its year is before it
    high = np.array([1890.0, 1900.4, 1710.0, 1650.5])  # the middle of the second is after it
    found = score_dates(np.stack([low, median, high], axis=1), year)
    assert found is not None
    assert found.n == 4
    assert found.median_abs_error_years == 2
    assert found.coverage_80 == 0.5


@given(st.lists(st.one_of(st.integers(900, 2100), st.none()), min_size=1, max_size=12))
@some
def test_soft_targets_sum_to_one_or_are_nothing(years: list[int | None]) -> None:
    found = soft_targets(np.array([np.nan if year is None else year for year in years]))
    assert found.shape == (len(years), BINS)
    assert found.dtype == np.float32
    assert (found >= 0).all()
    for row, year in zip(found, years, strict=True):
        assert row.sum() == pytest.approx(0 if year is None else 1, abs=1e-5)
        if year is not None:
            inside = min(max(year, FIRST), LAST - 1)
            assert row.argmax() == (inside - FIRST) // WIDTH


@given(st.integers(FIRST + 30, LAST - 30))
@some
def test_a_soft_targets_quantiles_are_those_of_its_normal_distribution(year: int) -> None:
    found = quantiles(soft_targets(np.array([float(year)])), (0.1, 0.5, 0.9))[0]
    spread = 1.2816 * 6
    np.testing.assert_allclose(found - year - 0.5, [-spread, 0, spread], atol=1)  # straight bins


@given(seeds, st.lists(st.floats(0, 1), min_size=2, max_size=6))
@some
def test_quantiles_are_in_order_and_within_the_years(seed: int, levels: list[float]) -> None:
    random = np.random.default_rng(seed)
    probabilities = softmax(random.normal(0, 6, (4, BINS)), axis=1)
    found = quantiles(probabilities, tuple(sorted(levels)))
    assert found.shape == (4, len(levels))
    assert (np.diff(found, axis=1) >= 0).all()
    assert (found >= FIRST).all()
    assert (found <= LAST).all()


@given(st.integers(0, BINS - 1), st.floats(0.01, 0.99))
@some
def test_quantiles_of_a_single_bin_run_straight_through_it(number: int, level: float) -> None:
    found = quantiles(np.eye(BINS)[[number]], (level,))
    assert found[0, 0] == pytest.approx(EDGES[number] + level * WIDTH)


def test_quantiles_of_two_bins_worked_out_by_hand() -> None:
    probabilities = np.zeros((1, BINS))
    probabilities[0, [2, 3]] = 0.25, 0.75  # 1210 to 1215, 1215 to 1220
    found = quantiles(probabilities, (0.125, 0.25, 0.625))
    np.testing.assert_allclose(found, [[1212.5, 1215, 1217.5]])


@given(seeds, st.floats(0.25, 4.5), st.booleans())
@settings(max_examples=15, deadline=None)
def test_the_temperature_of_known_distributions_is_found(seed: int, temperature: float, shifted: bool) -> None:
    random = np.random.default_rng(seed)
    right_logits = random.normal(0, 2, (40, 5))
    shift = random.normal(0, 1, 5) * shifted
    wanted = softmax(right_logits + shift, axis=1)
    found = fit_temperature(right_logits * temperature, wanted, shift)
    assert found == pytest.approx(temperature, rel=1e-3)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_of_simulated_labels_is_found(temperature: float) -> None:
    random = np.random.default_rng(11)
    right_logits = random.normal(0, 2, (4000, 5))
    target = (right_logits + random.gumbel(size=(4000, 5))).argmax(axis=1)  # by their softmax
    found = fit_temperature(right_logits * temperature, target, np.zeros(5))
    assert found == pytest.approx(temperature, rel=0.08)


def test_a_fitted_temperature_makes_overconfident_answers_believable() -> None:
    random = np.random.default_rng(12)
    right_logits = random.normal(0, 1.5, (4000, 5))
    target = (right_logits + random.gumbel(size=(4000, 5))).argmax(axis=1)
    loud = right_logits * 3
    none = (0.0,) * 5
    temperature = fit_temperature(loud, target, np.zeros(5))
    before = score(Calibration(1.0, none, 0.5).probabilities(loud), target, np.arange(len(target)))
    after = score(Calibration(temperature, none, 0.5).probabilities(loud), target, np.arange(len(target)))
    assert before.ece > 0.15
    assert after.ece < 0.04
    assert after.accuracy == before.accuracy


def test_probabilities_worked_out_by_hand() -> None:
    calibration = Calibration(2.0, (0.0, float(np.log(3))), 0.5)
    found = calibration.probabilities(np.array([[0.0, 0.0], [2 * np.log(6), 0.0]]))
    np.testing.assert_allclose(found, [[1 / 4, 3 / 4], [2 / 3, 1 / 3]])


@given(seeds, st.floats(0.2, 5), st.sampled_from([1, 100, 1e4]))
@some
def test_probabilities_sum_to_one_however_large_the_logits(seed: int, temperature: float, size: float) -> None:
    random = np.random.default_rng(seed)
    logits = (random.normal(0, size, (6, 4))).astype(np.float32)
    shift = tuple(random.normal(0, 2, 4).tolist())
    found = Calibration(temperature, shift, 0.5).probabilities(logits)
    assert found.dtype == np.float64
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_the_threshold_is_where_answers_become_right_often_enough() -> None:
    random = np.random.default_rng(13)
    confidence = random.random(4000)
    right = random.random(4000) < confidence  # perfectly calibrated
    assert unsure_threshold(confidence, right) == pytest.approx(SURE_ENOUGH, abs=0.06)
    modest = random.random(4000) < np.sqrt(confidence)
    assert unsure_threshold(confidence, modest) == pytest.approx(SURE_ENOUGH**2, abs=0.06)


def test_the_threshold_of_answers_all_right_or_all_wrong() -> None:
    confidence = np.array([0.3, 0.5, 0.9])
    assert unsure_threshold(confidence, np.array([True] * 3)) <= 0.3
    assert unsure_threshold(confidence, np.array([False] * 3)) == 1


@given(st.lists(st.tuples(st.integers(0, 999), st.booleans()), min_size=1, max_size=60))
@some
def test_answers_from_the_threshold_on_are_right_often_enough(made: list[tuple[int, bool]]) -> None:
    confidence = np.linspace(0, 1, 1001)[[number for number, _ in made]]
    right = np.array([yes for _, yes in made])
    threshold = unsure_threshold(confidence, right)
    assert 0 <= threshold <= 1
    sure = confidence >= threshold
    if sure.any():
        assert right[sure].mean() >= SURE_ENOUGH - 1e-9
