"""Which device networks run on, and in what arithmetic."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast, get_args

from artextract.errors import DeviceError
from artextract.settings import DEVICE_VARIABLE, device_name

if TYPE_CHECKING:
    import torch

Arithmetic = Literal["bfloat16", "float16", "float32"]
ARITHMETICS: tuple[Arithmetic, ...] = get_args(Arithmetic)
Kind = Literal["cpu", "cuda", "mps"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_WHERE = f"--device, {DEVICE_VARIABLE}, or device: of a configuration"


@dataclass(frozen=True)
class Device:
    """A device, and the arithmetic in which its matrix products and convolutions are computed."""

    kind: Kind
    """As torch calls it."""
    arithmetic: Arithmetic

    @property
    def torch(self) -> "torch.device":
        """The device for `tensor.to`."""
        import torch

        return torch.device(self.kind)

    def autocast(self) -> AbstractContextManager[None]:
        """Within it torch computes in the arithmetic; with float32 as it would anyway."""
        import torch

        dtype = getattr(torch, self.arithmetic)
        lower = self.arithmetic != "float32"
        return cast(
            "AbstractContextManager[None]",
            torch.autocast(self.kind, dtype if lower else torch.bfloat16, enabled=lower),
        )

    def in_arithmetic(self, arithmetic: Arithmetic) -> "Device":
        """The same device in another arithmetic: that of vectors which are there already."""
        return replace(self, arithmetic=arithmetic)


def find_device(name: str | None = None) -> Device:
    """The device called `name`, in its own arithmetic.

    Args:
        name: "auto" takes a GPU where there is one; "cpu", "cuda" or "mps" that one. None is what
            the environment variable `ARTEXTRACT_DEVICE` says, "auto" without it.

    Raises:
        DeviceError: there is no such device, or this machine has none.
    """
    asked = device_name() if name is None else name
    if asked == "auto":
        kind = next(kind for kind in ("cuda", "mps", "cpu") if _is_there(kind))
    elif asked not in KINDS:
        raise DeviceError(f"There is no device called {asked!r}: choose auto, {', '.join(KINDS)} ({_WHERE}).")
    elif not _is_there(asked):
        raise DeviceError(f"This machine has no device {asked!r} that PyTorch can use: choose auto or cpu ({_WHERE}).")
    else:
        kind = asked
    return Device(cast("Kind", kind), arithmetic_of(kind))


def arithmetic_of(kind: str) -> Arithmetic:
    """The fastest arithmetic that a device computes in itself.

    bfloat16 where it is fast (processors with instructions for it, GPUs of compute capability 8
    or more), float16 on older GPUs of NVIDIA's, else float32.
    """
    import torch

    if kind == "cpu":
        return "bfloat16" if torch.ops.mkldnn._is_mkldnn_bf16_supported() else "float32"
    if kind == "cuda":
        # float32 is float32: cuDNN would round what goes into its convolutions to 10 bits.
        torch.backends.cudnn.allow_tf32 = False
        major, _ = torch.cuda.get_device_capability()
        return "bfloat16" if major >= 8 else "float16"
    return "float32"


def _is_there(kind: str) -> bool:
    import torch

    if kind == "cuda":
        return torch.cuda.is_available()
    return kind == "cpu" or torch.backends.mps.is_available()
