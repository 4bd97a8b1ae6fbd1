"""LPIPS: its weights, and its numbers against the package `lpips`."""

import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter
from safetensors.torch import load_file
from skimage import data

from artextract.similarity.metrics import lpips
from artextract.similarity.metrics.lpips import CONVOLUTIONS, Lpips, load_lpips
from artextract.similarity.metrics.pixels import comparison_picture
from artextract.vision.weights import SHIPPED


def test_many_threads_load_the_network_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    def slow(tensors: dict[str, np.ndarray]) -> Lpips:
        loaded.append(1)
        time.sleep(0.05)
        return Lpips(tensors)

    lpips._load_once.cache_clear()
    monkeypatch.setattr(lpips, "Lpips", slow)
    with ThreadPoolExecutor(8) as pool:
        networks = list(pool.map(lambda _: load_lpips(), range(8)))
    assert len(loaded) == 1
    assert len({id(network) for network in networks}) == 1


@pytest.fixture(scope="module")
def network() -> Lpips:
    return load_lpips()


@pytest.fixture(scope="module")
def photographs() -> list[np.ndarray]:
    """Three that scikit-image carries."""
    return [
        comparison_picture(Image.fromarray(picture)) for picture in (data.astronaut(), data.coffee(), data.chelsea())
    ]


def blurred(picture: np.ndarray, radius: float) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))


def test_distances_are_those_of_the_package(network: Lpips, photographs: list[np.ndarray]) -> None:
    import lpips

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchvision's, about an option that the package uses
        reference = lpips.LPIPS(net="alex", pnet_rand=True, verbose=False)
    weights = load_file(SHIPPED / "lpips_alexnet.safetensors")
    layers = [layer for layer in reference.net.modules() if isinstance(layer, torch.nn.Conv2d)]
    for layer, name in zip(layers, CONVOLUTIONS, strict=True):
        layer.weight.data.copy_(weights[f"{name}.weight"])
        layer.bias.data.copy_(weights[f"{name}.bias"])
    query, *others = [*photographs, blurred(photographs[0], 2)]
    with torch.inference_mode():
        expected = [reference(lpips.im2tensor(query), lpips.im2tensor(other)).item() for other in others]
    assert network.distances(query, others) == pytest.approx(expected, abs=1e-5)


def test_a_blurred_picture_is_nearer_than_another_one(network: Lpips, photographs: list[np.ndarray]) -> None:
    first, second, third = photographs
    same, soft, softer, other, another = network.distances(
        first, [first, blurred(first, 1), blurred(first, 3), second, third]
    )
    assert same == 0
    assert 0.05 < soft < softer < min(other, another)
    assert max(other, another) < 1


def test_the_distance_is_symmetric(network: Lpips, photographs: list[np.ndarray]) -> None:
    first, second, _ = photographs
    there, back = network.distances(first, [second]), network.distances(second, [first])
    assert there == pytest.approx(back, abs=1e-6)


def test_a_distance_does_not_depend_on_the_others_in_the_batch(network: Lpips, photographs: list[np.ndarray]) -> None:
    query = photographs[0]
    others = [np.roll(photographs[n % 3], 10 * n, axis=0) for n in range(19)]
    together = network.distances(query, others)
    assert together == network.distances(query, others)
    alone = [network.distances(query, [other])[0] for other in others]
    assert together == pytest.approx(alone, abs=1e-5)


def test_the_first_filters_are_alexnets_and_begin_with_red() -> None:
    weights = load_file(SHIPPED / "lpips_alexnet.safetensors")
    # As PyTorch prints torchvision's pretrained AlexNet: the first row of the first filter's red.
    red_row = weights["features.0.weight"][0, 0, 0]
    assert red_row[:3].tolist() == pytest.approx([1.1864e-01, 9.4069e-02, 9.5435e-02], rel=1e-4)
    assert red_row[-3:].tolist() == pytest.approx([5.5822e-02, 2.1575e-02, 4.9963e-02], rel=1e-4)


def test_no_pictures_have_no_distances(network: Lpips) -> None:
    assert network.distances(np.zeros((256, 256, 3), np.uint8), []) == []


def test_what_is_no_comparison_picture_is_refused(network: Lpips) -> None:
    right, wrong = np.zeros((256, 256, 3), np.uint8), np.zeros((256, 256, 3))
    for query, other in ((right, wrong), (wrong, right)):
        with pytest.raises(ValueError, match="make them with comparison_picture"):
            network.distances(query, [other])
