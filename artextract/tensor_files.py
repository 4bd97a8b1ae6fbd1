"""safetensors files: arrays, and facts about them in the header.

The header also has a checksum of the arrays and facts, so that a damaged file is never used. The networks that come
with the program have none: they are checked when the program is installed.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from artextract.files import check_regular, only_writer, say_damaged, write_bytes

HEADER = "artextract"
_CHECKSUM = "crc32"
Facts = TypeVar("Facts", bound=BaseModel)


class MadeFrom(BaseModel):
    """Facts of a file that is only valid together with something else."""

    made_from: str  # Names what the arrays were computed from


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    check_regular(file)
    try:
        with safe_open(file, "np") as opened:
            yield opened
    except (SafetensorError, TypeError) as error:  # TypeError: NumPy lacks the type of an array
        raise ValueError(f"{file} is damaged") from error


def read_facts(file: Path, kind: type[Facts]) -> Facts:
    """The facts that `write_tensors` wrote. Raises like `read_tensors`, which checks them, too."""
    with _opened(file) as opened:
        metadata = opened.metadata() or {}
    return kind.model_validate_json(metadata.get(HEADER, ""))


def tensor_shapes(file: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of the arrays, without reading them. Raises like `read_tensors`."""
    with _opened(file) as opened:
        return {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()}  # noqa: SIM118


def read_tensors(file: Path, names: Sequence[str] = ()) -> dict[str, np.ndarray]:
    """All arrays; `names` must be among them.

    Raises OSError if the file can't be read, ValueError if it is damaged or lacks one of the arrays.
    """
    return _read(file, names)[0]


def read_cached(file: Path, names: Sequence[str] = (), facts: BaseModel | None = None) -> dict[str, np.ndarray] | None:
    """All arrays of a file that can be computed again; `names` must be among them.

    None if there is no file, it has other facts, or it is damaged, which is logged.
    """
    try:
        tensors, stored = _read(file, names)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        say_damaged(file, "It is computed again when it is needed.")
        return None
    return tensors if facts is None or stored == facts.model_dump_json() else None


def computed_once(
    file: Path, made_from: str, waiting_for: str, compute: Callable[[], dict[str, np.ndarray]], *names: str
) -> dict[str, np.ndarray]:
    """The arrays called `names` that were made from `made_from`: stored in a file, or computed now and stored.

    `waiting_for` says what the file holds, for another process that waits. Raises StorageError if the file can't be
    written. If `compute` raises an error, nothing is stored.
    """
    facts = MadeFrom(made_from=made_from)
    if (stored := read_cached(file, names, facts)) is None:
        with only_writer(file.parent, waiting_for):
            if (stored := read_cached(file, names, facts)) is None:  # no other process was faster
                stored = compute()
                write_tensors(file, stored, facts)
    return stored


def write_tensors(file: Path, tensors: Mapping[str, np.ndarray], facts: BaseModel | None = None) -> None:
    """Write arrays, with facts in the header. Raises StorageError if the file can't be written."""
    # Converted to C order, because safetensors writes the memory of an array unchanged.
    ordered = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    metadata = {} if facts is None else {HEADER: facts.model_dump_json()}
    write_bytes(file, save(ordered, metadata | {_CHECKSUM: _checksum(ordered, metadata.get(HEADER, ""))}))


def _read(file: Path, names: Sequence[str]) -> tuple[dict[str, np.ndarray], str]:
    """The arrays and the facts. Raises like `read_tensors`."""
    with _opened(file) as opened:
        metadata = opened.metadata() or {}
        tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    facts, stored = metadata.pop(HEADER, ""), metadata.pop(_CHECKSUM, None)
    if metadata or (stored is not None and stored != _checksum(tensors, facts)):
        raise ValueError(f"{file} is damaged")
    if absent := [name for name in names if name not in tensors]:
        raise ValueError(f"{file} lacks the array {absent[0]}")
    return tensors, facts


def _checksum(tensors: Mapping[str, np.ndarray], facts: str) -> str:
    found = zlib.crc32(facts.encode())
    for name, array in sorted(tensors.items()):
        found = zlib.crc32(f"{name} {array.dtype.str} {array.shape}".encode(), found)
        found = zlib.crc32(array.data, found)
    return f"{found:08x}"
