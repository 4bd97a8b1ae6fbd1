"""Finds the weights of networks."""

import hashlib
import importlib.util
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from safetensors.numpy import load_file

from artextract.errors import WeightsError
from artextract.files import open_regular, stamp

Origin = Literal["file", "program", "package", "hub cache", "hub"]
SHIPPED = Path(__file__).parent / "shipped"  # The folder of the weights that come with the program
WEIGHTS_FILE = "model.safetensors"
COMPANIONS = ("config.json", "tokenizer.json", "tokenizer_config.json")
"""More files that a network for pictures and text needs."""


@dataclass(frozen=True)
class Weights:
    """A weights file, and the place where it was found."""

    path: Path
    origin: Origin
    fingerprint: str  # First 12 hexadecimal digits of the SHA-256 of the file, or of all files of concatenated networks
    parts: tuple["Weights", ...] = ()  # Weights of concatenated networks; `path` is then their projection

    def load(self) -> dict[str, np.ndarray]:
        """The tensors by name, of a safetensors file, or of what `torch.save` wrote before PyTorch 1.6.

        Raises OSError, SafetensorError, ValueError or UnpicklingError if the file cannot be read, or is neither.
        """
        if self.path.suffix == ".safetensors":
            return load_file(self.path)
        return _read_pickled(self.path)


def resolve_weights(
    name: str,
    repository: str,
    package: str | None = None,
    file: Path | None = None,
    shipped: str | None = None,
    companions: tuple[str, ...] = (),
) -> Weights:
    """Find weights: in an explicit file (then nowhere else), the program, a package, the hub's local cache, the hub.

    `package` contains a `.pth` or `.safetensors` file, `shipped` is a file of `SHIPPED`, `repository` on the model hub
    has `model.safetensors` and the `companions` that the network needs besides. Raises WeightsError if no place has
    them; the sentence names the network and the command that downloads them.
    """
    if file is not None:
        try:
            return _from_file(file, "file")
        except FileNotFoundError as error:
            raise WeightsError(f"The weights file {file} does not exist. Check the path.") from error
        except OSError as error:
            raise WeightsError(f"The weights file {file} can't be read ({error.strerror}). Check the path.") from error
    if shipped is not None:
        try:
            return _from_file(SHIPPED / shipped, "program")
        except OSError as error:
            raise WeightsError(f"{SHIPPED / shipped} is missing. Reinstall the program.") from error
    folder = None if package is None else package_folder(package)
    if folder and (packaged := sorted([*folder.rglob("*.safetensors"), *folder.rglob("*.pth")])):
        return _from_file(packaged[0], "package")

    from huggingface_hub import constants, get_session, hf_hub_download, try_to_load_from_cache

    file_names = (*companions, WEIGHTS_FILE)
    cached = [try_to_load_from_cache(repository, file_name) for file_name in file_names]
    if all(isinstance(path, str) for path in cached):
        return _from_file(Path(str(cached[-1])), "hub cache")
    try:
        # The download retries for half a minute, so check first that the server answers.
        get_session().head(constants.ENDPOINT, timeout=5)
        fetched = [hf_hub_download(repository, file_name) for file_name in file_names][-1]
    except Exception as error:  # network, proxy, licence, disk: the hub's client raises all kinds
        raise WeightsError(
            f"The weights of {name} could not be downloaded: {_reason(error)}. Run `hf download {repository} "
            f"{' '.join(file_names)}` on a machine with network access, give the path of the weights file, or use "
            "efficientnet_lite2."
        ) from error
    return _from_file(Path(fetched), "hub")


def _reason(error: Exception) -> str:
    """Why the download failed, in a few words."""
    kind = type(error).__name__
    if "Gated" in kind:
        return "your account has not accepted the licence"
    if "NotFound" in kind and "LocalEntry" not in kind:
        return "the model hub has no such file"
    return "the model hub cannot be reached"


def package_folder(package: str) -> Path | None:
    """The folder of an installed package, without importing it; None if it is not installed."""
    spec = importlib.util.find_spec(package)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


class _Unpickler(pickle.Unpickler):
    """Reads a pickled dictionary of tensors without PyTorch, whose import takes seconds. Nothing else is allowed."""

    ALLOWED: ClassVar[dict[tuple[str, str], Any]] = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): lambda *tensor: tensor[:4],  # storage, offset, shape, strides
        ("torch", "FloatStorage"): np.float32,
        ("torch", "LongStorage"): np.int64,
    }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return self.ALLOWED[module, name]

    def persistent_load(self, identity: Any) -> Any:
        _, kind, key, *_ = identity
        return kind, key


def _read_pickled(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a file of PyTorch's old format: five pickles, the fourth with the tensors and the fifth with
    the keys of the storages, then each storage: its length, int64, and its numbers.
    """
    with open_regular(path) as file:
        *_, described, keys = (_Unpickler(file).load() for _ in range(5))
        kinds = {key: kind for (kind, key), *_ in described.values()}
        storages = {key: np.fromfile(file, kinds[key], int(np.fromfile(file, np.int64, 1)[0])) for key in keys}
    tensors = {}
    for name, ((_, key), offset, shape, steps) in described.items():
        numbers = storages[key]
        size = numbers.itemsize  # the constructor checks that the tensor is within its storage
        tensors[name] = np.ndarray(shape, numbers.dtype, numbers, offset * size, [step * size for step in steps])
    return tensors


def _from_file(path: Path, origin: Origin) -> Weights:
    return Weights(path, origin, _fingerprint(path, stamp(path)))


@lru_cache(maxsize=32)
def _fingerprint(path: Path, version: str) -> str:
    """Hash the content; `version` is in the cache key because a file may be replaced."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
