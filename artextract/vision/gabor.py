"""Gabor filters: how strong stripes are in a picture, by width and direction.

A Gabor filter is a wave under a bell (Gabor 1946; Daugman 1985):

    g(x, y) = exp(-(x'² + γ² y'²) / 2σ²) · exp(i (2π x' / λ + ψ))
    x' = x cos θ + y sin θ,  y' = -x sin θ + y cos θ

with wavelength λ, orientation θ, phase ψ, scale σ and aspect γ. Brush strokes, hatching, dots and
flat colour have different responses.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from artextract.vision.images import LUMA

if TYPE_CHECKING:
    import torch
    from torch import Tensor

ONE_OCTAVE = 0.56  # σ / λ of a filter whose bandwidth is one octave
MAX_APART = 4  # Step between samples of the longest waves, pixels
LONGEST = 4  # Length of a picture, in short sides, up to which its texture keeps the proportions


def gabor_kernel(
    wavelength: float, orientation: float, phase: float, sigma: float, aspect: float, radius: int
) -> np.ndarray:
    """One filter by the formula above: complex128 [2 radius + 1, 2 radius + 1], not normalised: exp(iψ) in the middle.

    λ, σ along the wave, and `radius` are in pixels, θ and ψ in radians; θ 0 is along x. With γ (`aspect`) below 1 the
    bell is longer across the wave.
    """
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float64)
    along = x * np.cos(orientation) + y * np.sin(orientation)
    across = -x * np.sin(orientation) + y * np.cos(orientation)
    bell = np.exp(-(along**2 + (aspect * across) ** 2) / (2 * sigma**2))
    return bell * np.exp(1j * (2 * np.pi * along / wavelength + phase))


@dataclass(frozen=True)
class GaborBank:
    """Filters of several wavelengths and directions, run as one convolution."""

    wavelengths: tuple[float, ...] = (4.0, 8.0, 16.0)  # λ, pixels of a picture with sides of `SIDE` pixels
    directions: int = 8  # Number of directions, evenly over half a turn
    aspect: float = 0.7

    SIDE = 224  # Side of the pictures, pixels: the size of the training images (ArtGAN)

    @property
    def count(self) -> int:
        """Number of filters. Those of the first wavelength come first."""
        return len(self.wavelengths) * self.directions

    @property
    def radius(self) -> int:
        """Radius of the largest filter: three standard deviations of its longer side, pixels."""
        return int(np.ceil(3 * ONE_OCTAVE * max(self.wavelengths) / self.aspect))

    def kernels(self) -> np.ndarray:
        """The filters, complex64 [count, 2 radius + 1, 2 radius + 1].

        The response to plain grey is 0 (a share of the bell is subtracted, as in Morlet's wavelet); the response to a
        wave of its own wavelength and amplitude a has magnitude a.
        """
        bank = []
        for wavelength, number in product(self.wavelengths, range(self.directions)):
            shape = (np.pi * number / self.directions, 0.0, ONE_OCTAVE * wavelength, self.aspect, self.radius)
            kernel = gabor_kernel(wavelength, *shape)
            bell = np.abs(kernel)
            balanced = kernel - bell * (kernel.sum() / bell.sum())
            bank.append(balanced * 2 / bell.sum())
        return np.stack(bank).astype(np.complex64)

    def magnitudes(self, grey: "Tensor") -> "Tensor":
        """The magnitude of each filter's response at each point, float32 [n, count, side, side].

        The pictures are float32 [n, side, side], 0…255, and mirrored beyond their edge, so that the edge does not act
        as a line. The filters are applied as Fourier transforms.
        """
        import torch
        from scipy.fft import next_fast_len
        from torch.nn.functional import pad

        _, height, width = grey.shape
        r = self.radius
        padded = pad(grey[:, None], (r, r, r, r), mode="reflect")[:, 0]
        # Sides with small prime factors: 302 = 2 · 151 takes three times as long as 320.
        size = [next_fast_len(side, real=True) for side in padded.shape[1:]]
        spectrum = torch.fft.fft2(padded, s=size)
        filters = _transfer(self, *size, grey.device)
        responses = torch.fft.ifft2(spectrum[:, None] * filters[None])
        return responses[:, :, r : r + height, r : r + width].abs()

    def _sampled(self, grey: "Tensor") -> list["Tensor"]:
        """The magnitudes of one picture float32 [SIDE, SIDE], sampled every few pixels, in the middle of their pixels.

        A filter passes a band around its own frequency. Its magnitude is that of the band shifted to frequency 0, so
        few samples suffice: the transform is cut to a window around the band. By wavelength, float32 [directions, SIDE
        / step, SIDE / step].
        """
        import torch
        from scipy.fft import next_fast_len
        from torch.nn.functional import pad

        side, margin = grey.shape[-1], -(-self.radius // MAX_APART) * MAX_APART
        padded = pad(grey[None, None], (margin,) * 4, mode="reflect")[0, 0]
        size: int = next_fast_len(side + 2 * margin)
        while size % MAX_APART:
            size = next_fast_len(size + 1)
        spectrum = torch.fft.fft2(padded, s=(size, size))
        magnitudes = []
        for step, rows, columns, transfer in _windows(self, size, grey.device):
            responses = torch.fft.ifft2(spectrum[rows, columns] * transfer).abs() / step**2
            inside = slice(margin // step, margin // step + side // step)
            magnitudes.append(responses[:, inside, inside])
        return magnitudes

    def mirror(self, cells: np.ndarray) -> np.ndarray:
        """`describe` of the mirrored pictures: a stripe at the angle θ moves to π - θ, in the mirrored column."""
        grid = int(np.sqrt(cells.shape[1]))
        turned = -np.arange(self.directions) % self.directions
        shape = (len(cells), grid, grid, 2 * len(self.wavelengths), self.directions)
        return cells.reshape(shape)[:, :, ::-1][..., turned].reshape(cells.shape)

    def describe(self, pixels: np.ndarray, grid: int, device: "torch.device | str" = "cpu") -> np.ndarray:
        """Mean and standard deviation of each filter's magnitude in each of grid × grid cells.

        For pictures uint8 [n, SIDE, SIDE, 3]: float32 [n, grid², 2 · count], row by row, log(1 + value), means first.
        """
        import torch
        from torch.nn.functional import adaptive_avg_pool2d

        described = []
        with torch.inference_mode():
            weights = torch.tensor(LUMA, device=device)
            for picture in torch.from_numpy(pixels):  # one at a time is faster: it stays in the cache
                magnitudes = self._sampled(picture.to(device).float() @ weights)
                mean = torch.cat([adaptive_avg_pool2d(each, grid) for each in magnitudes])
                square = torch.cat([adaptive_avg_pool2d(each.square(), grid) for each in magnitudes])
                deviation = (square - mean.square()).clamp(min=0).sqrt()
                cells = torch.cat([mean, deviation])[None].log1p().flatten(2).transpose(1, 2)
                described.append(cells.cpu().numpy())
        return np.concatenate(described)


@lru_cache(maxsize=8)
def _transfer(bank: GaborBank, height: int, width: int, device: "torch.device") -> "Tensor":
    """The filters' Fourier transforms at a picture's size, complex64 [count, height, width]."""
    import torch

    kernels = bank.kernels()
    side = kernels.shape[-1]
    placed = np.zeros((len(kernels), height, width), dtype=np.complex64)
    placed[:, :side, :side] = kernels
    placed = np.roll(placed, (-(side // 2), -(side // 2)), axis=(1, 2))  # the middle at the origin
    return torch.fft.fft2(torch.from_numpy(placed).to(device))


@lru_cache(maxsize=8)
def _windows(bank: GaborBank, size: int, device: "torch.device") -> list[tuple[int, "Tensor", "Tensor", "Tensor"]]:
    """The window of frequencies that each wavelength's filters pass.

    By wavelength: the step between samples, pixels; rows int64 [directions, n, 1] and columns int64 [directions, 1, n]
    of the picture's transform; the filters' transform there, complex64 [directions, n, n], shifted by half a step so
    that samples are in the middle of their pixels.
    """
    import torch

    transfer = _transfer(bank, size, size, device).cpu().numpy()
    frequency = np.fft.fftfreq(size)
    windows = []
    for scale, wavelength in enumerate(bank.wavelengths):
        # The band is ±1/λ wide where it has fallen to 0.2%, so a step of λ/2 pixels is small enough.
        step = min(2 ** int(np.log2(max(wavelength / 2, 1))), MAX_APART)
        count = size // step
        window = np.arange(count) - count // 2
        parts = []
        for number in range(bank.directions):
            angle, half = np.pi * number / bank.directions, (step - 1) / 2
            y = ((round(size * np.sin(angle) / wavelength) + window) % size)[:, None]
            x = ((round(size * np.cos(angle) / wavelength) + window) % size)[None]
            shift = np.exp(2j * np.pi * half * (frequency[y] + frequency[x]))
            parts.append((y, x, (transfer[scale * bank.directions + number][y, x] * shift).astype(np.complex64)))
        windows.append((step, *(torch.from_numpy(np.stack(each)).to(device) for each in zip(*parts, strict=True))))
    return windows


def squares(image: Image.Image, side: int) -> np.ndarray:
    """Squares that cover an RGB picture in its proportions, scaled to a short side of `side` pixels.

    uint8 [squares, side, side, 3], evenly spaced along the long side; they overlap. Squeezed to one square, stripes
    would change their direction and their width.
    """
    width, height = _true_size(image, side)
    scaled = np.asarray(image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0))
    ends, count = np.array([height - side, width - side]), -(-max(width, height) // side)
    corners = np.linspace((0, 0), ends, count).round().astype(int) if ends.any() else [(0, 0)]
    return np.stack([scaled[y : y + side, x : x + side] for y, x in corners])


def _true_size(image: Image.Image, side: int) -> tuple[int, int]:
    """Width and height in the picture's proportions, the shorter `side` pixels; a longer strip is squeezed."""
    scale = side / min(image.size)
    width, height = (min(max(round(each * scale), side), LONGEST * side) for each in image.size)
    return width, height


def texture(image: Image.Image, bank: GaborBank) -> Image.Image:
    """The Gabor texture of an RGB picture, in its size: the main direction as hue, its strength as brightness.

    The filters see the picture in its proportions, with the short side scaled to the bank's size.
    """
    import torch

    small = image.resize(_true_size(image, bank.SIDE), Image.Resampling.BICUBIC).convert("L")
    grey = torch.from_numpy(np.asarray(small, dtype=np.float32))[None]
    with torch.inference_mode():
        magnitudes = bank.magnitudes(grey)[0].numpy()
    by_direction = magnitudes.reshape(-1, bank.directions, *magnitudes.shape[1:]).sum(axis=0)
    angles = np.pi * np.arange(bank.directions) / bank.directions
    # Directions half a turn apart are the same, so the mean uses the doubled angle.
    doubled = (by_direction * np.exp(2j * angles)[:, None, None]).sum(axis=0)
    hue = (np.angle(doubled) / (2 * np.pi)) % 1.0
    strongest = max(float(np.quantile(np.abs(doubled), 0.99)), 1.0)  # less than one grey level is plain
    strength = np.abs(doubled) / strongest
    saturation = np.abs(doubled) / np.maximum(by_direction.sum(axis=0), 1e-6)
    hsv = np.stack([hue, np.sqrt(saturation), np.sqrt(np.clip(strength, 0, 1))], axis=-1)
    picture = Image.fromarray(np.round(hsv * 255).astype(np.uint8), "HSV").convert("RGB")
    return picture.resize(image.size, Image.Resampling.BICUBIC)
