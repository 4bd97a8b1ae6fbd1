"""The device that networks run on, and its arithmetic."""

import ctypes
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from artextract.errors import DeviceError
from artextract.settings import DEVICE_VARIABLE, device_name

if TYPE_CHECKING:
    import torch

Arithmetic = Literal["bfloat16", "float16", "float32"]
ARITHMETICS: tuple[Arithmetic, ...] = get_args(Arithmetic)
Kind = Literal["cpu", "cuda", "mps"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_OPTIONS = f"--device, {DEVICE_VARIABLE}, or device: in a configuration"


@dataclass(frozen=True)
class Device:
    """A device, and the arithmetic of its matrix products and convolutions."""

    kind: Kind  # The name in torch
    arithmetic: Arithmetic | None = None  # None: the fastest for each network

    @property
    def torch(self) -> "torch.device":
        """The device for `tensor.to`."""
        import torch

        return torch.device(self.kind)

    @property
    def torch_arithmetic(self) -> Arithmetic:
        """The arithmetic of networks that PyTorch runs."""
        return self.arithmetic or fastest(self.kind)

    def autocast(self) -> AbstractContextManager[None]:
        """A context in which torch computes in `torch_arithmetic`."""
        import torch

        is_lower = self.torch_arithmetic != "float32"
        dtype = getattr(torch, self.torch_arithmetic) if is_lower else torch.bfloat16
        return cast("AbstractContextManager[None]", torch.autocast(self.kind, dtype, enabled=is_lower))

    def in_arithmetic(self, arithmetic: Arithmetic) -> "Device":
        """The same device in another arithmetic, such as the one of stored vectors."""
        return replace(self, arithmetic=arithmetic)


def find_device(name: str | None = None) -> Device:
    """Choose "cpu", "cuda" or "mps"; "auto" takes a GPU if the machine has one. None: as `ARTEXTRACT_DEVICE` says.

    From then on cuDNN computes float32 convolutions in float32; its default rounds their inputs to 10 bits. Raises
    DeviceError if the device is unknown, or this machine does not have it.
    """
    kind = device_name() if name is None else name
    if kind == "auto":
        kind = next(kind for kind in ("cuda", "mps", "cpu") if _exists(kind))
    if kind not in KINDS:
        raise DeviceError(f"There is no device called {kind!r}: choose auto, {', '.join(KINDS)} ({_OPTIONS}).")
    if not _exists(kind):
        raise DeviceError(f"This machine has no device {kind!r} that PyTorch can use: choose auto or cpu ({_OPTIONS}).")
    if kind == "cuda":
        import torch

        torch.backends.cudnn.allow_tf32 = False
    return Device(kind)


def fastest(kind: Kind) -> Arithmetic:
    """The fastest arithmetic that a device has in hardware.

    bfloat16 on processors with instructions for it and on GPUs of compute capability 8 or more, float16 on older NVIDIA
    GPUs, otherwise float32.
    """
    import torch

    if kind == "cpu":
        return "bfloat16" if torch.ops.mkldnn._is_mkldnn_bf16_supported() else "float32"
    if kind == "cuda":
        major, _ = torch.cuda.get_device_capability()
        return "bfloat16" if major >= 8 else "float16"
    return "float32"


def _exists(kind: str) -> bool:
    if kind == "cpu" or not has_gpu_driver():
        return kind == "cpu"
    import torch

    return torch.cuda.is_available() if kind == "cuda" else torch.backends.mps.is_available()


def has_gpu_driver() -> bool:
    """Whether this machine may have a GPU. Importing PyTorch to ask takes seconds."""
    if sys.platform == "darwin" or Path("/dev/kfd").exists():  # Apple, AMD
        return True
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True
