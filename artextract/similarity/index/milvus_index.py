"""The index in a vector database: Milvus, or Milvus Lite in a file.

A Milvus collection holds the pictures of one collection under one feature key: `picture` int64, the first eight bytes
of the file's SHA-256, and `vector`, at unit length. Vectors of other weights are another Milvus collection. Sending can
be stopped and resumed, and several machines can share one database.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from artextract.errors import ArtExtractError, missing_package
from artextract.files import only_writer, write_bytes
from artextract.progress import Report, Stage, silent
from artextract.similarity.vectors import best_first, checked_unit, cosines_of, lengths_of

if TYPE_CHECKING:
    from pymilvus import MilvusClient

BLOCK = 1024  # Pictures sent at once
MAX_RESULTS = 16_384  # Pictures that one search can return. Milvus returns no more.
SPARE = 16  # Extra pictures fetched, so that equally near ones are put in order here
TIMEOUT = 30.0  # Seconds to wait for the server's answer

_clients: dict[str, "MilvusClient"] = {}
_clients_lock = threading.Lock()


class MilvusIndex:
    """Vectors that a Milvus server searches. Safe to share between threads.

    A filter is applied here: more of the nearest works are fetched, in proportion, and the allowed ones are kept. If
    that would be too many, or the allowed ones are too few, or not all vectors are sent yet, the search is exact and
    runs here. So a filter never loses works; only the database's graph may.
    """

    def __init__(self, address: str, name: str, hashes: Sequence[str], vectors: np.ndarray, stamp: Path) -> None:
        """Connect to the database. Raises ArtExtractError if pymilvus is not installed, or nothing answers.

        `address` is a Milvus server (`http://host:19530`), or a file (`….db`) for Milvus Lite; `name` changes with the
        weights, not with the pictures; `hashes` are the SHA-256 of each work's picture, which several may share;
        `vectors` are finite floats [n, d] of any length, else ValueError; the file `stamp` records that all were sent.
        """
        self._vectors, self._lengths = vectors, lengths_of(vectors)
        self._address, self._description, self._stamp = address, name, stamp
        self.name = f"artextract_{hashlib.sha256(name.encode()).hexdigest()[:32]}"
        first_bytes = bytes.fromhex("".join(sha256[:16] for sha256 in hashes))
        keys = np.frombuffer(first_bytes, dtype=">i8").astype(np.int64)
        self._pictures, self._picture_of = np.unique(keys, return_inverse=True)
        # The rows of picture p, ascending: `_rows[_starts[p] : _starts[p + 1]]`.
        self._rows = np.argsort(self._picture_of, kind="stable")
        self._starts = np.searchsorted(self._picture_of[self._rows], np.arange(len(self._pictures) + 1))
        self._client = _connect(address)
        self._is_complete = not len(vectors) or self._was_sent()

    @property
    def needs_building(self) -> bool:
        """Whether the database lacks pictures. Until they are sent, searches are exact and run here."""
        return not self._is_complete

    def build(self, report: Report = silent) -> None:
        """Send the pictures that the database lacks; a stopped or killed run is continued by the next."""
        with only_writer(self._stamp.parent, f"search index {self._stamp.name}"), _sentences(self._address):
            self._make_collection()
            stage = Stage(f"Sending vectors to {self._address}", len(self._pictures), report)
            sent = 0
            for start in range(0, len(self._pictures), BLOCK):
                block = np.arange(start, min(start + BLOCK, len(self._pictures)))
                sent += self._send(block)
                stage.advance(len(block), note=f"{sent:,} new")
            self._client.flush(self.name)
            write_bytes(self._stamp, self._state().encode())
        self._is_complete = True

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """See `Index.search`."""
        mask = np.ones(len(self._vectors), dtype=bool) if allowed is None else allowed
        available = int(np.count_nonzero(mask))
        k, vector = min(k, available), checked_unit(query[np.newaxis])
        limit = SPARE + int(1.5 * k * len(mask) / max(available, 1))
        if k and self._is_complete and limit <= MAX_RESULTS:
            with _sentences(self._address):
                rows = self._rows_of(self._nearest(vector, limit)[0], mask)
            if len(rows) >= k:
                return self._in_order(vector[0], rows, k)
        return self._search_here(query, k, mask)

    def nearest_of_all(self, k: int, report: Report = silent) -> np.ndarray:
        """See `Index.nearest_of_all`."""
        count = len(self._vectors)
        nearest = np.full((count, k), -1, dtype=np.int64)
        everything = np.ones(count, dtype=bool)
        stage = Stage("Finding each work's nearest works", count, report)
        for start in range(0, count, BLOCK):
            block = np.arange(start, min(start + BLOCK, count))
            vectors = checked_unit(self._vectors[block])
            if self._is_complete:
                with _sentences(self._address):
                    rows = [self._rows_of(pictures, everything) for pictures in self._nearest(vectors, k + 1)]
            else:
                rows = [self._search_here(vector, min(k + 1, count), everything)[0] for vector in vectors]
            for row, vector, near in zip(block, vectors, rows, strict=True):
                others = self._in_order(vector, near[near != row], k)[0]
                nearest[row, : len(others)] = others
            stage.advance(len(block))
        return nearest

    def _search_here(self, query: np.ndarray, k: int, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows = np.flatnonzero(mask)
        cosines = cosines_of(self._vectors, self._lengths, query)[rows]
        if 0 < k < len(rows):
            near = cosines >= np.partition(cosines, -k)[-k]
            rows, cosines = rows[near], cosines[near]
        rows, cosines = best_first(rows, cosines)
        return rows[:k], cosines[:k]

    def _nearest(self, vectors: np.ndarray, limit: int) -> list[np.ndarray]:
        """The `limit` pictures nearest to each unit vector, by the database."""
        answers = self._client.search(
            self.name, data=list(vectors), limit=limit, output_fields=["picture"], timeout=TIMEOUT
        )
        nearest = []
        for hits in answers:
            keys = np.fromiter((hit["picture"] for hit in hits), dtype=np.int64, count=len(hits))
            places = np.searchsorted(self._pictures, keys).clip(max=len(self._pictures) - 1)
            # The database may still have pictures that left the collection.
            nearest.append(places[self._pictures[places] == keys])
        return nearest

    def _rows_of(self, pictures: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """The allowed rows of these pictures, int64."""
        spans = [self._rows[self._starts[p] : self._starts[p + 1]] for p in pictures]
        rows = np.concatenate([np.empty(0, dtype=np.int64), *spans])
        return rows[mask[rows]]

    def _in_order(self, vector: np.ndarray, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The `k` nearest of these rows, by this collection's own vectors: the database may round."""
        positions, cosines = best_first(rows, checked_unit(self._vectors[rows]) @ vector)
        return positions[:k], cosines[:k]

    def _send(self, block: np.ndarray) -> int:
        """Add the pictures of a block that the database lacks; returns their number."""
        keys = self._pictures[block]
        stored = self._client.get(self.name, ids=keys.tolist(), output_fields=["picture"])
        missing = ~np.isin(keys, [row["picture"] for row in stored])
        if missing.any():
            vectors = checked_unit(self._vectors[self._rows[self._starts[block[missing]]]])
            pairs = zip(keys[missing].tolist(), vectors, strict=True)
            self._client.insert(self.name, [{"picture": key, "vector": vector} for key, vector in pairs])
        return int(missing.sum())

    def _make_collection(self) -> None:
        from pymilvus import DataType

        if not self._client.has_collection(self.name):
            schema = self._client.create_schema(auto_id=False, description=self._description)
            schema.add_field("picture", DataType.INT64, is_primary=True)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self._vectors.shape[1])
            index = self._client.prepare_index_params()
            index.add_index("vector", index_type="AUTOINDEX", metric_type="IP")  # the server chooses
            self._client.create_collection(self.name, schema=schema, index_params=index, consistency_level="Strong")
        self._client.load_collection(self.name)

    def _was_sent(self) -> bool:
        """Whether all pictures were sent before, and the database still has as many."""
        try:
            stamp = self._stamp.read_bytes()
        except OSError:
            return False
        with _sentences(self._address):
            if not self._client.has_collection(self.name):
                return False
            self._client.load_collection(self.name)
            return stamp == self._state().encode()

    def _state(self) -> str:
        """Changes with the address, the vectors' name, the pictures, and their number in the database."""
        digest = hashlib.sha256(f"{self._address} {self._description}".encode())
        digest.update(self._pictures.tobytes())
        (counted,) = self._client.query(self.name, filter="", output_fields=["count(*)"])
        return f"{digest.hexdigest()} {counted['count(*)']}"


def _connect(address: str) -> "MilvusClient":
    """The client of a database, one per process; ArtExtractError if it is not available."""
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise missing_package(f"The vector database {address} (ARTEXTRACT_INDEX)", "pymilvus", "milvus") from error
    # pymilvus logs a traceback for each failure; our error is one sentence.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    with _clients_lock, _sentences(address):
        if address not in _clients:
            _clients[address] = MilvusClient(address, timeout=TIMEOUT)
        return _clients[address]


@contextmanager
def _sentences(address: str) -> Iterator[None]:
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except MilvusException as error:
        why = " ".join(error.message.split())
        raise ArtExtractError(
            f"The vector database {address} can't be used ({why}): start it, or unset "
            "ARTEXTRACT_INDEX to search in this process."
        ) from error
