"""The Gabor filters against OpenCV, scikit-image, a direct convolution and known stripes."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage.filters import gabor_kernel as scikit_image_kernel
from torch.nn.functional import conv2d, pad

from artextract.vision.gabor import GaborBank, gabor_kernel, squares, texture

BANK = GaborBank()
SMALL = GaborBank(wavelengths=(4.0, 6.0), directions=4)
CELL = 32
"""Pixels of a cell's side that `SMALL` describes with a grid of 7."""

some = settings(max_examples=40, deadline=None)
wavelengths = st.floats(2.5, 20)
orientations = st.floats(-np.pi, np.pi)
phases = st.floats(-np.pi, np.pi)
sigmas = st.floats(1, 8)
aspects = st.floats(0.3, 2)


def stripes(wavelength: float, direction: float, side: int, phase: float = 0.3, amplitude: float = 60) -> np.ndarray:
    """A wave through mid-grey that runs along `direction` (radians, from x towards y)."""
    y, x = np.mgrid[:side, :side]
    along = x * np.cos(direction) + y * np.sin(direction)
    wave: np.ndarray = 128 + amplitude * np.cos(2 * np.pi * along / wavelength + phase)
    return wave.astype(np.float32)


def colours(grey: np.ndarray) -> np.ndarray:
    """A grey picture [h, w] as uint8 [h, w, 3]."""
    return np.repeat(np.round(grey).astype(np.uint8)[..., None], 3, axis=2)


