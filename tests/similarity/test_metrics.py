"""Comparing two pictures by their pixels."""

from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter
from skimage.metrics import structural_similarity

from artextract.similarity.metrics.pixels import COMPARISON_SIZE, comparison_picture, difference_picture, rmse
from artextract.similarity.metrics.registry import METRICS, PICTURE_METRICS, score_pictures
from artextract.similarity.metrics.ssim import C1, C2, ssim_map, ssim_with_each

SHAPE = (COMPARISON_SIZE, COMPARISON_SIZE, 3)


def flat(value: int) -> np.ndarray:
    return np.full(SHAPE, value, dtype=np.uint8)


def luma(picture: np.ndarray) -> np.ndarray:
    """BT.601, written out, in double precision."""
    red, green, blue = picture.astype(np.float64).transpose(2, 0, 1)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def scikit_image_ssim(a: np.ndarray, b: np.ndarray) -> tuple[float, np.ndarray]:
    mean, full = structural_similarity(
        luma(a), luma(b), data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, full=True
    )
    return mean, full


@st.composite
def pictures(draw: st.DrawFn) -> np.ndarray:
    """Something like a painting: blurred shapes, of any brightness, contrast and grain."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = gaussian_filter(random.normal(size=SHAPE), (draw(st.sampled_from([0.5, 4, 30])),) * 2 + (0,))
    contrast, grain = draw(st.sampled_from([0, 1, 40, 300])), draw(st.sampled_from([0, 1, 20]))
    values = shapes / shapes.std() * contrast + random.normal(size=SHAPE) * grain
    return np.clip(values + draw(st.integers(0, 255)), 0, 255).astype(np.uint8)


pairs = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize(("a", "b"), [(0, 255), (100, 150), (7, 7), (254, 255)])
def test_ssim_of_two_flat_pictures_follows_the_formula(a: int, b: int) -> None:
    # No variance and no covariance: (2ab + C1) C2 / ((a² + b² + C1) C2).
    by_hand = (2 * a * b + C1) / (a**2 + b**2 + C1)
    assert ssim(flat(a), flat(b)) == pytest.approx(by_hand, abs=1e-9)


def test_the_constants_are_those_of_the_paper() -> None:
    assert pytest.approx(6.5025) == C1
    assert pytest.approx(58.5225) == C2


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    return ssim_with_each(a, [b])[0]


@given(pictures(), pictures())
@pairs
def test_ssim_agrees_with_scikit_image(a: np.ndarray, b: np.ndarray) -> None:
    mean, full = scikit_image_ssim(a, b)
    assert ssim(a, b) == pytest.approx(mean, abs=1e-9)
    np.testing.assert_allclose(ssim_map(a, b), full, atol=1e-6)


@given(pictures(), pictures())
@pairs
def test_ssim_agrees_with_the_formula_written_out(a: np.ndarray, b: np.ndarray) -> None:
    def window(values: np.ndarray) -> np.ndarray:
        return np.asarray(gaussian_filter(values, 1.5, radius=5))[5:-5, 5:-5]

    x, y = luma(a), luma(b)
    mean_x, mean_y = window(x), window(y)
    structure = 2 * (window(x * y) - mean_x * mean_y) + 0.0009 * 255**2
    structure /= window(x * x) - mean_x**2 + window(y * y) - mean_y**2 + 0.0009 * 255**2
    light = (2 * mean_x * mean_y + 0.0001 * 255**2) / (mean_x**2 + mean_y**2 + 0.0001 * 255**2)
    assert ssim(a, b) == pytest.approx((light * structure).mean(), abs=1e-9)


@given(pictures(), pictures())
@pairs
def test_the_metrics_are_symmetric_and_keep_their_range(a: np.ndarray, b: np.ndarray) -> None:
    assert ssim(a, b) == ssim(b, a)
    assert rmse(a, b) == rmse(b, a)
    assert -1 <= ssim(a, b) <= 1
    assert 0 <= rmse(a, b) <= 1
    assert np.abs(ssim_map(a, b)).max() <= 1


@given(pictures())
@pairs
def test_a_picture_is_as_near_to_itself_as_can_be(a: np.ndarray) -> None:
    assert ssim(a, a) == pytest.approx(1, abs=1e-9)
    assert rmse(a, a) == 0
    assert difference_picture(a, a).max() == 0


def test_a_negative_has_a_negative_ssim() -> None:
    stripes = np.zeros(SHAPE, dtype=np.uint8)
    stripes[:, ::2] = 255
    assert ssim(stripes, 255 - stripes) < -0.9


def test_rmse_of_black_and_white_is_one() -> None:
    assert rmse(flat(0), flat(255)) == pytest.approx(1)


def test_rmse_counts_each_channel_alike() -> None:
    red = flat(0)
    red[..., 0] = 255
    assert rmse(red, flat(0)) == pytest.approx(np.sqrt(1 / 3))


@given(pictures(), pictures())
@pairs
def test_rmse_agrees_with_the_formula(a: np.ndarray, b: np.ndarray) -> None:
    by_hand = np.sqrt(np.mean((a / 255 - b / 255) ** 2))
    assert rmse(a, b) == pytest.approx(by_hand, abs=1e-12)


@given(pictures(), pictures())
@pairs
def test_the_difference_picture_shows_where_rmse_comes_from(a: np.ndarray, b: np.ndarray) -> None:
    shown = difference_picture(a, b)
    assert shown.shape == SHAPE[:2]
    assert shown.dtype == np.uint8
    assert np.sqrt(np.mean((shown / 255) ** 2)) == pytest.approx(rmse(a, b), abs=0.5 / 255)


@given(pictures(), st.lists(pictures(), max_size=3))
@settings(max_examples=10, deadline=None)
def test_comparing_with_many_is_comparing_with_each(query: np.ndarray, others: list[np.ndarray]) -> None:
    assert ssim_with_each(query, others) == [ssim(query, other) for other in others]


def test_a_missing_picture_has_no_scores_and_known_values_are_used() -> None:
    scores = score_pictures(flat(0), [None, flat(255), flat(0)], {"lpips": [0.25, 0.5]})
    assert scores[0] == (None, None, None)
    assert scores[1][1:] == pytest.approx((1, 0.25))
    assert scores[2] == pytest.approx((1, 0, 0.5))
    assert score_pictures(None, [flat(0)]) == [(None, None, None)]


@pytest.mark.parametrize("metric", [ssim, ssim_map, rmse, difference_picture])
@pytest.mark.parametrize(
    "wrong",
    [np.zeros((128, 128, 3), np.uint8), np.zeros(SHAPE), np.zeros(SHAPE[:2], np.uint8)],
    ids=["another size", "floats", "greyscale"],
)
def test_what_is_no_comparison_picture_is_refused(metric, wrong: np.ndarray) -> None:
    for pair in ((wrong, flat(0)), (flat(0), wrong)):
        with pytest.raises(ValueError, match="make them with comparison_picture"):
            metric(*pair)


def test_a_comparison_picture_holds_the_whole_painting() -> None:
    painting = Image.new("RGB", (900, 300), "white")
    draw = ImageDraw.Draw(painting)
    draw.rectangle((0, 0, 299, 299), fill="red")
    draw.rectangle((600, 0, 899, 299), fill="blue")
    picture = comparison_picture(painting)
    assert picture.shape == SHAPE
    assert picture.dtype == np.uint8
    assert picture[128, 5].tolist() == [255, 0, 0]
    assert picture[128, 128].tolist() == [255, 255, 255]
    assert picture[128, 250].tolist() == [0, 0, 255]


def test_a_comparison_picture_is_antialiased() -> None:
    stripes = np.zeros((1024, 1024, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    inside = comparison_picture(Image.fromarray(stripes))[:, 8:-8]
    assert np.ptp(inside.astype(int)) <= 8


def test_every_metric_is_one_row_and_documented() -> None:
    assert list(METRICS) == ["cosine", *PICTURE_METRICS] == ["cosine", "ssim", "rmse", "lpips"]
    page = (Path(__file__).parents[2] / "docs" / "similarity.md").read_text()
    for name, metric in METRICS.items():
        assert metric.name == name
        opening = "Score: higher is closer." if metric.higher_is_closer else "Distance: lower is closer."
        assert metric.sentence.startswith(opening)
        assert f"| `{name}` | {metric.label} {metric.arrow} |" in page


def test_opencv_comes_from_one_package() -> None:
    """Two builds of it write the same files, and all but the headless one need OpenGL."""
    assert set(packages_distributions()["cv2"]) == {"opencv-python-headless"}
