"""A folder of parts: what was computed of pictures, in files that are appended.

    <folder>/part-<random>.safetensors

Each part is written whole or not at all and never changed: a killed run loses at most the part
that it was at, and what is there is not computed again. A part that can't be read counts as if not
there.
"""

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from artextract.files import only_writer, sweep_temporary, write_atomic

T = TypeVar("T")
PATTERN = "part-*.safetensors"


class Parts(Generic[T]):
    """The parts of one folder."""

    def __init__(self, folder: Path, label: str, understood: Callable[[dict[str, np.ndarray]], T | None]) -> None:
        """Name them.

        Args:
            folder: where they lie.
            label: what they are, for who has to wait.
            understood: what a part's tensors hold; None, or a KeyError, if they aren't a part's.
        """
        self.folder = folder
        self._label = label
        self._understood = understood

    def writing(self) -> AbstractContextManager[None]:
        """Hold the folder for appending: a second process waits, then finds the work done."""
        return only_writer(self.folder, self._label)

    def sweep(self) -> None:
        """Remove unfinished and unreadable parts. Call it only within `writing()`."""
        sweep_temporary(self.folder)
        for path in self._paths():
            if self._read(path) is None:
                path.unlink(missing_ok=True)

    def write_part(self, tensors: dict[str, np.ndarray]) -> None:
        """Add one part.

        Raises:
            StorageError: it could not be written; nothing was added.
        """
        contiguous = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
        with write_atomic(self.folder / f"part-{uuid.uuid4().hex}.safetensors") as temporary:
            save_file(contiguous, temporary)

    def read_parts(self) -> list[T]:
        """What the parts hold, in the order of their names."""
        return [part for path in self._paths() if (part := self._read(path)) is not None]

    def version(self) -> tuple[str, ...]:
        """Changes whenever parts are added or removed: the key of what screens cache."""
        return tuple(path.name for path in self._paths())

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob(PATTERN))

    def _read(self, path: Path) -> T | None:
        try:
            return self._understood(load_file(path))
        except (SafetensorError, OSError, KeyError, ValueError):
            return None


def as_digests(hashes: Sequence[str]) -> np.ndarray:
    """SHA-256 in hexadecimal digits as uint8 [n, 32]."""
    return np.frombuffer(bytes.fromhex("".join(hashes)), np.uint8).reshape(-1, 32)


def as_hashes(digests: np.ndarray) -> list[str]:
    """SHA-256 as uint8 [n, 32] in hexadecimal digits.

    Raises:
        ValueError: it is another array.
    """
    if digests.ndim != 2 or digests.shape[1] != 32:
        raise ValueError(f"digests of shape {digests.shape}")
    text = digests.tobytes().hex()
    return [text[i : i + 64] for i in range(0, len(text), 64)]