def middle(values: torch.Tensor) -> torch.Tensor:
    """The middle quarter of [..., side, side]."""
    side = values.shape[-1]
    part = slice(side * 3 // 8, side * 5 // 8)
    return values[..., part, part]


@given(wavelengths, orientations, phases, sigmas, aspects, st.integers(1, 12))
@some
def test_the_real_part_is_opencvs_kernel_turned_by_half(
    wavelength: float, orientation: float, phase: float, sigma: float, aspect: float, radius: int
) -> None:
    side = 2 * radius + 1
    theirs = cv2.getGaborKernel((side, side), sigma, orientation, wavelength, aspect, phase, ktype=cv2.CV_64F)
    ours = gabor_kernel(wavelength, orientation, phase, sigma, aspect, radius)
    np.testing.assert_allclose(ours.real, theirs[::-1, ::-1], atol=1e-12)


@given(wavelengths, orientations, phases, sigmas, aspects, st.integers(1, 12))
@some
def test_the_complex_kernel_is_scikit_images_before_its_normalisation(
    wavelength: float, orientation: float, phase: float, sigma: float, aspect: float, radius: int
) -> None:
    normalised = scikit_image_kernel(
        1 / wavelength, theta=orientation, sigma_x=sigma, sigma_y=sigma / aspect, offset=phase
    )
    theirs = normalised * (2 * np.pi * sigma * sigma / aspect)
    half = [side // 2 for side in theirs.shape]
    ours = gabor_kernel(wavelength, orientation, phase, sigma, aspect, radius)
    common = min(radius, *half)
    cut = theirs[
        half[0] - common : half[0] + common + 1, half[1] - common : half[1] + common + 1
    ]  # their support follows σ
    inner = slice(radius - common, radius + common + 1)
    np.testing.assert_allclose(ours[inner, inner], cut, atol=1e-12)


def test_kernels_worked_out_by_hand() -> None:
    kernel = gabor_kernel(4.0, 0.0, 0.0, 2.0, 0.5, 2)
    assert kernel.shape == (5, 5)
    assert kernel.dtype == np.complex128
    assert kernel[2, 2] == 1
    assert kernel[2, 3] == pytest.approx(1j * np.exp(-1 / 8))  # a quarter of the wave along x
    assert kernel[3, 2] == pytest.approx(np.exp(-0.25 / 8))  # across: half as far, by γ
    turned = gabor_kernel(4.0, np.pi / 2, 0.0, 2.0, 0.5, 2)
    np.testing.assert_allclose(turned, kernel.T, atol=1e-12)


def test_the_phase_turns_the_whole_kernel() -> None:
    plain = gabor_kernel(7.0, 0.6, 0.0, 3.0, 0.7, 6)
    shifted = gabor_kernel(7.0, 0.6, 1.1, 3.0, 0.7, 6)
    np.testing.assert_allclose(shifted, plain * np.exp(1.1j), atol=1e-12)


@pytest.mark.parametrize("bank", [BANK, SMALL, GaborBank((5.0,), 3, aspect=1.0)])
def test_every_kernel_answers_plain_grey_with_nothing(bank: GaborBank) -> None:
    kernels = bank.kernels()
    side = 2 * bank.radius + 1
    assert kernels.shape == (bank.count, side, side)
    assert kernels.dtype == np.complex64
    assert bank.count == len(bank.wavelengths) * bank.directions
    assert np.abs(kernels.sum(axis=(1, 2))).max() < 1e-6
    assert np.abs(kernels).sum(axis=(1, 2)).min() > 1


def test_the_bank_cuts_no_bell_short() -> None:
    edge = np.abs(BANK.kernels())
    largest = edge.max(axis=(1, 2))
    rim = np.max([edge[:, 0], edge[:, -1], edge[:, :, 0], edge[:, :, -1]], axis=(0, 2))
    assert (rim < 0.02 * largest).all()


def test_plain_grey_has_no_magnitude() -> None:
    found = SMALL.magnitudes(torch.full((1, 64, 64), 200.0))
    assert found.shape == (1, SMALL.count, 64, 64)
    assert found.max() < 1e-3


def test_stripes_are_answered_most_by_their_own_filter_and_with_their_amplitude() -> None:
    angles = np.pi * np.arange(BANK.directions) / BANK.directions
    pictures = np.stack([stripes(w, angle, 96) for w in BANK.wavelengths for angle in angles])
    strength = middle(BANK.magnitudes(torch.from_numpy(pictures)))
    means = strength.mean(dim=(2, 3))
    assert means.argmax(dim=1).tolist() == list(range(BANK.count))
    for number in range(BANK.count):
        own = strength[number, number]
        assert own.min() > 59
        assert own.max() < 61
        others = torch.cat([means[number, :number], means[number, number + 1 :]])
        assert others.max() < 30


@given(st.floats(1, 120), phases, st.integers(0, SMALL.count - 1))
@settings(max_examples=15, deadline=None)
def test_the_magnitude_is_the_amplitude_whatever_the_phase(amplitude: float, phase: float, number: int) -> None:
    scale, direction = divmod(number, SMALL.directions)
    angle = np.pi * direction / SMALL.directions
    picture = stripes(SMALL.wavelengths[scale], angle, 64, phase, amplitude)
    own = middle(SMALL.magnitudes(torch.from_numpy(picture[None])))[0, number]
    assert own.numpy() == pytest.approx(amplitude, rel=0.02)


@pytest.mark.parametrize(("height", "width"), [(24, 24), (20, 31)])
def test_magnitudes_are_those_of_a_direct_convolution(height: int, width: int) -> None:
    random = np.random.default_rng(3)
    grey = torch.from_numpy(random.uniform(0, 255, (2, height, width)).astype(np.float32))
    r = SMALL.radius
    padded = pad(grey[:, None].double(), (r, r, r, r), mode="reflect")
    turned = torch.from_numpy(SMALL.kernels()[:, None, ::-1, ::-1].astype(np.complex128))
    real, imaginary = conv2d(padded, turned.real), conv2d(padded, turned.imag)  # correlations
    direct = torch.complex(real, imaginary).abs()
    found = SMALL.magnitudes(grey)
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found.numpy(), direct.numpy(), rtol=1e-4, atol=1e-3)


def test_a_picture_turned_by_a_quarter_is_answered_by_the_directions_turned() -> None:
    random = np.random.default_rng(4)
    grey = torch.from_numpy(random.uniform(0, 255, (1, 24, 24)).astype(np.float32))
    turned = SMALL.magnitudes(grey.transpose(1, 2).contiguous()).transpose(2, 3)
    # θ becomes π/2 - θ; of four directions 0 ↔ 2, and 1 and 3 stay (3 is also -1).
    swapped = turned.unflatten(1, (2, 4))[:, :, [2, 1, 0, 3]].flatten(1, 2)
    np.testing.assert_allclose(SMALL.magnitudes(grey), swapped, rtol=1e-3, atol=1e-2)


def test_a_description_is_the_mean_and_deviation_in_each_cell_row_by_row() -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (1, 224, 224, 3), dtype=np.uint8)
    found = SMALL.describe(pixels, 7)
    assert found.shape == (1, 49, 2 * SMALL.count)
    assert found.dtype == np.float32
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    strength = SMALL.magnitudes(torch.from_numpy(grey))[0].numpy().astype(np.float64)
    for cell in (0, 1, 7, 30, 48):
        row, column = divmod(cell, 7)
        inside = strength[:, row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL].reshape(
            SMALL.count, -1
        )
        by_hand = np.log1p(np.concatenate([inside.mean(axis=1), inside.std(axis=1)]))
        np.testing.assert_allclose(found[0, cell], by_hand, rtol=5e-3)


