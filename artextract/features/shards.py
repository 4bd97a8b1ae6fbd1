"""A folder of shards: results for pictures, or for pairs of pictures, in files that are only added.

    <folder>/shard-<random>.safetensors

A shard holds `sha256` uint8 [n, 32], the SHA-256 of each picture's file (for pairs [n, 64], the smaller
first), and further arrays in the same order. A shard is written whole or not at all and never changes,
so a killed job loses only the shard that it was working on. Readers ignore damaged shards, which their checksum
reveals; the next job removes them and computes their pictures again.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from artextract.files import only_writer, remove
from artextract.tensor_files import read_cached, write_tensors

PATTERN = "shard-*.safetensors"
_KEYS = "sha256"


@dataclass(frozen=True)
class Shard:
    """Results for some pictures or pairs."""

    keys: np.ndarray  # uint8 [n, 32] of pictures, uint8 [n, 64] of pairs
    arrays: dict[str, np.ndarray]
    """Results by name, one row per key. An array `count`, if present, gives the rows per key of the other arrays."""

    @property
    def hashes(self) -> list[str]:
        """The keys as hexadecimal digits, 64 per picture."""
        text, width = self.keys.tobytes().hex(), 2 * self.keys.shape[1]
        return [text[start : start + width] for start in range(0, len(text), width)]


class ShardStore:
    """The shards of one folder."""

    def __init__(
        self, folder: Path, label: str, shapes: Mapping[str, tuple[int, ...] | None], timeout: float = -1
    ) -> None:
        """Name the store; nothing is read or written.

        `label` is what the folder holds, for the message to a job that waits. `shapes` has, by name, the shape of an
        array's rows (None: any) that each shard has. `timeout` are seconds to wait for another job; negative waits
        without end.
        """
        self.folder = folder
        self._label = label
        self._shapes = shapes
        self._timeout = timeout

    def writing(self) -> AbstractContextManager[None]:
        """Lock the folder for one writer. A second job waits; StorageError after the timeout."""
        return only_writer(self.folder, self._label, self._timeout)

    def sweep(self) -> int:
        """Remove damaged shards, and return their number. Call this only within `writing()`."""
        damaged = [path for path in self._paths() if self._read(path) is None]
        for path in damaged:
            remove(path)
        return len(damaged)

    def append(self, keys: Sequence[bytes], arrays: dict[str, np.ndarray]) -> None:
        """Add a shard: keys from `picture_key` or `pair_key`, and their results. A StorageError adds nothing."""
        digests = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1)
        write_tensors(self.folder / f"shard-{uuid.uuid4().hex}.safetensors", {_KEYS: digests, **arrays})

    def shards(self) -> Iterator[Shard]:
        """The shards, in the order of their file names."""
        return (shard for path in self._paths() if (shard := self._read(path)) is not None)

    def joined(self) -> Shard | None:
        """All shards as one; None if there are none."""
        shards = list(self.shards())
        if not shards:
            return None
        names = shards[0].arrays
        arrays = {name: np.concatenate([shard.arrays[name] for shard in shards]) for name in names}
        return Shard(np.concatenate([shard.keys for shard in shards]), arrays)

    def keys(self) -> set[bytes]:
        """The keys that have results."""
        return {key.tobytes() for shard in self.shards() for key in shard.keys}

    def version(self) -> tuple[str, ...]:
        """Changes whenever shards are added or removed: the key of cached results."""
        return tuple(path.name for path in self._paths())

    def _paths(self) -> list[Path]:
        return sorted(path for path in self.folder.glob(PATTERN) if not path.is_dir())

    def _read(self, path: Path) -> Shard | None:
        arrays = read_cached(path, [_KEYS, *self._shapes])
        if arrays is None:
            return None
        shard = Shard(arrays.pop(_KEYS), arrays)
        rows = int(arrays["count"].sum()) if "count" in arrays else len(shard.keys)
        fits = all(shape is None or arrays[name].shape[1:] == shape for name, shape in self._shapes.items())
        fits &= all(len(array) == (len(shard.keys) if name == "count" else rows) for name, array in arrays.items())
        return shard if fits else None


def picture_key(sha256: str) -> bytes:
    """The key of a picture, from its SHA-256 in hexadecimal digits."""
    return bytes.fromhex(sha256)


def pair_key(left: str, right: str) -> bytes:
    """The key of a pair of pictures, in either order."""
    return bytes.fromhex(min(left, right) + max(left, right))
