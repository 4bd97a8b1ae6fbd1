"""Finds the weights of networks."""

import hashlib
import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from artextract.errors import WeightsError
from artextract.files import open_regular, stamp

Origin = Literal["file", "program", "package", "hub cache", "hub"]
SHIPPED = Path(__file__).parent / "shipped"
"""The folder of the weights that come with the program."""
WEIGHTS_FILE = "model.safetensors"
COMPANIONS = ("config.json", "tokenizer.json", "tokenizer_config.json")
"""Files beside the weights of a network that embeds text."""


@dataclass(frozen=True)
class Weights:
    """A weights file, and the place where it was found."""

    path: Path
    origin: Origin
    fingerprint: str
    """First 12 hexadecimal digits of the SHA-256 of the file, or of all files of concatenated networks."""
    parts: tuple["Weights", ...] = ()
    """Weights of concatenated networks; `path` is then their projection."""

    def load(self) -> dict[str, Any]:
        """The tensors by name. Pickled checkpoints are read with `weights_only=True` only."""
        if self.path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(self.path)
        import torch

        return torch.load(self.path, map_location="cpu", weights_only=True)


def resolve_weights(
    name: str,
    repository: str,
    package: str | None = None,
    file: Path | None = None,
    shipped: str | None = None,
    beside: tuple[str, ...] = (),
) -> Weights:
    """Find weights: in an explicit file, the program, a package, the hub's local cache, the hub.

    Args:
        name: the network's name in an error.
        repository: its repository on the model hub, which has `model.safetensors`.
        package: an installed package that contains a `.pth` or `.safetensors` file.
        file: an explicit file; no other place is then tried.
        shipped: a file of `SHIPPED`.
        beside: further files that are needed from the hub, in the same folder.

    Raises:
        WeightsError: no place has them; the sentence names the command that downloads them.
    """
    if file is not None:
        try:
            return _weights(file, "file")
        except FileNotFoundError as error:
            raise WeightsError(f"There is no weights file {file}: check the path.") from error
        except OSError as error:
            raise WeightsError(f"The weights file {file} can't be read ({error.strerror}): check the path.") from error
    if shipped is not None:
        try:
            return _weights(SHIPPED / shipped, "program")
        except OSError as error:
            raise WeightsError(
                f"{SHIPPED / shipped} is missing: it comes with the program, reinstall the program."
            ) from error
    if package is not None and (packaged := _file_in(package)):
        return _weights(packaged, "package")

    from huggingface_hub import constants, get_session, hf_hub_download, try_to_load_from_cache

    names = (*beside, WEIGHTS_FILE)
    cached = [try_to_load_from_cache(repository, one) for one in names]
    if all(isinstance(one, str) for one in cached):
        return _weights(Path(str(cached[-1])), "hub cache")
    try:
        # The download itself would try for half a minute before it fails.
        get_session().head(constants.ENDPOINT, timeout=5)
        fetched = [hf_hub_download(repository, one) for one in names][-1]
    except Exception as error:  # network, proxy, licence, disk: the hub's client raises all kinds
        raise WeightsError(
            f"The weights of {name} are not on this machine and can't be downloaded ({_reason(error)}): run "
            f"`hf download {repository} {' '.join(names)}` where the hub can be reached, or use efficientnet_lite2."
        ) from error
    return _weights(Path(fetched), "hub")


def _reason(error: Exception) -> str:
    """Why the download failed, in a few words."""
    kind = type(error).__name__
    if "Gated" in kind:
        return "your account has not accepted the licence"
    if "NotFound" in kind and "LocalEntry" not in kind:
        return "the hub has no such file"
    return "the hub can't be reached"


def _file_in(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0])
    return next(iter(sorted([*folder.rglob("*.safetensors"), *folder.rglob("*.pth")])), None)


def _weights(path: Path, origin: Origin) -> Weights:
    return Weights(path, origin, _fingerprint(path, stamp(path)))


@lru_cache(maxsize=32)
def _fingerprint(path: Path, version: str) -> str:
    """Hash the content; `version` is in the cache key because a file may be replaced."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