@pytest.mark.parametrize("cell", [0, 6, 16, 42])
def test_stripes_in_one_cell_are_described_in_that_cell(cell: int) -> None:
    row, column = divmod(cell, 7)
    grey = np.full((224, 224), 128.0, dtype=np.float32)
    part = (slice(row * CELL, (row + 1) * CELL), slice(column * CELL, (column + 1) * CELL))
    grey[part] = stripes(4.0, 0.0, 224)[part]
    means = SMALL.describe(colours(grey)[None], 7)[0, :, 0]  # of wavelength 4 along x
    assert means.argmax() == cell
    assert means[cell] > 1.5 * np.delete(means, cell).max()
    far = [c for c in range(49) if max(abs(c // 7 - row), abs(c % 7 - column)) > 1]
    assert means[far].max() < 0.01


def test_a_picture_is_described_alone_as_among_others() -> None:
    pixels = np.random.default_rng(6).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)
    together = SMALL.describe(pixels, 4)
    assert together.shape == (3, 16, 2 * SMALL.count)
    for number in range(3):
        alone = SMALL.describe(pixels[number : number + 1], 4)[0]
        np.testing.assert_allclose(together[number], alone, rtol=1e-4, atol=1e-4)
    assert not np.allclose(together[0], together[1], atol=0.01)


def test_two_banks_of_one_size_are_not_mixed_up() -> None:
    grey = torch.from_numpy(stripes(4.0, 0.0, 64)[None])
    sideways = middle(GaborBank((4.0, 6.0), 4).magnitudes(grey))[0].mean(dim=(1, 2))
    reordered = middle(GaborBank((6.0, 4.0), 4).magnitudes(grey))[0].mean(dim=(1, 2))
    assert sideways.argmax() == 0
    assert reordered.argmax() == 4


def test_a_texture_shows_the_direction_of_stripes() -> None:
    image = Image.fromarray(colours(stripes(6.0, np.pi / 4, 224)))
    hue, _, brightness = np.asarray(texture(image, SMALL).convert("HSV"))[112, 112]
    assert hue / 255 == pytest.approx(1 / 4, abs=0.02)  # π/4 of the half turn
    assert brightness > 200


@pytest.mark.parametrize(("width", "height"), [(224, 373), (358, 224)])
def test_stripes_keep_their_direction_in_a_long_picture(width: int, height: int) -> None:
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    image = Image.fromarray(colours(128 + 60 * np.sin(2 * np.pi * (x + y) / np.sqrt(2) / 6)))
    found = texture(image, SMALL)
    assert found.size == (width, height)
    assert np.asarray(found.convert("HSV"))[height // 2, width // 2, 0] / 255 == pytest.approx(1 / 4, abs=0.02)
    parts = squares(image, SMALL.SIDE)
    assert parts.shape == (2, 224, 224, 3)
    means = np.expm1(SMALL.describe(parts, 1)[:, 0, : SMALL.count])
    assert (means.argmax(axis=1) == 5).all()
    assert means[:, 5] == pytest.approx(60, rel=0.1)


def test_squares_cover_a_picture_and_only_long_strips_are_squeezed() -> None:
    picture = Image.fromarray(np.repeat(np.arange(200, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(100, axis=0))
    parts = squares(picture, 100)
    assert parts.shape == (2, 100, 100, 3)
    assert (parts[0, 0, 0, 0], parts[1, 0, -1, 0]) == (0, 199)
    assert squares(Image.new("RGB", (9, 9000)), 50).shape == (4, 50, 50, 3)
    assert squares(Image.new("RGB", (30, 30)), 50).shape == (1, 50, 50, 3)


@pytest.mark.parametrize("size", [(90, 60), (33, 250), (224, 224)])
def test_the_texture_of_any_picture_has_its_size(size: tuple[int, int]) -> None:
    random = np.random.default_rng(7).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    found = texture(Image.fromarray(random), SMALL)
    assert (found.size, found.mode) == (size, "RGB")


def test_a_plain_pictures_texture_is_black() -> None:
    found = texture(Image.new("RGB", (50, 40), (90, 140, 30)), SMALL)
    assert np.asarray(found).max() < 8
